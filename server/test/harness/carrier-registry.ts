import { kindSettingsWith } from '../../src/composition/carrier-kinds.ts'
import {
  type CarrierRegistryParts,
  createCarrierRegistry,
} from '../../src/delivery/registry/carrier-registry.ts'
import { Secret } from '../../src/domain/secret.ts'
import { createSealer } from '../../src/engine/operations/sealing.ts'

/** The sealer of stored carriers in tests. */
export const testSealer = createSealer({
  current: new Secret('a secret for tests that is long enough'),
  previous: null,
})

/** A registry that notifies no other node, by default with nothing in the database. */
export const createTestRegistry = (
  configured: CarrierRegistryParts['configured'],
  parts: Partial<CarrierRegistryParts> = {},
) => {
  const log = { info: () => {}, error: () => {} }
  return createCarrierRegistry({
    kinds: kindSettingsWith(),
    configured,
    store: { list: async () => [], reseal: async () => {} },
    sealer: testSealer,
    partsOf: (name) => ({ name, log }),
    log,
    onFault: (fault) => {
      throw fault
    },
    ...parts,
  })
}
