/**
 * The project of a mount is disabled or deleted. The boundary in `http/` answers as it does where nothing is mounted: 404 in the
 * envelope of the dialect. Not a refusal, because every route of every dialect would have to name it.
 */
export class ClosedProject extends Error {
  constructor(id: string) {
    super(`project ${id} is disabled or deleted`)
    this.name = 'ClosedProject'
  }
}
