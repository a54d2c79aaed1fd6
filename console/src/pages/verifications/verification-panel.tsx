import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { projectsQuery } from '../../api/projects.ts'
import { type VerificationDetails, verificationQuery } from '../../api/verifications.ts'
import { Copyable } from '../../components/copy-button.tsx'
import { Count, Money, Time } from '../../components/figures.tsx'
import { Meaning } from '../../components/meaning.tsx'
import { Section } from '../../components/page.tsx'
import { PathLink, useGo } from '../../components/path-link.tsx'
import { SidePanel } from '../../components/side-panel.tsx'
import { ErrorState, Skeleton } from '../../components/states.tsx'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { outcomeMeanings, verificationWords } from '../../language/verification-words.ts'
import { Reveal } from './reveal.tsx'
import { Timeline } from './timeline.tsx'
import { words as verificationsWords } from './words.ts'

/** One verification over the list, with everything that happened to it. */
export function VerificationPanel() {
  const words = useWords(verificationsWords)
  const shared = useWords(verificationWords)
  const go = useGo()
  const { projectId = '', verificationId = '' } = useParams({ strict: false }) as Record<string, string>
  const { data: found, error, refetch } = useQuery(verificationQuery(projectId, verificationId))
  const { data: projects = [] } = useQuery(projectsQuery)
  const project = projects.find((one) => one.projectId === projectId)?.name ?? projectId
  const title =
    found === undefined ? (
      words.title
    ) : (
      <>
        <span className="font-mono">{found.address ?? words.erased}</span> · {shared.channels[found.channel]}{' '}
        · {project}
      </>
    )
  return (
    <SidePanel
      title={title}
      {...(found === undefined ? {} : { sentence: <Outcome of={found} /> })}
      onClose={() => go('/verifications', 'kept')}
    >
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : found === undefined ? (
        <Skeleton />
      ) : (
        <>
          <Section title={words.timeline}>
            <Timeline of={found} />
          </Section>
          <Section title={words.facts}>
            <Facts of={found} projectId={projectId} />
            {found.address !== null && <Reveal key={verificationId} {...{ projectId, verificationId }} />}
          </Section>
        </>
      )}
    </SidePanel>
  )
}

function Outcome({ of: { outcome, secondsToVerify } }: { of: VerificationDetails }) {
  const words = useWords(verificationsWords)
  const shared = useWords(verificationWords)
  const formats = useFormats()
  return (
    <Meaning kind={outcomeMeanings[outcome]}>
      {outcome === 'verified' && secondsToVerify !== null
        ? words.outcomeAfter(formats.seconds(secondsToVerify))
        : shared.outcomes[outcome]}
    </Meaning>
  )
}

function Facts({ of, projectId }: { of: VerificationDetails; projectId: string }) {
  const words = useWords(verificationsWords)
  const shared = useWords(verificationWords)
  const formats = useFormats()
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-6 gap-y-1 [&_dd]:min-h-6 [&_dt]:text-grey-3">
      <dt>{words.id}</dt>
      <dd className="-mx-1">
        <Copyable text={of.verificationId} />
      </dd>
      {of.recordId !== null && (
        <>
          <dt>{words.recordId}</dt>
          <dd className="-mx-1">
            <Copyable text={of.recordId} />
          </dd>
        </>
      )}
      {of.userId !== null && (
        <>
          <dt>{words.user}</dt>
          <dd>
            <PathLink
              path={`/users/${of.userId}`}
              query={{ project: projectId }}
              className="font-mono text-accent underline"
            >
              {of.userId}
            </PathLink>
          </dd>
        </>
      )}
      <dt>{words.purpose}</dt>
      <dd>{of.purpose}</dd>
      <dt>{words.language}</dt>
      <dd>{of.locale}</dd>
      {of.state !== null && (
        <>
          <dt>{words.code}</dt>
          <dd>{shared.states[of.state]}</dd>
        </>
      )}
      <dt>{words.attempts}</dt>
      <dd className="font-mono tabular-nums">
        {words.attemptsOf(formats.number(of.attempts), formats.number(of.attemptsMax))}
      </dd>
      <dt>{words.expires}</dt>
      <dd>
        <Time at={of.expiresAt} />
      </dd>
      {of.country !== null && (
        <>
          <dt>{shared.country}</dt>
          <dd>{formats.country(of.country)}</dd>
        </>
      )}
      <dt>{words.cost}</dt>
      <dd>{of.messages === 0 ? <Count of={null} /> : <Money amount={of.cost} currency={of.currency} />}</dd>
    </dl>
  )
}
