import type {
  Reservation,
  SpendingCaps,
  SpendingRequest,
  SpendingStore,
} from '../../engine/ports/spending.ts'

/** `none`: no cap applies, so nothing is reserved. `over`: the message would exceed a cap. */
export type Budget = { kind: 'none' } | { kind: 'over' } | { kind: 'reserved'; reservation: Reservation }

export type ReserveSpending = (request: SpendingRequest) => Promise<Budget>

type Entry = { request: SpendingRequest; resolve: (budget: Budget) => void; reject: (error: unknown) => void }

const batchMax = 256

/** Reserves money before a message is sent. Requests that arrive while a batch is being decided make up the next one. */
export function createReserveSpending({ reserve }: Pick<SpendingStore, 'reserve'>): ReserveSpending {
  const pending: Entry[] = []
  let isRunning = false

  async function run(): Promise<void> {
    while (pending.length > 0) {
      const batch = pending.splice(0, batchMax)
      try {
        const reservations = await reserve(batch.map(({ request }) => request))
        for (const [index, { resolve }] of batch.entries()) {
          const reservation = reservations[index] ?? null
          resolve(reservation === null ? { kind: 'over' } : { kind: 'reserved', reservation })
        }
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    isRunning = false
  }

  return (request) => {
    if (request.amount === 0 || !isCapped(request.caps)) return Promise.resolve({ kind: 'none' })
    return new Promise((resolve, reject) => {
      pending.push({ request, resolve, reject })
      if (isRunning) return
      isRunning = true
      void run()
    })
  }
}

const isCapped = ({ perDay, perMonth }: SpendingCaps): boolean => perDay !== null || perMonth !== null
