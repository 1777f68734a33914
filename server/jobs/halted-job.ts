/** The job may not go on. What it has done stays; nobody tries it again. */
export class HaltedJob extends Error {
  override name = 'HaltedJob'
}
