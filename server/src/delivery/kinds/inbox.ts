import Type from 'typebox'
import { channels } from '../../domain/address.ts'
import { createCarrier } from '../protocols/create-carrier.ts'
import { defineCarrierKind } from './carrier-kind.ts'

/** Accepts every message and sends none. Development has one named `inbox` without configuration. */
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
  create: (_settings, { name }) =>
    createCarrier({
      name,
      channels,
      concurrencyMax: 1000,
      deliver: async () => ({ kind: 'accepted', carrierMessageId: null }),
    }),
})
