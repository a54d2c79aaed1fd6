import { createOpenIdPages, type OpenIdPageParts } from '../admin/open-id-pages.ts'
import type { Config } from '../config/config.ts'
import { createMailLink } from '../delivery/queue/mail-link.ts'
import { serverProjectId } from '../domain/operator.ts'
import type { Engine } from '../engine/engine.ts'
import { createMakeLink } from '../engine/operators/operator-links.ts'
import { createSecondFactorSignIn } from '../engine/operators/second-factor-sign-in.ts'
import { createSignIn } from '../engine/operators/sign-in.ts'
import { createTotp } from '../engine/totp/totp.ts'
import { createOpenIdProvider } from '../open-id/open-id-provider.ts'
import { createPasskeyCeremonies } from '../passkeys/passkey-ceremonies.ts'
import type { ActingStores } from './acting-stores.ts'
import { consoleUrlOf } from './console-url.ts'
import type { Delivery } from './create-delivery.ts'
import type { NodeParts } from './node-parts.ts'
import type { Stores } from './open-stores.ts'

export type OperatorParts = ReturnType<typeof createOperators>

/** How operators sign in, and what their routes work with. */
export function createOperators(
  { openId }: Pick<Config, 'openId'>,
  stores: Stores,
  {
    parts,
    delivery,
    engine,
  }: {
    parts: NodeParts
    delivery: Pick<Delivery, 'routes'>
    engine: Pick<Engine, 'loadProject' | 'sendCode' | 'checkCode'>
  },
) {
  const { sealer, log } = parts
  const readConsoleUrl = (): string => consoleUrlOf(parts.readPublicUrl())
  const readRoot = (): string => readConsoleUrl().replace(/\/console$/, '')
  const passkeys = createPasskeyCeremonies({
    name: 'Watchword',
    readOrigin: () => new URL(readConsoleUrl()).origin,
  })
  const signIn = createSignIn({ ...stores, ...engine })
  const provider =
    openId === null
      ? null
      : createOpenIdProvider(openId, {
          readCallbackUrl: () => `${readRoot()}/admin/v1/sign-in/open-id/callback`,
          onRefused: (reason) => log.warn({ event: 'open-id-refused', reason }, 'a sign-in was refused'),
        })
  const pageParts = { signIn, sealer, readConsoleUrl } satisfies Omit<OpenIdPageParts, 'provider'>
  const mailLink = createMailLink(delivery.routes)
  return {
    readConsoleUrl,
    signIn,
    secondFactorSignIn: createSecondFactorSignIn({
      ...stores,
      passkeys,
      totp: createTotp({ ...stores, sealer }),
    }),
    canMail: () =>
      delivery.routes.carriersFor({ projectId: serverProjectId, channel: 'email', to: '' }).length > 0,
    openId,
    openIdPages: provider === null ? [] : createOpenIdPages({ ...pageParts, provider }),
    makeLink: createMakeLink({ ...stores, readConsoleUrl }),
    /** What routes work with whose stores record who acts. */
    partsFor: (acting: Omit<ActingStores, 'unlock'>) => ({
      makeLink: createMakeLink({ operators: acting.operators, readConsoleUrl }),
      mailLink,
      passkeys,
      totp: createTotp({ ...acting, sealer }),
    }),
  }
}
