import { definePurpose } from '../../domain/purpose.ts'

/** What a code is for, its caller knows. */
export const serviceCode = definePurpose({
  name: 'service',
  use: 'possession',
  digits: 6,
  lifeSeconds: 300,
})
