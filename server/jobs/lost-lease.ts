/** The job is another process's by now. */
export class LostLease extends Error {
  override name = 'LostLease'
}
