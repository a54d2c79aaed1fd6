import { useInfiniteQuery } from '@tanstack/react-query'
import { request } from '../../api/request.ts'
import { useMay } from '../../api/session.ts'
import { type Delivery, deliveriesQuery, type Webhook, webhookPath } from '../../api/webhooks.ts'
import { Button } from '../../components/button.tsx'
import { Copyable } from '../../components/copy-button.tsx'
import { SelectField } from '../../components/field.tsx'
import { Time } from '../../components/figures.tsx'
import { Meaning, type MeaningKind, Notice } from '../../components/meaning.tsx'
import { Empty, ErrorState, Skeleton } from '../../components/states.tsx'
import { useToast } from '../../components/toast.tsx'
import { useWords } from '../../language/language.tsx'
import { useQueryText } from '../../manners/use-query-text.ts'
import { ReplayForm } from './replay-form.tsx'
import { useRefresh } from './use-refresh.ts'
import { words as webhookWords } from './words.ts'

type DeliveriesTabProps = { projectId: string; webhook: Webhook }

/** What was delivered, what waits for another attempt, and what failed, with the way to deliver it again. */
export function DeliveriesTab({ projectId, webhook }: DeliveriesTabProps) {
  const words = useWords(webhookWords)
  const mayChange = useMay('change')
  const [state, setState] = useQueryText('state')
  const query = useInfiniteQuery(deliveriesQuery(projectId, webhook.webhookId, state))
  const deliveries = query.data?.pages.flatMap((page) => page.deliveries)
  return (
    <>
      {webhook.failingSince !== null && webhook.isEnabled && (
        <div className="mb-4">
          <Notice kind="warn">
            {words.failingSince} <Time at={webhook.failingSince} />
          </Notice>
        </div>
      )}
      <div className="mb-2 max-w-56">
        <SelectField
          label={words.state}
          name="state"
          value={state}
          onChange={setState}
          options={[
            { value: '', label: words.all },
            ...(['waiting', 'delivered', 'failed'] as const).map((value) => ({
              value,
              label: words.states[value],
            })),
          ]}
        />
      </div>
      {deliveries === undefined ? (
        query.error === null ? (
          <Skeleton />
        ) : (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        )
      ) : deliveries.length === 0 ? (
        <Empty icon="webhooks" title={words.noDeliveries}>
          {words.noDeliveriesWhat}
        </Empty>
      ) : (
        <DeliveryList {...{ projectId, webhook, deliveries }} mayReplay={mayChange} />
      )}
      {query.hasNextPage && (
        <div className="mt-4 text-center">
          <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {words.older}
          </Button>
        </div>
      )}
      {mayChange && <ReplayForm {...{ projectId, webhook }} />}
    </>
  )
}

const meanings: Record<Delivery['state'], MeaningKind> = {
  waiting: 'neutral',
  delivered: 'good',
  failed: 'bad',
}

type DeliveryListProps = DeliveriesTabProps & { deliveries: Delivery[]; mayReplay: boolean }

function DeliveryList({ projectId, webhook, deliveries, mayReplay }: DeliveryListProps) {
  const words = useWords(webhookWords)
  const say = useToast()
  const refresh = useRefresh(projectId)
  const replay = async (eventId: string) => {
    const path = `${webhookPath(projectId, webhook.webhookId)}/replay`
    await request(path, { method: 'POST', body: { eventId } })
      .then(() => say(words.replaying(1)))
      .catch((error: Error) => say(error.message, 'bad'))
    await refresh()
  }
  return (
    <ul aria-label={words.deliveries}>
      {deliveries.map((delivery) => (
        <li
          key={delivery.eventId}
          className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 border-t border-grey-2 py-3"
        >
          <div className="min-w-0 flex-1">
            <p className="flex flex-wrap items-center gap-x-3">
              <span className="font-strong">{words.eventNames[delivery.type] ?? delivery.type}</span>
              <Meaning kind={meanings[delivery.state]}>{words.states[delivery.state]}</Meaning>
            </p>
            <p className="-ml-1 text-12 text-grey-3">
              <Copyable text={delivery.eventId} />
            </p>
            <Attempts of={delivery} />
          </div>
          {mayReplay && (
            <Button
              size="small"
              icon="refresh"
              aria-label={words.replayOf(delivery.eventId)}
              onClick={() => void replay(delivery.eventId)}
            >
              {words.replay}
            </Button>
          )}
        </li>
      ))}
    </ul>
  )
}

function Attempts({ of: { attempts, lastAt, lastStatus, lastDetail, nextAt, state } }: { of: Delivery }) {
  const words = useWords(webhookWords)
  return (
    <p className="mt-1 text-12 text-grey-3">
      {words.attempts(attempts)}
      {lastAt !== null && (
        <>
          {', '}
          {words.last} <Time at={lastAt} />
        </>
      )}
      {lastStatus !== null && ` · ${words.answered(lastStatus)}`}
      {lastStatus === null && lastDetail !== null && <span className="font-mono">{` · ${lastDetail}`}</span>}
      {nextAt !== null && state === 'waiting' && (
        <>
          {' · '}
          {words.next} <Time at={nextAt} />
        </>
      )}
    </p>
  )
}
