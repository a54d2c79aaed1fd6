import { definePurpose } from '../../domain/purpose.ts'

/** The caller decides what a code is for. */
export const serviceCode = definePurpose({
  name: 'service',
  use: 'possession',
  digits: 6,
  lifeSeconds: 300,
})
