import { randomBytes } from 'node:crypto'
import { type PhoneNumber, regionOf } from '../../domain/address.ts'
import { challengeId } from '../../domain/challenge.ts'
import { describePhone } from '../../domain/destination.ts'
import { Secret } from '../../domain/secret.ts'
import type { DeliverSample } from '../../engine/operations/manage-texts.ts'
import type { SampleTry } from '../../engine/ports/sample-try.ts'
import type { OutgoingMessage } from '../carrier.ts'
import { sampleCodeOf, textTools } from '../texts/text-tools.ts'
import { type LoadProjectDelivery, usualDelivery } from './project-delivery.ts'
import type { Routes } from './routes.ts'
import { tryCarrier } from './try-carrier.ts'

const tryMilliseconds = 10_000
const sampleLifeMilliseconds = 300_000

/** No limit holds for an operator's own test message, but this is none: whoever rents the number is paid for it (S3). */
const premiumRate: SampleTry = {
  carrier: 'none',
  outcome: 'refused',
  detail: 'No message goes to a premium-rate number.',
}

/**
 * Sends texts as test messages. Not by way of the outbox: no challenge stands behind one, and whoever tries a text wants to
 * hear the carriers' own words.
 */
export function createDeliverSample(
  routes: Pick<Routes, 'carriersFor'>,
  loadProjectDelivery: LoadProjectDelivery = async () => usualDelivery,
): DeliverSample {
  return async ({ project, key, draft, to }) => {
    const { channel, purpose, locale } = key
    if (channel !== 'email' && describePhone(to as PhoneNumber).isPremiumRate) return [premiumRate]
    const now = new Date()
    const id = challengeId(now, randomBytes(6))
    const code = sampleCodeOf(key)
    const { subject, text, html } = textTools.preview(key, draft, project)
    const message: OutgoingMessage = {
      challengeId: id,
      projectId: project.id,
      channel,
      purpose,
      to,
      code: code === '' ? null : new Secret(code),
      subject,
      text,
      html,
      locale,
      expiresAt: new Date(now.getTime() + sampleLifeMilliseconds),
      writtenAt: now,
      idempotencyKey: id,
    }

    const tries: SampleTry[] = []
    const region = channel === 'email' ? null : regionOf(to as PhoneNumber)
    const { routes: own } = await loadProjectDelivery(project.id)
    const destination = { projectId: project.id, channel, to, region, own, seed: id }
    for (const carrier of routes.carriersFor(destination)) {
      const { signal } = new AbortController()
      const answer = await tryCarrier(carrier, message, { milliseconds: tryMilliseconds, stopSignal: signal })
      const detail = answer.kind === 'accepted' ? null : answer.detail
      tries.push({ carrier: carrier.name, outcome: answer.kind, detail })
      // What may have arrived is not sent again.
      if (answer.kind !== 'refused') break
    }
    return tries
  }
}
