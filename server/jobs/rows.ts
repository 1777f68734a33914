/** SQL that reads what became of the rows of an import. */
import type { Db } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'

const ROWS_AT_ONCE = 500

/** Rows of a job after one of them, in the order of the file. @param outcome leaves out all others */
export async function listRows(
  db: Db,
  jobId: string,
  after: number,
  most: number,
  outcome?: 'failed',
): Promise<JsonObject[]> {
  const rows = await db
    .selectFrom('job_rows')
    .selectAll()
    .where('job_id', '=', jobId)
    .where('row', '>', after)
    .$if(outcome !== undefined, (query) => query.where('outcome', '=', 'failed'))
    .orderBy('row')
    .limit(most)
    .execute()
  return rows.map(({ row, outcome, user_id, document, errors }) => ({
    row,
    outcome,
    ...(user_id === null ? {} : { user_id }),
    ...(document === null ? {} : { user: document }),
    ...(errors === null ? {} : { errors }),
  }))
}

/** The rows that failed, as the JSON array that Auth0 answers: written while it goes out, however many there are. */
export async function* failedRowsText(db: Db, jobId: string): AsyncGenerator<string> {
  let [after, separator] = [0, '[']
  for (;;) {
    const rows = await db
      .selectFrom('job_rows')
      .select(['row', 'document', 'errors'])
      .where('job_id', '=', jobId)
      .where('outcome', '=', 'failed')
      .where('row', '>', after)
      .orderBy('row')
      .limit(ROWS_AT_ONCE)
      .execute()
    const [last] = rows.slice(-1)
    if (!last) break
    yield separator + rows.map(({ document, errors }) => JSON.stringify({ user: document ?? {}, errors })).join(',')
    separator = ','
    after = last.row
  }
  yield separator === '[' ? '[]' : ']'
}
