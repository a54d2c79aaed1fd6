import { useQuery } from '@tanstack/react-query'
import { type Lists, listsQuery } from '../../api/abuse.ts'
import { failureOf } from '../../api/failure.ts'
import { useMay } from '../../api/session.ts'
import { IconButton } from '../../components/button.tsx'
import { LineForm } from '../../components/line-form.tsx'
import { ErrorState, Skeleton } from '../../components/states.tsx'
import { useToast } from '../../components/toast.tsx'
import { useForm } from '../../components/use-form.ts'
import { useWords } from '../../language/language.tsx'
import { useChangeList } from './use-change-list.ts'
import { words as abuseWords } from './words.ts'

type AddressListProps = { projectId: string; name: keyof Lists; title: string; sentence: string }

/** Addresses, domains, prefixes and networks that are always served, or never. */
export function AddressList({ projectId, name, title, sentence }: AddressListProps) {
  const words = useWords(abuseWords)
  const mayChange = useMay('change')
  const { data: lists, error, refetch } = useQuery(listsQuery(projectId))
  const entries = lists?.[name]
  return (
    <section aria-label={title}>
      <h2 className="text-20">{title}</h2>
      <p className="mt-1 mb-4 max-w-[72ch] text-grey-3">{sentence}</p>
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : entries === undefined ? (
        <Skeleton lines={3} />
      ) : (
        <>
          {mayChange && <AddForm {...{ projectId, name, entries }} />}
          {entries.length === 0 ? (
            <p className="py-3 text-grey-3">{words.emptyList}</p>
          ) : (
            <ul className="max-h-[28rem] divide-y divide-grey-2 overflow-y-auto border-y border-grey-2">
              {entries.map((entry) => (
                <Entry key={entry} {...{ projectId, name, entry, mayChange }} />
              ))}
            </ul>
          )}
        </>
      )}
    </section>
  )
}

function AddForm({ projectId, name, entries }: { projectId: string; name: keyof Lists; entries: string[] }) {
  const words = useWords(abuseWords)
  const { change } = useChangeList(projectId, name)
  const form = useForm({
    initial: { entry: '' },
    rules: {
      entry: (value) => {
        if (value.trim() === '') return words.entryNeeded
        return entries.includes(value.trim()) ? words.present : null
      },
    },
    async submit({ entry }) {
      await change({ add: entry.trim() }, words.added(entry.trim()))
      form.setField('entry', '')
    },
  })
  return (
    <LineForm
      form={form}
      field={{ label: words.entry, hint: words.entryHint, ...form.fieldProps('entry') }}
      verb={words.add}
      className="mb-4"
    />
  )
}

type EntryProps = { projectId: string; name: keyof Lists; entry: string; mayChange: boolean }

function Entry({ projectId, name, entry, mayChange }: EntryProps) {
  const words = useWords(abuseWords)
  const say = useToast()
  const { change, isBusy } = useChangeList(projectId, name)
  const remove = () =>
    change({ remove: entry }, words.removed(entry)).catch((error: unknown) =>
      say(failureOf(error).message, 'bad'),
    )
  return (
    <li className="flex min-h-11 items-center gap-3">
      <span className="min-w-0 flex-1 font-mono break-all">{entry}</span>
      <span className="text-12 text-grey-3">{words.kinds[kindOf(entry)]}</span>
      {mayChange && (
        <IconButton
          icon="close"
          label={words.remove(entry)}
          disabled={isBusy}
          onClick={() => void remove()}
        />
      )}
    </li>
  )
}

/** The server knows an entry by its form as well. */
function kindOf(entry: string): 'address' | 'domain' | 'prefix' | 'network' {
  if (entry.includes('/')) return 'network'
  if (entry.startsWith('+')) return 'prefix'
  return entry.includes('@') ? 'address' : 'domain'
}
