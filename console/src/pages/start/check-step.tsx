import type { ReactNode } from 'react'
import { Icon } from '../../components/icon.tsx'
import { useWords } from '../../language/language.tsx'
import { words as startWords } from './words.ts'

type CheckStepProps = { title: string; what: string; isDone: boolean | null; action: ReactNode }

/** One step of the checklist, with the way to do it. */
export function CheckStep({ title, what, isDone, action }: CheckStepProps) {
  const words = useWords(startWords)
  return (
    <li className="grid grid-cols-[1.5rem_minmax(0,1fr)] gap-x-4 gap-y-3 border-t border-grey-2 py-4 lg:grid-cols-[1.5rem_minmax(0,1fr)_minmax(0,22rem)]">
      <span
        className={`mt-0.5 flex size-6 items-center justify-center rounded-full ${isDone === true ? 'bg-good text-paper' : 'border border-edge'}`}
      >
        {isDone === true && <Icon name="check" size={16} />}
        <span className="sr-only">{isDone === true ? words.done : words.open}</span>
      </span>
      <div>
        <h3 className="text-16">{title}</h3>
        <p className="text-14 text-grey-3">{what}</p>
      </div>
      <div className="col-start-2 min-w-0 lg:col-start-3 lg:justify-self-end">{action}</div>
    </li>
  )
}
