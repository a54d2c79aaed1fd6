import { purposesOf } from '../../src/composition/purposes.ts'
import { dialects } from '../../src/dialects/index.ts'
import type { Purpose, PurposeUse } from '../../src/domain/purpose.ts'

/** The purposes of a server in tests. */
export const purposes = purposesOf(dialects)

/** Every purpose of every dialect. */
export const allPurposes: readonly Purpose[] = dialects.flatMap((dialect) => dialect.purposes)

/** One of them by its stored name; of one use where a use case requires it. */
export function purposeNamed<const Use extends PurposeUse = PurposeUse>(
  name: string,
  use?: Use,
): Purpose<Use> {
  const purpose = purposes.find(name)
  if (purpose === null || (use !== undefined && purpose.use !== use))
    throw new Error(`there is no purpose ${name}${use === undefined ? '' : ` for ${use}`}`)
  return purpose as Purpose<Use>
}
