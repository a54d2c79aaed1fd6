import type { ReactNode } from 'react'
import { failureOf } from '../api/failure.ts'
import { useWords } from '../language/language.tsx'
import { sharedWords } from '../language/shared-words.ts'
import { Button } from './button.tsx'
import { Copyable } from './copy-button.tsx'
import { Icon, type IconName } from './icon.tsx'
import { stateWords } from './state-words.ts'

/** The shape of what is coming. The style sheet shows it after 150 ms, because before that it would only flicker. */
export function Skeleton({ lines = 6 }: { lines?: number }) {
  const words = useWords(sharedWords)
  return (
    <div role="status" className="skeleton space-y-3">
      <span className="sr-only">{words.loading}</span>
      {Array.from({ length: lines }, (_, index) => (
        // The lines are all the same, and never move.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <div key={index} className="h-8 rounded bg-grey-1" />
      ))}
    </div>
  )
}

type StateProps = { icon: IconName; title: string; children?: ReactNode; action?: ReactNode }

/** What stands in the place of content. */
function State({ icon, title, children, action }: StateProps) {
  return (
    <div className="mx-auto flex max-w-[60ch] flex-col items-center gap-2 px-4 py-16 text-center">
      <span className="mb-2 text-grey-3">
        <Icon name={icon} size={24} />
      </span>
      <h2 className="text-16">{title}</h2>
      <div className="text-14 text-grey-3">{children}</div>
      {action !== undefined && <div className="mt-4">{action}</div>}
    </div>
  )
}

/** What will stand here, and the one action that brings it. */
export function Empty({ icon = 'inbox', ...state }: Omit<StateProps, 'icon'> & { icon?: IconName }) {
  return <State icon={icon} {...state} />
}

/** What happened, what to do, and the reference that finds it in the log. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const words = useWords(stateWords)
  const shared = useWords(sharedWords)
  const { kind, message, reference, retryAfterSeconds } = failureOf(error)
  const { icon, title, what } = words[kind]
  return (
    <div role="alert">
      <State
        icon={icon}
        title={title}
        action={onRetry !== undefined && <Button onClick={onRetry}>{shared.retry}</Button>}
      >
        <p>{typeof what === 'function' ? what({ message, retryAfterSeconds }) : what}</p>
        {reference !== null && (
          <p className="mt-2">
            {words.reference} <Copyable text={reference} />
          </p>
        )}
      </State>
    </div>
  )
}
