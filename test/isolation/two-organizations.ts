/** Two organizations with everything that has an id, for the walk over every route. */
import { personActor } from '../../server/authorization/actor.ts'
import { newId } from '../../server/base/ids.ts'
import type { Db } from '../../server/db/database.ts'
import { insertJob } from '../../server/jobs/store.ts'
import { join, makeOrganization } from '../../server/organizations/organizations.testing.ts'
import { BUILT_IN_ROLES, type BuiltInRoleKey } from '../../server/roles/built-in.ts'
import type { TestServer } from '../harness.ts'

/** TABLE: the kinds of ids. Each has one of Acme's, one of Beta's, and one that never existed. */
export type Kind =
  | 'organization'
  | 'user'
  | 'invitation'
  | 'role'
  | 'log'
  | 'session'
  | 'connection'
  | 'domain'
  | 'domainName'
  | 'job'
  | 'terms'
  | 'client'
  | 'version'

/** Ids by their kind. */
export type Ids = Readonly<Record<Kind, string>>

/** What a walk needs. */
export type World = {
  own: Ids
  foreign: Ids
  never: Ids
  /** A token of somebody with the role in Acme. */
  tokens: Readonly<Record<BuiltInRoleKey, string>>
}

/** Of the shape that ids of the kind have, and nobody's. */
const NEVER: Ids = {
  organization: 'org_nevernevernever1',
  user: 'auth0|000000000000000000000000',
  invitation: 'uinv_nevernevernever1',
  role: 'rol_nevernevernever1',
  log: '90020990101000000000000000000000000000000000000000000000',
  session: 'neverneverneverneverneverneverneverneverne1',
  connection: 'con_nevernevernever1',
  domain: 'ord_nevernevernever1',
  domainName: 'never.example',
  job: 'job_nevernevernever1',
  terms: 'trm_nevernevernever1',
  version: '434343',
  client: 'neverneverneverneverneverneverne',
}

/** Makes them. */
export async function twoOrganizations({ call, db, tokenFor }: TestServer): Promise<World> {
  const create = async (url: string, body: object, method = 'POST') => {
    const answer = await call(method, `/api/v2${url}`, { body })
    if (answer.status >= 300) throw new Error(`${url}: ${answer.text}`)
    return answer.body
  }
  const person = async (name: string): Promise<string> => {
    const common = { connection: 'Username-Password-Authentication', password: 'Morgentau-27-Fenster' }
    const user = await create('/users', { ...common, email: `${name}@example.com`, name, verify_email: false })
    return user.user_id
  }

  async function organization(name: string, member: string): Promise<Ids> {
    const id = await makeOrganization(db, name)
    await join(db, id, member)
    await db.updateTable('users').set({ managing_organization_id: id }).where('user_id', '=', member).execute()
    const at = `/organizations/${id}`
    const connection = await create('/connections', { name: `${name}-people`, strategy: 'auth0' })
    await create(`${at}/enabled_connections`, { connection_id: connection.id })
    const invitee = { email: `guest@${name}.example` }
    const invitation = await create(`${at}/invitations`, {
      inviter: { name: 'Ada' },
      invitee,
      client_id: 'tenantry-account',
      send_invitation_email: false,
    })
    const domain = await create(`${at}/discovery-domains`, { domain: `${name}.example` })
    const role = await create('/roles', { name: `${name} fitters` })
    const now = new Date()
    const session = newId('con').padEnd(43, '0')
    const expires_at = new Date(now.getTime() + 3_600_000)
    await db
      .insertInto('sessions')
      .values({
        session_id: session,
        token_hash: session,
        user_id: member,
        user_generation: 1,
        payload: '{}',
        created_at: now,
        updated_at: now,
        authenticated_at: now,
        idle_expires_at: expires_at,
        expires_at,
        initial_ip: null,
        initial_user_agent: null,
        last_ip: null,
        last_user_agent: null,
        session_metadata: null,
      })
      .execute()
    await create(`${at}/members`, { members: [member] })
    const { log_id: log } = await db
      .selectFrom('events')
      .select('log_id')
      .where('organization_id', '=', id)
      .executeTakeFirstOrThrow()
    const [invitationId, domainId] = [invitation.id, domain.id]
    const ids = { organization: id, user: member, invitation: invitationId, role: role.id, log, session }
    const job = await importOf(db, { id, connection, member })
    const terms = await create('/terms', { name: 'rules', required: true, organization_id: id })
    const texts = { en: { title: `Rules of ${name}`, body: `What ${name} asks.` } }
    // Nobody is asked for them yet.
    await create(`/terms/${terms.id}/versions`, { texts, effective_at: '2999-01-01T00:00:00Z' })
    const version = name === 'acme' ? '1' : '424242'
    const client = await create('/clients', { name: `${name} app` })
    await create(`${at}/clients`, { clients: [{ client_id: client.client_id, use_for_member_access: true }] })
    const rest = {
      client: client.client_id,
      domain: domainId,
      domainName: `${name}.example`,
      job,
      terms: terms.id,
      version,
    }
    return { ...ids, connection: connection.id, ...rest }
  }

  const own = await organization('acme', await person('max'))
  const foreign = await organization('beta', await person('bea'))
  const tokens: Partial<Record<BuiltInRoleKey, string>> = {}
  for (const role of Object.keys(BUILT_IN_ROLES) as BuiltInRoleKey[]) {
    const userId = await person(role)
    await join(db, own.organization, userId, role)
    tokens[role] = await tokenFor({ userId, organizationId: own.organization })
  }
  return { own, foreign, never: NEVER, tokens: tokens as Record<BuiltInRoleKey, string> }
}

type Importing = { id: string; connection: { id: string; name: string }; member: string }

/** An import that waits, of which a row has failed already: everything that is asked of a job has an answer. */
async function importOf(db: Db, { id, connection, member }: Importing): Promise<string> {
  const job = await insertJob(db, {
    type: 'users_import',
    state: 'pending',
    connection,
    actor: { ...personActor(member, undefined), organizationId: id },
    settings: { upsert: false, send_completion_email: false, dry_run: false },
    totalRows: 2,
  })
  await db.updateTable('jobs').set({ rows_done: 1, failed: 1 }).where('id', '=', job).execute()
  await db
    .insertInto('job_rows')
    .values({
      job_id: job,
      row: 1,
      outcome: 'failed',
      user_id: null,
      document: JSON.stringify({ email: 'bea@example.com' }),
      errors: JSON.stringify([{ code: 'DUPLICATED_USER', message: 'The user already exists.' }]),
    })
    .execute()
  return job
}
