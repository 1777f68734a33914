/** What the tests of jobs within organizations share: two organizations, their connections, and people with roles in them. */
import assert from 'node:assert/strict'
import { gunzipSync } from 'node:zlib'
import type { CallOptions } from '../../test/harness.ts'
import { join, makeOrganization } from '../organizations/organizations.testing.ts'
import type { BuiltInRoleKey } from '../roles/built-in.ts'
import { type FileRow, formOf, startJobTest } from './jobs.testing.ts'

/** Starts a server with them. */
export async function startOrganizationJobs() {
  const test = await startJobTest()
  const { call, db, tokenFor, runner } = test

  const person = async (name: string, more: object = {}): Promise<string> => {
    const common = { connection: test.connection.name, password: 'Morgentau-27-Fenster', verify_email: false }
    const answer = await call('POST', '/api/v2/users', {
      body: { ...common, email: `${name}@example.com`, name, ...more },
    })
    assert.equal(answer.status, 201, answer.text)
    return answer.body.user_id
  }
  const member = async (organizationId: string, name: string, role?: BuiltInRoleKey) => {
    const userId = await person(name)
    await join(db, organizationId, userId, role)
    return { userId, as: await tokenFor({ userId, organizationId }) }
  }
  const open = (organizationId: string, connectionId: string, level: 'limited' | 'readonly' = 'limited') =>
    call('POST', `/api/v2/organizations/${organizationId}/connections`, {
      body: { connection_id: connectionId, is_enabled: true, organization_access_level: level },
    })
  async function organization(name: string) {
    const id = await makeOrganization(db, name)
    const connection = await test.otherConnection(`${name}-people`)
    assert.equal((await open(id, connection.id)).status, 201)
    return { id, connection }
  }

  const acme = await organization('acme')
  const beta = await organization('beta')
  const ada = await member(acme.id, 'ada', 'administrator')
  const bea = await member(beta.id, 'bea', 'administrator')

  const send = (as: string, file: readonly FileRow[], more: Record<string, string> = {}) => {
    const fields = { connection_id: acme.connection.id, ...more }
    return call('POST', '/api/v2/jobs/users-imports', { ...formOf(fields, JSON.stringify(file)), as })
  }
  const readAs = (as: string, path: string, options: CallOptions = {}) =>
    call('GET', `/api/v2/jobs${/^\w/.test(path) ? '/' : ''}${path}`, { as, ...options })

  return {
    ...test,
    ...{ acme, beta, ada, bea, person, member, open, send, readAs },

    /** Imports to the end, and answers the job as its organization sees it. */
    async importedBy(as: string, file: readonly FileRow[], more: Record<string, string> = {}) {
      const { status, body, text } = await send(as, file, more)
      assert.equal(status, 202, text)
      await runner.runOnce()
      return (await readAs(as, body.id)).body
    },
    /** Exports to the end, and answers the job and the file's text. */
    async exportedBy(as: string, body: object) {
      const made = await call('POST', '/api/v2/jobs/users-exports', { body, as })
      assert.equal(made.status, 200, made.text)
      await runner.runOnce()
      const { body: job } = await readAs(as, made.body.id)
      assert.equal(job.status, 'completed', JSON.stringify(job))
      return { job, text: gunzipSync(await test.download(job.location)).toString() }
    },
    rowsBy: async (as: string, id: string, query = '') => (await readAs(as, `${id}/rows${query}`)).body,
    membersOf: async (organizationId: string) =>
      (
        await db
          .selectFrom('memberships as m')
          .innerJoin('users as u', 'u.user_id', 'm.user_id')
          .select(['u.email', 'u.user_id', 'u.managing_organization_id as managing', 'u.blocked', 'm.blocked_at'])
          .where('m.organization_id', '=', organizationId)
          .orderBy('u.email')
          .execute()
      ).map(({ blocked_at, ...row }) => ({ ...row, isBlocked: blocked_at !== null })),
  }
}
