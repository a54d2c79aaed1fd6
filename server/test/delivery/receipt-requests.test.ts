import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { kindSettingsWith } from '../../src/composition/carrier-kinds.ts'
import { carrierKinds } from '../../src/delivery/kinds/index.ts'
import { resolveNothing } from '../../src/delivery/registry/carrier-settings.ts'
import { sampleMessage } from '../contracts/carrier-contract.ts'
import { providerReports } from '../providers/provider-reports.ts'

const receiptUrl = 'https://codes.example.test/receipts/own/0123'

let bodies: string[] = []
let url = ''
const server = http.createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  bodies.push(Buffer.concat(chunks).toString('utf8'))
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** A carrier of a kind that uses the server above. */
function open(kind: string) {
  const found = carrierKinds.find((known) => known.kind === kind)
  const settings = providerReports.find((provider) => provider.kind === kind)?.settings ?? ''
  const given = parse(settings.replace(/\n {4}/g, '\n'))
  const mistakes: unknown[] = []
  const carrier = kindSettingsWith().readCarrier(
    { ...given, baseUrl: url, kind },
    { where: 'own', resolve: resolveNothing, report: (mistake) => mistakes.push(mistake) },
  )
  if (found === undefined || carrier === null) throw new Error(JSON.stringify(mistakes))
  return { found, settings: carrier.settings }
}

test.each([
  ['twilio-sms', 'StatusCallback'],
  ['twilio-whatsapp', 'StatusCallback'],
  ['twilio-voice', 'StatusCallback'],
  ['vonage-sms', 'callback'],
])('every message of %s asks for its reports, where they can reach us', async (kind, field) => {
  const { found, settings } = open(kind)
  for (const asked of [receiptUrl, null]) {
    bodies = []
    const carrier = found.create(settings, { name: 'own', log: { error: () => {} }, receiptUrl: asked })
    await carrier.deliver(sampleMessage(found.channels[0] ?? 'sms'), new AbortController().signal)
    await carrier.close?.()
    expect(new URLSearchParams(bodies[0]).get(field)).toBe(asked)
  }
})

test('every message of infobip-sms asks for its reports', async () => {
  const { found, settings } = open('infobip-sms')
  bodies = []
  const carrier = found.create(settings, { name: 'own', log: { error: () => {} }, receiptUrl })
  await carrier.deliver(sampleMessage('sms'), new AbortController().signal)
  await carrier.close?.()
  expect(JSON.parse(bodies[0] ?? '').messages[0].webhooks.delivery).toEqual({ url: receiptUrl })
})

test('a callback that Vonage would refuse is left out, and the operator is told what to do (F14)', async () => {
  const { found, settings } = open('vonage-sms')
  const told: unknown[] = []
  bodies = []
  const log = { error: (fields: object, event: string) => void told.push(event, fields) }
  const long = `https://a-rather-long-name-for-codes.example.test/receipts/vonage/${'0'.repeat(40)}`
  const carrier = found.create(settings, { name: 'vonage', log, receiptUrl: long })
  await carrier.deliver(sampleMessage('sms'), new AbortController().signal)
  await carrier.close?.()
  expect(new URLSearchParams(bodies[0]).get('callback')).toBe(null)
  expect(told).toMatchObject([
    'carrier.no-reports',
    { carrier: 'vonage', detail: expect.stringContaining('signatureSecret') },
  ])
})
