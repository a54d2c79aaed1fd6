import { useMutation } from '@tanstack/react-query'
import { releasePrefix } from '../../api/abuse.ts'
import { failureOf } from '../../api/failure.ts'
import { type Problem, useLiveState } from '../../api/live-state.ts'
import type { Counts, Range } from '../../api/overview.ts'
import { useMay } from '../../api/session.ts'
import { Button, buttonClass } from '../../components/button.tsx'
import { Time } from '../../components/figures.tsx'
import { Liveness } from '../../components/liveness.tsx'
import { Meaning } from '../../components/meaning.tsx'
import { PathLink } from '../../components/path-link.tsx'
import { useToast } from '../../components/toast.tsx'
import { useFormats } from '../../language/formats.ts'
import { useLanguage, useWords } from '../../language/language.tsx'
import { pages } from '../index.ts'
import { meaningOf, tellProblem } from './problem-words.ts'
import { words as overviewWords } from './words.ts'

type RightNowProps = { projectId: string | null; total: Counts | undefined; range: Range }

/** The first line: a sentence that says whether something is wrong; then what, since when, and what helps. */
export function RightNow({ projectId, total, range }: RightNowProps) {
  const words = useWords(overviewWords)
  const { state, heardAt, isLive } = useLiveState(projectId)
  const problems = state?.problems ?? []
  return (
    <section aria-label={words.now} className="mb-8">
      <div aria-live="polite" className="text-20">
        <p className="max-w-[72ch] [&>span]:align-baseline">
          {state === null ? (
            <span className="text-grey-3">{words.asking}</span>
          ) : (
            <Verdict problems={problems} total={total} />
          )}{' '}
          {total !== undefined && <Sentence {...{ total, range }} />}
        </p>
        {problems.length > 0 && (
          <ul className="mt-4 divide-y divide-grey-2 border-y border-grey-2 text-14">
            {problems.map((problem) => (
              <ProblemRow key={`${problem.kind} ${JSON.stringify(problem.about)}`} problem={problem} />
            ))}
          </ul>
        )}
      </div>
      <p className="mt-2 min-h-5">
        <Liveness at={heardAt} isLive={isLive} />
      </p>
    </section>
  )
}

/** Less than that is no outage by itself: some carriers report little. But nobody may be told that all is well. */
const arrivingShare = 0.8

function Verdict({ problems, total }: { problems: readonly Problem[]; total: Counts | undefined }) {
  const words = useWords(overviewWords)
  const [worst] = problems
  if (worst !== undefined) return <Meaning kind={meaningOf(worst)}>{words.wrong(problems.length)}</Meaning>
  const isArriving = total === undefined || total.delivered >= total.sent * arrivingShare
  return <Meaning kind={isArriving ? 'good' : 'neutral'}>{isArriving ? words.well : words.quiet}</Meaning>
}

function Sentence({ total, range }: { total: Counts; range: Range }) {
  const words = useWords(overviewWords)
  const formats = useFormats()
  const { sent, delivered, verified, medianSeconds } = total
  if (sent === 0) return words.nothing(range)
  const parts = [
    words.arrived(formats.share(delivered, sent), formats.number(sent), range),
    words.verifiedShare(formats.share(verified, sent)),
    ...(medianSeconds === null ? [] : [words.median(formats.seconds(medianSeconds))]),
  ]
  return `${parts.join(', ')}.`
}

function ProblemRow({ problem }: { problem: Problem }) {
  const words = useWords(overviewWords)
  const { sentence, remedy } = tellProblem(problem, useLanguage().language)
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-8 gap-y-3 py-3">
      <div className="max-w-[72ch] [&>span]:items-start [&>span]:whitespace-normal [&>span>svg]:mt-0.5 [&>span>svg]:shrink-0">
        <Meaning kind={meaningOf(problem)}>
          <span className="font-strong">{sentence}</span>
        </Meaning>
        <p className="mt-1 pl-5 text-grey-3">
          {remedy}
          {problem.since !== null && (
            <>
              {' '}
              {words.since} <Time at={problem.since} />.
            </>
          )}
        </p>
      </div>
      <Help problem={problem} />
    </li>
  )
}

type Narrowing = Record<string, string>

/** The one button that helps; where that is a page which this server does not have, none. */
function Help({ problem }: { problem: Problem }) {
  const words = useWords(overviewWords)
  const mayRelease = useMay('change')
  if (problem.kind === 'prefix-stopped' && problem.projectId !== null && mayRelease)
    return <Release projectId={problem.projectId} prefix={String(problem.about.prefix)} />
  const { carrier, channel } = problem.about
  const places: Record<string, { path: string; words: string; query?: Narrowing }> = {
    'prefix-stopped': { path: '/abuse', words: words.seeAbuse },
    'breaker-open': {
      path: '/verifications',
      words: words.seeVerifications,
      query: narrowedBy({ carrier, channel }),
    },
    'carrier-demoted': {
      path: '/verifications',
      words: words.seeVerifications,
      query: narrowedBy({ carrier, channel }),
    },
    'messages-waiting': {
      path: '/verifications',
      words: words.seeVerifications,
      query: { outcome: 'waiting' },
    },
    'webhook-failing': { path: '/webhooks', words: words.seeWebhooks },
    'webhook-disabled': { path: '/webhooks', words: words.seeWebhooks },
    'webhooks-waiting': { path: '/webhooks', words: words.seeWebhooks },
    'tokens-low': { path: '/projects', words: words.seeProjects },
    'tokens-exhausted': { path: '/projects', words: words.seeProjects },
  }
  const place = places[problem.kind]
  if (place === undefined || !pages.some(({ path }) => path === place.path)) return null
  const project = problem.projectId === null ? {} : { project: problem.projectId }
  return (
    <PathLink
      path={place.path}
      query={{ ...place.query, ...project }}
      className={buttonClass('plain', 'small')}
    >
      {place.words}
    </PathLink>
  )
}

const narrowedBy = (about: Record<string, string | number | null | undefined>): Narrowing =>
  Object.fromEntries(
    Object.entries(about).flatMap(([name, value]) => (value == null ? [] : [[name, String(value)]])),
  )

function Release({ projectId, prefix }: { projectId: string; prefix: string }) {
  const words = useWords(overviewWords)
  const say = useToast()
  const { mutate, isPending } = useMutation({
    mutationFn: () => releasePrefix(projectId, prefix),
    onSuccess: () => say(words.released(prefix)),
    onError: (error) => say(failureOf(error).message, 'bad'),
  })
  return (
    <Button size="small" isBusy={isPending} onClick={() => mutate()}>
      {words.release(prefix)}
    </Button>
  )
}
