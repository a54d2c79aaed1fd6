import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type ChannelRoute, carriersQuery, type RouteEntry } from '../../api/carriers.ts'
import { type Failure, failureOf } from '../../api/failure.ts'
import { projectPath } from '../../api/projects.ts'
import { request } from '../../api/request.ts'
import { Button } from '../../components/button.tsx'
import { FormEnd } from '../../components/form-end.tsx'
import { useToast } from '../../components/toast.tsx'
import { channelNames } from '../../language/channel-names.ts'
import { useWords } from '../../language/language.tsx'
import { type EditedEntry, RouteEntryFields } from './route-entry-fields.tsx'
import { words as carrierWords } from './words.ts'

type RouteFormProps = { projectId: string; route: ChannelRoute; onClose: () => void }

/** Changes which carriers a channel tries, and in which order. */
export function RouteForm({ projectId, route: { channel, source, carriers }, onClose }: RouteFormProps) {
  const words = useWords(carrierWords)
  const channels = useWords(channelNames)
  const say = useToast()
  const client = useQueryClient()
  const { data: all = [] } = useQuery(carriersQuery)
  const names = all.filter((one) => one.channels.includes(channel)).map(({ name }) => name)
  const [entries, setEntries] = useState(() => carriers.map(edit))
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isBusy, setIsBusy] = useState(false)

  const save = async (route: unknown[]) => {
    setFailure(null)
    setIsBusy(true)
    try {
      const body = { routes: { [channel]: route } }
      await request(`${projectPath(projectId)}/routes`, { method: 'PATCH', body })
      await client.invalidateQueries({ queryKey: ['projects', projectId, 'routes'] })
      say(words.routeSaved(channels[channel]))
      onClose()
    } catch (error) {
      setFailure(failureOf(error))
      setIsBusy(false)
    }
  }
  const set = (index: number, part: Partial<EditedEntry>) =>
    setEntries(entries.map((entry, at) => (at === index ? { ...entry, ...part } : entry)))
  const moveUp = (index: number) =>
    setEntries(
      entries.map(
        (entry, at) =>
          (at === index ? entries[index - 1] : at === index - 1 ? entries[index] : entry) ?? entry,
      ),
    )

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save(entries.map(read))
      }}
    >
      <h3 className="text-16">{words.routeOf(channels[channel])}</h3>
      <p className="mb-3 text-14 text-grey-3">{words.routeHint}</p>
      <ol className="space-y-3">
        {entries.map((entry, index) => (
          <li key={entry.key}>
            <RouteEntryFields
              {...{ entry, names, place: index + 1 }}
              onChange={(part) => set(index, part)}
              onUp={index === 0 ? null : () => moveUp(index)}
              onRemove={() => setEntries(entries.filter((_, at) => at !== index))}
            />
          </li>
        ))}
      </ol>
      {names.length === 0 ? (
        <p className="mt-3 text-14 text-grey-3">{words.noneServes(channels[channel])}</p>
      ) : (
        <Button
          size="small"
          icon="plus"
          className="mt-3"
          onClick={() => setEntries([...entries, edit({ carrier: names[0] ?? '', to: [], weight: null })])}
        >
          {words.addEntry}
        </Button>
      )}
      <FormEnd failure={failure}>
        {source === 'project' && (
          <Button isBusy={isBusy} onClick={() => void save([])}>
            {words.useServers}
          </Button>
        )}
        <Button onClick={onClose}>{words.cancel}</Button>
        <Button look="primary" type="submit" isBusy={isBusy} disabled={entries.length === 0}>
          {words.saveRoute}
        </Button>
      </FormEnd>
    </form>
  )
}

let lastKey = 0

/** An entry as its fields hold it. It moves, so it needs a key of its own. */
function edit({ carrier, to, weight }: RouteEntry): EditedEntry {
  lastKey += 1
  return { key: lastKey, carrier, to: to.join(', '), weight: weight === null ? '' : String(weight) }
}

/** What the fields hold, as the API takes it. What is no number goes as it is, and the server says so. */
function read({ carrier, to, weight }: EditedEntry) {
  const places = to.split(/[\s,]+/).filter((place) => place !== '')
  return {
    carrier,
    ...(places.length === 0 ? {} : { to: places }),
    ...(weight.trim() === '' ? {} : { weight: /^\d+$/.test(weight.trim()) ? Number(weight) : weight }),
  }
}
