import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canBrowse } from '../harness/find-browser.ts'
import { openPage, startBrowser } from '../harness/open-page.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { startWebhookPeer, type WebhookPeer } from '../providers/webhook-peer.ts'
import { startWebhookReceiver } from '../providers/webhook-receiver.ts'
import { asOperator } from './as-operator.ts'
import { lookAt } from './look-at.ts'

/*
 * The pages on which a server and its projects are set up.
 */

let app: TestApp
let browser: Browser
let gateway: WebhookPeer
let receiver: Awaited<ReturnType<typeof startWebhookReceiver>>

const heading = (name: string) => (page: Page) => page.getByRole('heading', { level: 1, name }).waitFor()

/** What a page must not have left undone when a test is over. */
async function leave({ page, offences }: { page: Page; offences: string[] }): Promise<void> {
  expect(offences).toEqual([])
  await page.context().close()
}

const open = (path: string, role: 'owner' | 'viewer' = 'owner') =>
  openPage(browser, `${app.url}/console${path}`, { prepare: asOperator(app, role) })

describe.runIf(canBrowse)('in a browser', () => {
  beforeAll(async () => {
    app = await startTestApp()
    browser = await startBrowser()
    gateway = await startWebhookPeer()
    receiver = await startWebhookReceiver()
  })
  afterAll(async () => {
    await browser?.close()
    await gateway?.stop()
    await receiver?.stop()
    await app?.stop()
  })

  test('a project is created with its first key, which is shown once and opens it', async () => {
    const opened = await open('/projects/new')
    const { page } = opened
    await page.getByLabel('Name').fill('Shop')
    await page.getByLabel('Country').fill('ci')
    await page.getByRole('button', { name: 'Create project' }).click()
    const key = await page.getByText(/^ww_[\w-]{20,}$/).innerText()

    // Who leaves before the key was kept is asked first.
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByText('Once you leave, nobody can show it again.').waitFor()
    await page.getByRole('button', { name: 'Stay' }).click()
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download' }).click()
    expect((await saved).suggestedFilename()).toMatch(/^PRJ_.*\.key\.txt$/)
    await page.getByRole('button', { name: 'I have kept it' }).click()

    await page.waitForURL(/projects\/PRJ_/)
    await page.getByRole('dialog', { name: 'Shop' }).waitFor()
    expect(await page.content()).not.toContain(key)
    const projectId = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    const { status } = await app.post(
      '/api/v1/otp/send',
      { target: 'shopper@example.test', channel: 'email' },
      { 'x-api-key': key, 'x-project-id': projectId },
    )
    expect(status).toBe(201)
    await leave(opened)
  })

  test('another key opens the project until it is revoked by its name', async () => {
    const { service } = app.projects
    const opened = await open(`/projects/${service}?tab=keys`)
    const { page } = opened
    await page.getByRole('button', { name: 'Make key' }).click()
    await page.getByText('Name the program that uses it.').waitFor()
    await page.getByLabel('Name of the key').fill('checkout')
    await page.getByRole('button', { name: 'Make key' }).click()
    const key = await page.getByText(/^ww_[\w-]{20,}$/).innerText()
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByRole('button', { name: 'I have kept it' }).click()

    const send = () =>
      app.post(
        '/api/v1/otp/send',
        { target: 'buyer@example.test', channel: 'email' },
        { 'x-api-key': key, 'x-project-id': service },
      )
    expect((await send()).status).toBe(201)
    await page.getByRole('button', { name: 'Revoke key checkout' }).click()
    const dialog = page.getByRole('dialog', { name: 'Revoke key checkout' })
    await dialog.getByRole('button', { name: 'Revoke key' }).click()
    await page.getByText('Type exactly checkout.').waitFor()
    await dialog.getByLabel(/Type checkout/).fill('checkout')
    await dialog.getByRole('button', { name: 'Revoke key' }).click()
    await page.getByText('The key checkout is revoked.').first().waitFor()
    await expect.poll(async () => (await send()).status, { timeout: 5_000 }).toBe(401)
    await leave(opened)
  })

  test('settings of every kind are saved as they were typed, and all mistakes are said at once', async () => {
    const { kikapu } = app.projects
    const opened = await open(`/projects/${kikapu}?tab=settings`)
    const { page } = opened
    const settings = async () =>
      (await app.get(`/admin/v1/projects/${kikapu}`, { authorization: `Bearer ${app.adminToken}` })).body
        .settings
    const group = (name: string) => page.getByRole('region', { name, exact: true })
    const save = (name: string) => group(name).getByRole('button', { name: 'Save changes' }).click()

    await group('Branding').getByLabel('Colour of the head of mail').fill('blue')
    await group('Branding').getByLabel('Logo in the head of mail').fill('http://example.com/logo.png')
    await save('Branding')
    await group('Branding')
      .getByText(/must be a colour/)
      .waitFor()
    await group('Branding')
      .getByText(/must be an https/)
      .waitFor()
    await group('Branding').getByLabel('Colour of the head of mail').fill('#1a7f5a')
    await group('Branding').getByLabel('Logo in the head of mail').fill('')
    await save('Branding')
    await expect.poll(async () => (await settings()).colour).toBe('#1a7f5a')

    await group('Destinations').getByLabel('Countries of phone messages').fill('ci\nSN')
    await group('Destinations')
      .getByLabel(/throw-away/)
      .check()
    await save('Destinations')
    await expect.poll(async () => (await settings()).countries).toEqual(['CI', 'SN'])
    expect((await settings()).refuseDisposable).toBe(true)

    await group('Codes').getByLabel('WhatsApp').fill('sms 30, voice 60')
    await group('Codes').getByLabel('Digits of a code').fill('8')
    await save('Codes')
    await expect.poll(async () => (await settings()).codeLength).toBe(8)
    expect((await settings()).fallbacks.whatsapp).toEqual([
      { channel: 'sms', afterSeconds: 30 },
      { channel: 'voice', afterSeconds: 60 },
    ])

    await group('Limits of sends').getByLabel('Requests', { exact: true }).fill('900')
    await save('Limits of sends')
    await expect.poll(async () => (await settings()).rateLimit.requests).toBe(900)

    await group('Test recipients').getByRole('button', { name: 'Add a test recipient' }).click()
    await group('Test recipients').getByLabel('Address').fill('review@example.com')
    await group('Test recipients').getByLabel('Code').fill('123456')
    await group('Test recipients').getByLabel('Until').fill('2099-01-31')
    await save('Test recipients')
    await expect
      .poll(async () => (await settings()).testRecipients)
      .toMatchObject([{ address: 'review@example.com', code: '123456' }])
    // The browser itself says that the server refused.
    opened.offences.splice(0)
    await leave(opened)
  })

  test('a project ends by its name: disabled, then deleted', async () => {
    const headers = { authorization: `Bearer ${app.adminToken}` }
    const { body } = await app.post('/admin/v1/projects', { name: 'Old shop' }, headers)
    const opened = await open(`/projects/${body.projectId}`)
    const { page } = opened
    for (const verb of ['Disable project', 'Delete project']) {
      await page.getByRole('button', { name: verb }).click()
      const dialog = page.getByRole('dialog', { name: verb })
      await dialog.getByRole('textbox').fill('Old shop')
      await dialog.getByRole('button', { name: verb }).click()
      await dialog.waitFor({ state: 'detached' })
    }
    await page.getByText('Being deleted').first().waitFor()
    await leave(opened)
  })

  test('a carrier is set up by the form of its kind, and a test goes through it', async () => {
    const opened = await open('/carriers/new')
    const { page } = opened
    await page.getByLabel('Kind').selectOption('webhook')
    await page.getByRole('button', { name: 'Add carrier' }).click()
    await page.getByText('This is needed.').waitFor()
    await page.getByLabel('Name').fill('gateway')
    await page.getByLabel('url').fill(gateway.url)
    await page.getByRole('button', { name: 'Add carrier' }).click()

    await page.waitForURL(/carriers\/gateway/)
    await page.getByLabel('To', { exact: true }).fill('+2250701020304')
    await page.getByRole('button', { name: 'Send test' }).click()
    await page.getByText('The carrier took the message to +2250701020304.').waitFor()
    expect(gateway.accepted.at(-1)?.body).toMatchObject({ channel: 'sms', to: '+2250701020304' })
    // Of its secret URL the page knows the last four characters.
    expect(await page.content()).not.toContain(gateway.url)
    await leave(opened)
  })

  test('a project tries the carriers in the order that its route has', async () => {
    const { service } = app.projects
    const headers = { authorization: `Bearer ${app.adminToken}` }
    await app.request('PUT', '/admin/v1/carriers/second', {
      headers,
      body: { kind: 'webhook', settings: { url: gateway.url } },
    })
    const opened = await open(`/carriers?project=${service}`)
    const { page } = opened
    await page.getByRole('button', { name: 'Change the route for Call' }).click()
    await page.getByRole('button', { name: 'Add a carrier to the route' }).click()
    await page.getByRole('button', { name: 'Take out of the route' }).first().click()
    const entry = page.getByRole('group', { name: 'Place 1' })
    await entry.getByLabel('Carrier').selectOption('second')
    await entry.getByLabel('Destinations').fill('CI, +22507')
    await page.getByRole('button', { name: 'Save route' }).click()
    await page.getByText('The route for Call is saved.').first().waitFor()
    const { body } = await app.get(`/admin/v1/projects/${service}/routes`, headers)
    expect(body.routes.find(({ channel }: { channel: string }) => channel === 'voice')).toEqual({
      channel: 'voice',
      source: 'project',
      carriers: [{ carrier: 'second', to: ['CI', '+22507'], weight: null }],
    })
    await page.getByRole('button', { name: 'Change the route for Call' }).click()
    await page.getByRole('button', { name: 'Use the server’s route' }).click()
    await page.getByRole('button', { name: 'Use the server’s route' }).waitFor({ state: 'detached' })
    await leave(opened)
  })

  test('a text shows its message and its segments as one writes, and is in force once it is stored', async () => {
    const { service } = app.projects
    const opened = await open(`/texts?project=${service}&channel=sms&purpose=service&locale=en`)
    const { page } = opened
    const preview = page.getByRole('region', { name: 'Preview' })
    await preview.getByText('1 SMS', { exact: true }).waitFor()
    await page.getByLabel('Text', { exact: true }).fill(`{code} opens the shop 🔑 ${'and more '.repeat(10)}`)
    await preview.getByText('2 SMS, each is paid for').waitFor()
    await preview.getByText(/opens the shop/).waitFor()
    await page.getByLabel('Text', { exact: true }).fill('{code} opens the shop.')
    await page.getByRole('button', { name: 'Save text' }).click()
    await page.getByText('Your own text is in force.').waitFor()
    const inForce = await app.post(
      `/admin/v1/projects/${service}/texts/sms/service/en/preview`,
      {},
      { authorization: `Bearer ${app.adminToken}` },
    )
    expect(inForce.body.text).toBe('123456 opens the shop.')

    await page.getByRole('button', { name: 'Use the built-in text' }).click()
    await page
      .getByRole('region', { name: 'Use the built-in text' })
      .getByRole('button', { name: 'Use' })
      .click()
    await page.getByText('The built-in text is in force.', { exact: true }).waitFor()
    await leave(opened)
  })

  test('mail is shown as mail programs show it, and a broken text keeps the last message', async () => {
    const opened = await open(`/texts?project=${app.projects.service}&channel=email&purpose=code&locale=en`)
    const { page } = opened
    await page.getByLabel('Text', { exact: true }).fill('# Hello\n\n{code}\n\n<script>alert(1)</script>')
    const mail = page.getByRole('region', { name: 'As mail' })
    await mail.getByRole('heading', { name: 'Hello' }).waitFor()
    await mail.getByText('<script>alert(1)</script>').waitFor()
    expect(opened.offences).toEqual([])
    await page.getByLabel('Text', { exact: true }).fill('no code')
    await page
      .getByText(/must contain \{code\}|\{code\}/)
      .first()
      .waitFor()
    await page.getByRole('alert').waitFor()
    await mail.getByRole('heading', { name: 'Hello' }).waitFor()
    await page.context().close()
  })

  test('a webhook shows its secret once, then every delivery, and delivers again', async () => {
    const { service } = app.projects
    const opened = await open(`/webhooks/new?project=${service}`)
    const { page } = opened
    await page.getByLabel('URL').fill(receiver.url())
    await page.getByLabel('Code requested').check()
    await page.getByRole('button', { name: 'Create webhook' }).click()
    await page.getByText(/^whsec_/).waitFor()
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await page.getByText('Nothing was delivered yet').waitFor()

    await app.post(
      '/api/v1/otp/send',
      { target: 'hooked@example.test', channel: 'email' },
      app.serviceHeaders,
    )
    const deliveries = page.getByRole('list', { name: 'Deliveries' })
    await deliveries.getByText('Delivered').first().waitFor({ timeout: 20_000 })
    await deliveries
      .getByText(/1 attempt/)
      .first()
      .waitFor()
    const before = receiver.received.length
    await deliveries
      .getByRole('button', { name: /^Deliver/ })
      .first()
      .click()
    await expect.poll(() => receiver.received.length, { timeout: 20_000 }).toBeGreaterThan(before)
    await leave(opened)
  })

  test('a viewer sees the pages and no button that would be refused', async () => {
    const { service } = app.projects
    for (const path of [
      '/projects',
      `/carriers?project=${service}`,
      `/webhooks?project=${service}`,
      `/texts?project=${service}`,
    ]) {
      const opened = await open(path, 'viewer')
      await opened.page.waitForLoadState('networkidle')
      const names = /^(Create |Add |Save |Change|Send )/
      expect([path, await opened.page.getByRole('button', { name: names }).count()]).toEqual([path, 0])
      expect(await opened.page.getByRole('link', { name: names }).count()).toBe(0)
      await leave(opened)
    }
  })

  const service = '?project='
  const everyLook = [
    { name: 'projects', path: () => '/projects', ready: heading('Projects') },
    {
      name: 'project-new',
      path: () => '/projects/new',
      ready: (page: Page) => page.getByLabel('Name').waitFor(),
    },
    {
      name: 'project',
      path: () => `/projects/${app.projects.service}`,
      ready: (page: Page) => page.getByRole('button', { name: 'Disable project' }).waitFor(),
    },
    {
      name: 'project-keys',
      path: () => `/projects/${app.projects.service}?tab=keys`,
      ready: (page: Page) => page.getByRole('button', { name: 'Make key' }).waitFor(),
    },
    {
      name: 'project-settings',
      path: () => `/projects/${app.projects.service}?tab=settings`,
      ready: (page: Page) =>
        page.getByLabel('Test recipients').or(page.getByText('Test recipients')).first().waitFor(),
    },
    {
      name: 'project-spending',
      path: () => `/projects/${app.projects.service}?tab=spending`,
      ready: (page: Page) => page.getByLabel('Time').waitFor(),
    },
    {
      name: 'carriers',
      path: () => `/carriers${service}${app.projects.service}`,
      ready: heading('Carriers & routes'),
    },
    {
      name: 'carrier',
      path: () => '/carriers/inbox',
      ready: (page: Page) => page.getByRole('button', { name: 'Send test' }).waitFor(),
    },
    {
      name: 'carrier-new',
      path: () => '/carriers/new?kind=smtp-email',
      ready: (page: Page) => page.getByLabel('from').first().waitFor(),
    },
    {
      name: 'texts-sms',
      path: () => `/texts${service}${app.projects.service}&channel=sms`,
      ready: (page: Page) => page.getByText(/^1 SMS/).waitFor(),
    },
    {
      name: 'texts-email',
      path: () => `/texts${service}${app.projects.service}&channel=email`,
      ready: (page: Page) => page.getByRole('region', { name: 'As mail' }).waitFor(),
    },
    {
      name: 'webhooks',
      path: () => `/webhooks${service}${app.projects.service}`,
      ready: heading('Webhooks'),
    },
    {
      name: 'webhooks-empty',
      path: () => `/webhooks${service}${app.projects.mobile}`,
      ready: (page: Page) => page.getByText('No webhook listens yet').waitFor(),
    },
    {
      name: 'webhook-new',
      path: () => `/webhooks/new${service}${app.projects.service}`,
      ready: (page: Page) => page.getByLabel('URL').waitFor(),
    },
    {
      name: 'texts-which',
      path: () => '/texts',
      ready: (page: Page) => page.getByText('Choose a project').waitFor(),
    },
    { name: 'settings', path: () => '/settings', ready: (page: Page) => page.getByRole('table').waitFor() },
  ]

  test.each(everyLook)(
    '$name, in both themes, on a desk and on a phone: nothing is out of reach, cut off, or complained about',
    ({ path, ...page }) =>
      lookAt(browser, { ...page, url: `${app.url}/console${path()}`, prepare: asOperator(app) }),
  )

  test('every one of these pages is written in French as well', async () => {
    const titles = {
      '/projects': 'Projets',
      '/texts': 'Textes',
      '/carriers': 'Opérateurs d’envoi et routes',
      '/webhooks': 'Webhooks',
      '/settings': 'Réglages',
    }
    for (const [path, title] of Object.entries(titles)) {
      const { page } = await openPage(browser, `${app.url}/console${path}`, {
        locale: 'fr-FR',
        prepare: asOperator(app),
      })
      await heading(title)(page)
      await page.context().close()
    }
  })
})
