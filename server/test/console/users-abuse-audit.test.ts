import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canBrowse } from '../harness/find-browser.ts'
import { openPage, startBrowser } from '../harness/open-page.ts'
import { type OperatorWorld, startOperatorWorld } from '../harness/operator-world.ts'
import { wrongCode } from '../harness/wrong-code.ts'
import { asOperator } from './as-operator.ts'
import { lookAt } from './look-at.ts'

/*
 * Who has an account, who abuses the server, and what is on record about both.
 */

let world: OperatorWorld
let shop: Awaited<ReturnType<OperatorWorld['createProject']>>
let browser: Browser
let userId: number

const password = 'a quiet otter'

/** A user of the demo project of `account`, with two sessions. */
async function createUser(email: string): Promise<number> {
  await world.app.post('/auth/register', { email, password, firstname: 'Ada', lastname: 'Lovelace' })
  await world.app.post('/auth/verify', { email, code: await world.app.inbox.lastCode(email) })
  await world.app.post('/auth/login', { email, password })
  await world.app.post('/auth/login', { email, password })
  return (await findUser(email)).userId
}

const accountPath = () => `/projects/${world.app.projects.account}`
const findUser = async (email: string) =>
  (await world.admin('GET', `${accountPath()}/users?email=${encodeURIComponent(email)}`)).body.users[0]

const open = async (path: string, project: string, role: 'operator' | 'viewer' = 'operator') =>
  (
    await openPage(browser, `${world.app.url}/console/${path}?project=${project}`, {
      prepare: asOperator(world.app, role),
    })
  ).page

