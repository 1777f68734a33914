/** What the answers about jobs must be. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Reader } from './reader.ts'

/** Imports, exports and verification mails. */
export function expectJobs({ answer, refused }: Reader, name: string): void {
  it('an import is asked for, read when it is done, and tells which rows failed', () => {
    const { id, type, status, external_id, connection } = answer('import asked for')
    assert.match(id, /^job_[A-Za-z0-9]{16}$/)
    assert.deepEqual([type, status, external_id, connection], ['users_import', 'pending', name, `files-${name}`])
    const job = answer('import read')
    assert.deepEqual([job.id, job.status, job.percentage_done], [id, 'completed', 100])
    assert.deepEqual(job.summary, { failed: 1, updated: 0, inserted: 1, total: 2 })
    const [{ user, errors }] = answer('errors of the import')
    assert.deepEqual([user, errors[0].code], [{ email: `iris@${name}.example` }, 'DUPLICATED_USER'])
    const iris = answer('imported user read')
    assert.deepEqual([iris.email, iris.app_metadata], [`iris@${name}.example`, { plan: 'team' }])
  })

  it('an export is asked for, and its file lies behind the link of the job', () => {
    const { type, status, format } = answer('export asked for')
    assert.deepEqual([type, status, format], ['users_export', 'pending', 'json'])
    assert.equal(answer('export read').status, 'completed')
    assert.deepEqual(JSON.parse(answer('file of the export')), { email: `iris@${name}.example`, plan: 'team' })
  })

  it('a verification mail is a job as well, and an unknown job is not there', () => {
    assert.equal(answer('verification read').id, answer('verification asked for').id)
    assert.equal(answer('verification read').type, 'verification_email')
    refused({ 'unknown job read': [404, undefined, 'The job does not exist.'] })
  })
}
