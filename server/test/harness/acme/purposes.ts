import { definePurpose } from '../../../src/domain/purpose.ts'

export const acmeCheck = definePurpose({
  name: 'acme-check',
  use: 'possession',
  digits: 8,
  lifeSeconds: 120,
})
