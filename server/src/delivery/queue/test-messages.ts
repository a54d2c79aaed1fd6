import { randomBytes } from 'node:crypto'
import {
  type Channel,
  type PhoneNumber,
  parseEmailAddress,
  parsePhoneNumber,
  regionOf,
} from '../../domain/address.ts'
import { challengeId } from '../../domain/challenge.ts'
import { describePhone } from '../../domain/destination.ts'
import {
  defaultProjectSettings,
  type Project,
  type ProjectId,
  type WorkspaceId,
} from '../../domain/project.ts'
import { createPurposes } from '../../domain/purpose.ts'
import { Secret } from '../../domain/secret.ts'
import type { DeliverSample } from '../../engine/operations/manage-texts.ts'
import type { TestCarrier } from '../../engine/ports/carriers.ts'
import type { SampleAttempt } from '../../engine/ports/sample-attempt.ts'
import type { Carrier, OutgoingMessage } from '../carrier.ts'
import { createTextTools, type SampleTools } from '../texts/text-tools.ts'
import { deliverInTime } from './deliver-in-time.ts'
import { defaultDelivery, type LoadProjectDelivery } from './project-delivery.ts'
import type { Routes } from './routes.ts'

/*
 * Test messages of operators. They bypass the outbox: they have no challenge, and the operator wants the carriers'
 * answers at once.
 */

const attemptMilliseconds = 10_000
const sampleLifeMilliseconds = 300_000

/** The only limit on an operator's test message: a premium-rate number would earn its owner money (S3). */
const premiumRate: SampleAttempt = {
  carrier: 'none',
  outcome: 'refused',
  detail: 'No message goes to a premium-rate number.',
}

/**
 * Sends a text as a test message by the route of its project. Returns the answers up to the first that is not a refusal.
 */
export function createDeliverSample(
  routes: Pick<Routes, 'carriersFor'>,
  tools: SampleTools,
  loadProjectDelivery: LoadProjectDelivery = async () => defaultDelivery,
): DeliverSample {
  return async ({ project, key, draft, to }) => {
    const { channel, purpose, locale } = key
    if (channel !== 'email' && describePhone(to as PhoneNumber).tariff === 'premium') return [premiumRate]
    const now = new Date()
    const id = challengeId(now, randomBytes(6))
    const code = tools.sampleCode(key, project)
    const { subject, text, html } = tools.preview(key, draft, project)
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

    const attempts: SampleAttempt[] = []
    const region = channel === 'email' ? null : regionOf(to as PhoneNumber)
    const { routes: own } = await loadProjectDelivery(project.id)
    const destination = { projectId: project.id, channel, to, region, own, seed: id }
    for (const carrier of routes.carriersFor(destination)) {
      const { signal } = new AbortController()
      const answer = await deliverInTime(carrier, message, {
        milliseconds: attemptMilliseconds,
        stopSignal: signal,
      })
      const detail = answer.kind === 'accepted' ? null : answer.detail
      attempts.push({ carrier: carrier.name, outcome: answer.kind, detail })
      // A message that may have arrived is not sent again.
      if (answer.kind !== 'refused') break
    }
    return attempts
  }
}

/** The project that a test message names as its sender. */
const sampleProject: Project = {
  state: 'active',
  id: 'PRJ_000000000000' as ProjectId,
  workspaceId: 'WS_000000000000' as WorkspaceId,
  name: 'Watchword',
  settings: defaultProjectSettings,
}

/** A sample has no purpose. */
const tools = createTextTools(createPurposes([]))

/** Sends a sample code, which is not valid anywhere, by one carrier. */
export const createTestCarrier =
  (carrierNamed: (name: string, channel: Channel) => Carrier | undefined): TestCarrier =>
  async ({ name, channel, to: written }) => {
    const carrier = carrierNamed(name, channel)
    if (carrier === undefined) return null
    const to = channel === 'email' ? parseEmailAddress(written) : parsePhoneNumber(written)
    if (to === null) return { carrier: name, outcome: 'refused', detail: `to is no address for ${channel}` }
    const key = { channel, purpose: 'code', locale: 'en' } as const
    const deliver = createDeliverSample({ carriersFor: () => [carrier] }, tools)
    const [answer] = await deliver({ project: sampleProject, key, draft: tools.builtIn(key), to })
    return answer ?? null
  }
