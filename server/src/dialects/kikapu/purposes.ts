import { definePurpose } from '../../domain/purpose.ts'

/** Five digits by SMS, as the document has them. */
export const kikapuLogin = definePurpose({
  name: 'kikapu-login',
  use: 'login',
  digits: 5,
  lifeSeconds: 300,
})

/** Who logs in by phone, in the order in which one number's accounts are preferred. */
export const phoneLoginTypes = ['USER', 'BUSINESS'] as const
