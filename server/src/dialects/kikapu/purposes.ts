import { definePurpose } from '../../domain/purpose.ts'

/** Five digits by SMS, as the document specifies. */
export const kikapuLogin = definePurpose({
  name: 'kikapu-login',
  use: 'login',
  digits: 5,
  lifeSeconds: 300,
})

/** The account types that log in by phone. If a number has several accounts, the first type here wins. */
export const phoneLoginTypes = ['USER', 'BUSINESS'] as const
