/** A fault of the data: what was to be stored is no value that the database takes, and never will be. */
export class Unstorable extends Error {
  override name = 'Unstorable'
}