describe.runIf(canBrowse)('in a browser', () => {
  beforeAll(async () => {
    world = await startOperatorWorld()
    shop = await world.createProject({
      pumpingLimit: { sends: 3, verifiedPercent: 90, surgeSends: 50, surgeFactor: 5 },
      deny: ['192.0.2.0/24', 'spam.example'],
      sendsPerTenMinutes: 2,
    })
    userId = await createUser('ada@example.com')
    await sendTooMuch()
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await world?.stop()
  })

  /** Stops a prefix, meets the cap of an address, and guesses wrong. */
  async function sendTooMuch(): Promise<void> {
    for (const last of [1, 2, 3]) await shop.send(`+25571234567${last}`)
    const target = 'linus@example.test'
    for (let nth = 0; nth < 4; nth += 1)
      await world.app.post('/api/v1/otp/send', { target, channel: 'email' }, shop.headers)
    await shop.verify(target, wrongCode(await world.app.inbox.lastCode(target)))
    await world.app.post('/api/v1/otp/send', { target: '+255712345674', channel: 'whatsapp' }, shop.headers)
  }

  describe('both themes, on a desk and on a phone', () => {
    const ofAccounts = (path: string) => `/console/${path}?project=${world.app.projects.account}`
    const pages = [
      {
        name: 'users',
        path: () => ofAccounts('users'),
        ready: (page: Page) => page.getByRole('link', { name: 'Ada Lovelace' }).waitFor(),
      },
      {
        name: 'user',
        path: () => ofAccounts(`users/${userId}`),
        ready: (page: Page) => page.getByRole('button', { name: 'End all sessions' }).waitFor(),
      },
      {
        name: 'users-choose',
        path: () => '/console/users',
        ready: (page: Page) => page.getByText('Choose a project').waitFor(),
      },
      {
        name: 'abuse',
        path: () => `/console/abuse?project=${shop.id}`,
        ready: (page: Page) => page.getByText('Cap on sends to one address').waitFor(),
      },
      {
        name: 'audit',
        path: () => `/console/audit?project=${shop.id}`,
        ready: (page: Page) => page.getByText('destination.stopped').waitFor(),
      },
    ]
    test.each(pages)(
      '$name: nothing is out of reach, cut off, or complained about',
      async ({ name, path, ready }) => {
        await lookAt(browser, { name, url: world.app.url + path(), ready, prepare: asOperator(world.app) })
      },
    )
  })

  test('a user is found by address or id, and one session is ended or all are', async () => {
    const page = await open('users', world.app.projects.account)
    await page.getByLabel('E-mail, phone or id').fill('ADA@example.com')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Ada Lovelace' }).click()
    const panel = page.getByRole('dialog')
    await panel.getByRole('button', { name: 'End session' }).first().click()
    await page.getByText('The session has ended.').first().waitFor()
    const sessions = async () =>
      (await world.admin('GET', `${accountPath()}/users/${userId}/sessions`)).body.sessions.length
    expect(await sessions()).toBe(1)
    await panel.getByRole('button', { name: 'End all sessions' }).click()
    await panel.getByText('No session is open.').waitFor()
    expect(await sessions()).toBe(0)
    await panel.getByRole('button', { name: 'Close' }).click()
    await page.getByLabel('E-mail, phone or id').fill(String(userId))
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Ada Lovelace' }).waitFor()
    await page.getByLabel('E-mail, phone or id').fill('nobody@example.com')
    await page.keyboard.press('Enter')
    await page.getByText('Nobody has this address or id').waitFor()
    await page.context().close()
  })

  test('the addresses of a user are changed, and a mistake keeps what was typed', async () => {
    const id = await createUser('grace@example.com')
    const page = await open(`users/${id}`, world.app.projects.account)
    const panel = page.getByRole('dialog')
    const email = panel.getByLabel('E-mail', { exact: true })
    await email.fill('grace')
    await email.press('Tab')
    await panel.getByText('This is no e-mail address.').waitFor()
    await email.fill('grace@example.org')
    await panel.getByLabel('The e-mail address is proven to be theirs').uncheck()
    await panel.getByLabel('Phone', { exact: true }).fill('12')
    await panel.getByRole('button', { name: 'Save addresses' }).click()
    await panel.getByRole('alert').waitFor()
    expect(await email.inputValue()).toBe('grace@example.org')
    await panel.getByLabel('Phone', { exact: true }).fill('+255 712 345 600')
    await panel.getByRole('button', { name: 'Save addresses' }).click()
    await page.getByText('The addresses are saved.').first().waitFor()
    expect(await findUser('grace@example.org')).toMatchObject({
      userId: id,
      isEmailVerified: false,
      phone: '+255712345600',
      isPhoneVerified: false,
    })
    await page.context().close()
  })

  test('a person is erased only when their name is typed, and the list forgets them', async () => {
    const id = await createUser('joan@example.com')
    const page = await open(`users/${id}`, world.app.projects.account)
    const panel = page.getByRole('dialog')
    await panel.getByRole('button', { name: 'Erase this person' }).click()
    await panel.getByLabel('Type Ada Lovelace to confirm').fill('Ada')
    await panel.getByRole('button', { name: 'Erase person' }).click()
    await panel.getByText('Type exactly Ada Lovelace.').waitFor()
    expect(await findUser('joan@example.com')).toBeDefined()
    await panel.getByLabel('Type Ada Lovelace to confirm').fill('Ada Lovelace')
    await panel.getByRole('button', { name: 'Erase person' }).click()
    await page
      .getByText(/Erased: 1 account/)
      .first()
      .waitFor()
    expect(await findUser('joan@example.com')).toBeUndefined()
    await page.context().close()
  })

  test('a viewer sees users and lists without a way to change them', async () => {
    const users = await open(`users/${userId}`, world.app.projects.account, 'viewer')
    await users.getByText('Only operators and owners can change users.').waitFor()
    expect(await users.getByRole('button', { name: /Save|Erase|End|Disable/ }).count()).toBe(0)
    await users.context().close()
    const abuse = await open('abuse', shop.id, 'viewer')
    await abuse.getByText('192.0.2.0/24').waitFor()
    expect(await abuse.getByRole('button', { name: /^(Release|Deny|Remove|Add$)/ }).count()).toBe(0)
    await abuse.context().close()
  })

  test('a stopped prefix is denied or released, and both lists are written', async () => {
    const page = await open('abuse', shop.id)
    await page.getByRole('button', { name: 'Deny +255712' }).click()
    await page.getByText('+255712 is denied').first().waitFor()
    await page.getByRole('button', { name: 'Release +255712' }).click()
    await page.getByText('No prefix is stopped.').waitFor()
    const never = page.getByRole('region', { name: 'Never served' })
    await never.getByRole('button', { name: 'Remove spam.example' }).click()
    await never.getByText('spam.example').first().waitFor({ state: 'detached' })
    const always = page.getByRole('region', { name: 'Always served' })
    await always.getByLabel('Address, domain, prefix or network').fill('not a thing')
    await always.getByRole('button', { name: 'Add' }).click()
    await always.getByRole('alert').waitFor()
    await always.getByLabel('Address, domain, prefix or network').fill('198.51.100.0/24')
    await always.getByRole('button', { name: 'Add' }).click()
    await always.getByText('198.51.100.0/24', { exact: true }).waitFor()
    const { settings } = (await world.admin('GET', shop.path)).body
    expect(settings).toMatchObject({ allow: ['198.51.100.0/24'], deny: ['192.0.2.0/24', '+255712'] })
    await page.context().close()
  })

  test('the audit shows the newest first, narrows to a part of it, and leads to the verification', async () => {
    const page = await open('audit', shop.id)
    await page.getByText('destination.stopped').waitFor()
    const moments = await page
      .locator('tbody time')
      .evaluateAll((times) => times.map((time) => time.getAttribute('datetime') ?? ''))
    expect(moments).toEqual([...moments].sort().reverse())
    const file = await page.getByRole('link', { name: 'Export all as JSON lines' }).getAttribute('href')
    const { pathname, search } = new URL(file ?? '', page.url())
    const exported = await world.app.get(pathname + search, {
      authorization: `Bearer ${world.app.adminToken}`,
    })
    expect(exported.status).toBe(200)
    expect(String(exported.body)).toContain('"destination.stopped"')
    await page.getByLabel('About').selectOption('Prefixes')
    await page.getByText('challenge.created').first().waitFor({ state: 'detached' })
    await page.reload()
    await page.getByText('destination.stopped').waitFor()
    expect(await page.getByText('challenge.created').count()).toBe(0)
    await page.getByLabel('About').selectOption('Codes')
    await page.getByRole('link', { name: 'Its verification' }).first().click()
    await page.getByRole('dialog').getByText('Timeline').waitFor()
    await page.context().close()
  })
})
