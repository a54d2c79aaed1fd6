import Type from 'typebox'
import { channels } from '../../domain/address.ts'
import type { Carrier } from '../carrier.ts'
import { createCarrier } from '../protocols/create-carrier.ts'
import { defineCarrierKind } from './carrier-kind.ts'

/** A carrier that accepts every message and sends none. */
export const createInboxCarrier = (): Carrier =>
  createCarrier({
    name: 'inbox',
    channels,
    concurrencyMax: 1000,
    deliver: async () => ({ kind: 'accepted', carrierMessageId: null }),
  })

/** The inbox of development, as a carrier of the file. */
export const inbox = defineCarrierKind({
  kind: 'inbox',
  channels,
  isForDevelopment: true,
  settings: Type.Object({}),
  guide: {
    title: 'Inbox',
    setup: ['Nothing: `/dev/inbox` shows what was sent. Production refuses it.'],
    delivered: 'It sends nothing.',
    source: null,
  },
  create: (_settings, { name }) => ({ ...createInboxCarrier(), name }),
})
