import { definePurpose } from '../../domain/purpose.ts'

/** Five digits by SMS, as the document specifies. */
export const citizenCode = definePurpose({
  name: 'citizen',
  use: 'possession',
  digits: 5,
  lifeSeconds: 300,
})
