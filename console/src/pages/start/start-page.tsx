import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { urlOf } from '../../api/request.ts'
import { useOperator } from '../../api/session.ts'
import { trialsQuery } from '../../api/trials.ts'
import { Button, buttonClass } from '../../components/button.tsx'
import { Copyable } from '../../components/copy-button.tsx'
import { Page, Section } from '../../components/page.tsx'
import { PathLink } from '../../components/path-link.tsx'
import { useWords } from '../../language/language.tsx'
import { CheckStep } from './check-step.tsx'
import { type StepId, stepIds, useProgress } from './use-progress.ts'
import { words as startWords } from './words.ts'

/** A checklist that knows what is done. */
export function StartPage() {
  const words = useWords(startWords)
  const { progress, markBackup } = useProgress()
  const doneCount = stepIds.filter((id) => progress[id] === true).length

  const step = (id: StepId, action: ReactNode) => (
    <CheckStep key={id} title={words[id].title} what={words[id].what} isDone={progress[id]} action={action} />
  )
  return (
    <Page
      title={words.title}
      sentence={words.sentence}
      action={
        <Progress done={doneCount} all={stepIds.length} label={words.progress(doneCount, stepIds.length)} />
      }
    >
      <div>
        <Section title={words.tryTitle}>
          <ol>
            {step('key', <DemoKey />)}
            {step('sent', <GoTo path="/playground">{words.sent.action}</GoTo>)}
            {step('verified', <GoTo path="/inbox">{words.verified.action}</GoTo>)}
          </ol>
        </Section>
        <Section title={words.setUpTitle} action={<SignInHint />}>
          <ol>
            {step('carrier', <Guide page="carriers">{words.carrier.action}</Guide>)}
            {step('texts', <Guide page="texts">{words.texts.action}</Guide>)}
            {step('webhook', <Guide page="webhooks">{words.webhook.action}</Guide>)}
          </ol>
        </Section>
        <Section title={words.keep}>
          <ol>
            {step('operator', <Guide page="operators">{words.operator.action}</Guide>)}
            {step(
              'backup',
              <div className="flex flex-wrap gap-2">
                <Guide page="operating">{words.backup.action}</Guide>
                <Button look="quiet" onClick={() => markBackup(progress.backup !== true)}>
                  {progress.backup === true ? words.markOpen : words.markDone}
                </Button>
              </div>,
            )}
          </ol>
        </Section>
      </div>
    </Page>
  )
}

const GoTo = ({ path, children }: { path: string; children: string }) => (
  <PathLink path={path} className={buttonClass('plain')}>
    {children}
  </PathLink>
)

const Guide = ({ page, children }: { page: string; children: string }) => (
  <a href={urlOf(`docs/${page}`).href} className={buttonClass('plain')}>
    {children}
  </a>
)

/** How far one is, in words and as a bar. */
function Progress({ done, all, label }: { done: number; all: number; label: string }) {
  return (
    <label className="flex items-center gap-3 text-14 text-grey-3">
      <progress
        value={done}
        max={all}
        className="h-2 w-32 appearance-none overflow-hidden rounded-full bg-grey-2 [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-grey-2 [&::-webkit-progress-value]:bg-accent"
      />
      {label}
    </label>
  )
}

/** The key that examples show, and the project that it opens. */
function DemoKey() {
  const { data: trials = [] } = useQuery(trialsQuery)
  const keyed = trials.find(({ headers }) => Object.keys(headers).length > 0)
  if (keyed === undefined) return null
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1">
      {Object.entries(keyed.headers).map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="font-mono text-12 leading-5 text-grey-3">{name}</dt>
          <dd>
            <Copyable text={value} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function SignInHint() {
  const words = useWords(startWords)
  if (useOperator() !== null) return null
  return (
    <PathLink path="/sign-in" query={{ return: '/start' }} className="text-accent underline">
      {words.signInToSee}
    </PathLink>
  )
}
