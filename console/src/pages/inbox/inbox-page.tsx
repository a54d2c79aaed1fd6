import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { inboxQuery, type Message, matches } from '../../api/inbox.ts'
import { Button, buttonClass } from '../../components/button.tsx'
import { Meaning } from '../../components/meaning.tsx'
import { Page } from '../../components/page.tsx'
import { PathLink } from '../../components/path-link.tsx'
import { Empty, ErrorState, Skeleton } from '../../components/states.tsx'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { readKept, writeKept } from '../../manners/kept.ts'
import { useQueryText } from '../../manners/use-query-text.ts'
import { MessageList } from './message-list.tsx'
import { MessageView } from './message-view.tsx'
import { words as inboxWords } from './words.ts'

const pageSize = 100

/** What was sent: a list that is alive, and the message as its receiver sees it. */
export function InboxPage() {
  const words = useWords(inboxWords)
  const [limit, setLimit] = useState(pageSize)
  const [wanted, setWanted] = useQueryText('to')
  const [openId, open] = useQueryText('message')
  const { clearedAt, clear, showCleared } = useCleared()
  const query = useQuery(inboxQuery(limit))
  const messages = query.data?.filter(({ createdAt }) => createdAt > clearedAt)
  const shown = messages?.filter((message) => matches(message, wanted)) ?? []
  const chosen = shown.find(({ id }) => id === openId)

  return (
    <Page
      title={words.title}
      sentence={words.sentence}
      action={
        clearedAt === '' ? (
          <Button
            icon="trash"
            disabled={messages === undefined || messages.length === 0}
            onClick={() => clear(messages?.[0]?.createdAt)}
          >
            {words.clear}
          </Button>
        ) : (
          <Button onClick={showCleared}>{words.showCleared}</Button>
        )
      }
    >
      <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        <input
          type="search"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
          placeholder={words.search}
          aria-label={words.search}
          className="h-9 w-80 max-w-full rounded border border-edge bg-paper px-3"
        />
        <Liveness at={query.dataUpdatedAt} isLive={!query.isError} />
      </div>
      <Content
        {...{ query, messages, shown, chosen, open, wanted }}
        onShowAll={() => setWanted('')}
        onOlder={query.data?.length === limit && limit < 1000 ? () => setLimit(1000) : null}
      />
    </Page>
  )
}

type ContentProps = {
  query: { error: unknown; refetch: () => unknown }
  messages: Message[] | undefined
  shown: Message[]
  chosen: Message | undefined
  open: (id: string) => void
  wanted: string
  onShowAll: () => void
  onOlder: (() => void) | null
}

function Content({ query, messages, shown, chosen, open, wanted, onShowAll, onOlder }: ContentProps) {
  const words = useWords(inboxWords)
  if (messages === undefined)
    return query.error ? (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <Skeleton lines={6} />
    )
  if (shown.length === 0)
    return wanted === '' ? (
      <Empty
        title={words.emptyTitle}
        action={
          <PathLink path="/playground" className={buttonClass('primary')}>
            {words.tryIt}
          </PathLink>
        }
      >
        {words.empty}
      </Empty>
    ) : (
      <Empty
        icon="search"
        title={words.nothingFound}
        action={<Button onClick={onShowAll}>{words.showAll}</Button>}
      />
    )
  return (
    <div className="lg:grid lg:grid-cols-[22rem_minmax(0,1fr)] lg:gap-8">
      <div className={chosen === undefined ? '' : 'hidden lg:block'}>
        <MessageList {...{ shown, chosen: chosen ?? null, open }} />
        {onOlder !== null && (
          <Button look="quiet" size="small" className="mt-2" onClick={onOlder}>
            {words.older}
          </Button>
        )}
      </div>
      <div className={chosen === undefined ? 'hidden lg:block' : ''}>
        <Button
          look="quiet"
          size="small"
          icon="left"
          className="mb-2 -ml-3 lg:hidden"
          onClick={() => open('')}
        >
          {words.back}
        </Button>
        <Reading message={chosen ?? shown[0]} />
      </div>
    </div>
  )
}

/** The chosen message; on a wide screen the newest one, so that a code stands there without a click. */
const Reading = ({ message }: { message: Message | undefined }) =>
  message === undefined ? null : <MessageView key={message.id} message={message} />

function Liveness({ at, isLive }: { at: number; isLive: boolean }) {
  const words = useWords(inboxWords)
  const formats = useFormats()
  if (at === 0) return null
  const time = formats.moment(new Date(at))
  return (
    <span className="text-12">
      <Meaning kind={isLive ? 'good' : 'warn'}>{isLive ? words.live(time) : words.stale(time)}</Meaning>
    </span>
  )
}

/** The server keeps no copy of a message that it could delete, so clearing hides what is there now, in this browser. */
function useCleared() {
  const [clearedAt, setClearedAt] = useState(() => readKept('inbox.cleared') ?? '')
  const keep = (moment: string) => {
    writeKept('inbox.cleared', moment === '' ? null : moment)
    setClearedAt(moment)
  }
  return { clearedAt, clear: (newest = '') => keep(newest), showCleared: () => keep('') }
}
