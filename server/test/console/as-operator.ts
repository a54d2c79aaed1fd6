import type { Page } from 'playwright-core'
import type { TestApp } from '../harness/start-test-app.ts'

type Role = 'owner' | 'operator' | 'viewer'

/**
 * Looks at the console as an operator who is signed in. The pages are under test here and not the sign-in, so the browser
 * shows the admin token where it would show the cookie of a session.
 */
export const asOperator =
  (app: TestApp, role: Role = 'owner') =>
  async (page: Page): Promise<void> => {
    await page.route('**/admin/v1/**', (route) =>
      route.continue({
        headers: { ...route.request().headers(), authorization: `Bearer ${app.adminToken}` },
      }),
    )
    await page.route('**/admin/v1/session', (route) => route.fulfill({ json: sessionOf(role) }))
  }

const sessionOf = (role: Role) => ({
  sessionId: 'OPS_0f1e2d3c4b5a',
  state: 'signed-in',
  operator: { id: 'OPR_0f1e2d3c4b5a', email: 'ada@example.com', name: 'Ada', role, projects: null },
  secondFactor: { passkeys: 0, totp: false, recoveryCodes: 0 },
  expiresAt: '2099-01-31T08:00:00.000Z',
})
