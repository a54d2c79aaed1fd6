import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type ChannelRoute, routesQuery } from '../../api/carriers.ts'
import type { Channel } from '../../api/inbox.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../components/button.tsx'
import { ErrorState, Skeleton } from '../../components/states.tsx'
import { channelNames } from '../../language/channel-names.ts'
import { useWords } from '../../language/language.tsx'
import { RouteForm } from './route-form.tsx'
import { words as carrierWords } from './words.ts'

/** For each channel the carriers of a project, in the order in which they are tried. */
export function RouteList({ projectId, name }: { projectId: string; name: string }) {
  const words = useWords(carrierWords)
  const { data: routes, error, refetch } = useQuery(routesQuery(projectId))
  const [edited, setEdited] = useState<Channel | null>(null)
  if (routes === undefined)
    return error === null ? (
      <Skeleton lines={4} />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    )
  return (
    <>
      <p className="mb-2 text-14">{words.routesOf(name)}</p>
      <ul>
        {routes.map((route) => (
          <li key={route.channel} className="border-t border-grey-2 py-4">
            {edited === route.channel ? (
              <RouteForm {...{ projectId, route }} onClose={() => setEdited(null)} />
            ) : (
              <RouteView route={route} onChange={() => setEdited(route.channel)} />
            )}
          </li>
        ))}
      </ul>
    </>
  )
}

function RouteView({ route, onChange }: { route: ChannelRoute; onChange: () => void }) {
  const words = useWords(carrierWords)
  const channels = useWords(channelNames)
  const mayChange = useMay('change')
  const { channel, source, carriers } = route
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_max-content] items-start gap-x-4 gap-y-2 md:grid-cols-[10rem_minmax(0,1fr)_max-content]">
      <div>
        <h3 className="text-16">{channels[channel]}</h3>
        <p className="text-12 text-grey-3">{words.routeSources[source]}</p>
      </div>
      <div className="col-span-2 row-start-2 md:col-span-1 md:row-start-auto">
        {carriers.length === 0 ? (
          <p className="text-14 text-grey-3">{words.allCarriers}</p>
        ) : (
          <ol className="space-y-1">
            {carriers.map(({ carrier, to, weight }, index) => (
              // A carrier may stand in a route more than once, for other countries.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <li key={index} className="flex flex-wrap items-baseline gap-x-3 text-14">
                <span className="w-4 text-right font-mono text-12 text-grey-3">{index + 1}</span>
                <span className="font-mono">{carrier}</span>
                <span className="text-12 text-grey-3">
                  {to.length === 0 ? words.everywhere : to.join(', ')}
                  {weight !== null && ` · ${words.weightOf(weight)}`}
                </span>
              </li>
            ))}
          </ol>
        )}
      </div>
      {mayChange && (
        <Button size="small" onClick={onChange} aria-label={words.changeRoute(channels[channel])}>
          {words.change}
        </Button>
      )}
    </div>
  )
}
