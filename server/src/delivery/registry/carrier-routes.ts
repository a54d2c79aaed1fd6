import type { RouteTable } from '../../domain/route.ts'
import type { Demotions } from '../queue/demotions.ts'
import { createRoutesOf, type Routes } from '../queue/routes.ts'
import type { CarrierRegistry } from './carrier-registry.ts'

/**
 * The carriers of a message, by the routes of the project and of the server. A channel without carriers in the
 * configuration uses all stored carriers that serve it.
 */
export const createCarrierRoutes = (
  registry: CarrierRegistry,
  { table, isDemoted }: { table: RouteTable; isDemoted?: Demotions['isDemoted'] },
): Routes =>
  createRoutesOf({
    table,
    carriersOtherwise: registry.storedNames,
    carrierNamed: registry.carrierNamed,
    ...(isDemoted === undefined ? {} : { isDemoted }),
    close: registry.stop,
  })
