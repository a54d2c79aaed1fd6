import type { ReactNode } from 'react'
import type { TimelineEntry, VerificationDetails } from '../../api/verifications.ts'
import { Copyable } from '../../components/copy-button.tsx'
import { Money } from '../../components/figures.tsx'
import { Meaning, type MeaningKind } from '../../components/meaning.tsx'
import { Tip } from '../../components/tip.tsx'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { verificationWords } from '../../language/verification-words.ts'
import { words as verificationsWords } from './words.ts'

/** Everything that happened, in the order of time: when, what, and what belongs to it. */
export function Timeline({ of }: { of: VerificationDetails }) {
  const formats = useFormats()
  const steps = useSteps(of)
  return (
    <ol className="divide-y divide-grey-2 border-y border-grey-2">
      {steps.map(({ entry, kind, what, details }, index) => (
        <li
          // An entry never moves, and two may happen at one moment.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          key={index}
          className="grid grid-cols-1 gap-x-4 py-3 md:grid-cols-[6.5rem_10rem_minmax(0,1fr)]"
        >
          <Tip text={formats.utc(new Date(entry.at))}>
            <time
              dateTime={entry.at}
              className="justify-self-start font-mono text-12 leading-5 text-grey-3 tabular-nums"
            >
              {formats.precise(new Date(entry.at))}
            </time>
          </Tip>
          <span className="[&>span]:whitespace-normal">
            {kind === null ? (
              <span className="font-strong">{what}</span>
            ) : (
              <Meaning kind={kind}>{what}</Meaning>
            )}
          </span>
          <div className="min-w-0 text-grey-3 [&>*]:mr-2">{details}</div>
        </li>
      ))}
    </ol>
  )
}

type Step = { entry: TimelineEntry; kind: MeaningKind | null; what: string; details: ReactNode }

function useSteps(of: VerificationDetails): Step[] {
  const render = useRenderEntry(of)
  let attempts = 0
  return of.timeline.map((entry) => {
    if (entry.type === 'attempt-failed' && entry.refusal === 'mismatch') attempts += 1
    return { entry, ...render(entry, attempts) }
  })
}

function useRenderEntry({ createdAt, currency, attemptsMax, channel }: VerificationDetails) {
  const words = useWords(verificationsWords)
  const { channels } = useWords(verificationWords)
  const formats = useFormats()
  const sinceRequest = (at: string) =>
    words.after(formats.seconds((Date.parse(at) - Date.parse(createdAt)) / 1000))

  return (entry: TimelineEntry, attempts: number): Omit<Step, 'entry'> => {
    const what = words.types[entry.type]
    switch (entry.type) {
      case 'requested':
        return {
          kind: null,
          what,
          details: entry.key === null ? words.withoutKey : words.byKey(entry.key.name),
        }
      case 'handed-over':
        return {
          kind: entry.result === 'accepted' ? null : entry.result === 'refused' ? 'bad' : 'warn',
          what: `${what} ${entry.carrier}`,
          details: (
            <>
              <span>
                {words.inTime(words.results[entry.result], formats.seconds(entry.milliseconds / 1000))}
              </span>
              {entry.channel !== channel && <span>{channels[entry.channel]}</span>}
              {entry.cost > 0 && <Money amount={entry.cost} currency={currency} />}
              {entry.detail !== null && <span className="block">{entry.detail}</span>}
              {entry.carrierMessageId !== null && (
                <span className="-mx-1 block">
                  <Copyable text={entry.carrierMessageId} />
                </span>
              )}
            </>
          ),
        }
      case 'reported':
        return {
          kind: reportMeanings[entry.result],
          what: words.reports[entry.result],
          details: (
            <>
              <span>
                {words.reportBy(entry.carrier)}, {sinceRequest(entry.at)}
              </span>
              {entry.detail !== null && <span className="block">{entry.detail}</span>}
            </>
          ),
        }
      case 'attempt-failed': {
        const reason = entry.refusal === null ? null : (words.refusals[entry.refusal] ?? entry.refusal)
        const counted = entry.refusal === 'mismatch' ? words.attemptOf(attempts, attemptsMax) : null
        return { kind: 'warn', what, details: [counted, reason].filter(Boolean).join(' · ') }
      }
      case 'verified':
        return { kind: 'good', what, details: sinceRequest(entry.at) }
      case 'locked':
        return { kind: 'bad', what, details: sinceRequest(entry.at) }
      default:
        return { kind: 'neutral', what, details: sinceRequest(entry.at) }
    }
  }
}

const reportMeanings: Record<'sent' | 'delivered' | 'undelivered' | 'expired', MeaningKind> = {
  sent: 'neutral',
  delivered: 'good',
  undelivered: 'bad',
  expired: 'bad',
}
