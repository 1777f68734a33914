/**
 * Brings the schema forward. Migrations only go forward, each in `migrations/NNNN-name.ts`, listed here by
 * hand so that nothing is read from a folder at run time. Two servers that start at once do each once.
 */

import { sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { StartError } from '../base/start-error.ts'
import type { Database, Db } from './database.ts'
import { errorCodeOf } from './error-code.ts'
import * as tenant from './migrations/0001-tenant.ts'
import * as users from './migrations/0002-users.ts'
import * as events from './migrations/0003-events.ts'
import * as signIn from './migrations/0004-sign-in.ts'
import * as search from './migrations/0005-search.ts'
import * as identities from './migrations/0006-identities.ts'
import * as jobs from './migrations/0007-jobs.ts'
import * as access from './migrations/0008-access.ts'
import * as branding from './migrations/0009-branding.ts'
import * as searchTables from './migrations/0010-search-tables.ts'
import * as organizations from './migrations/0011-organizations.ts'
import * as organizationSignIn from './migrations/0014-organization-sign-in.ts'
import * as memberCounters from './migrations/0015-member-counters.ts'
import * as eventSeals from './migrations/0016-event-seals.ts'
import * as blockedMembers from './migrations/0017-blocked-members.ts'
import * as organizationJobs from './migrations/0018-organization-jobs.ts'
import * as terms from './migrations/0019-terms.ts'
import * as accountDeletions from './migrations/0020-account-deletions.ts'
import * as invitationSearch from './migrations/0021-invitation-search.ts'
import * as applicationAccess from './migrations/0022-application-access.ts'

const MIGRATIONS: Record<string, Migration> = {
  '0001-tenant': tenant,
  '0002-users': users,
  '0003-events': events,
  '0004-sign-in': signIn,
  '0005-search': search,
  '0006-identities': identities,
  '0007-jobs': jobs,
  '0008-access': access,
  '0009-branding': branding,
  '0010-search-tables': searchTables,
  '0011-organizations': organizations,
  '0014-organization-sign-in': organizationSignIn,
  '0015-member-counters': memberCounters,
  '0016-event-seals': eventSeals,
  '0017-blocked-members': blockedMembers,
  '0018-organization-jobs': organizationJobs,
  '0019-terms': terms,
  '0020-account-deletions': accountDeletions,
  '0021-invitation-search': invitationSearch,
  '0022-application-access': applicationAccess,
}

/** The names of all migrations, in their order. */
export const MIGRATION_NAMES: readonly string[] = Object.keys(MIGRATIONS)

const OLDEST_POSTGRES = 15

/** Something about the database that the operator has to change before the server can start. */
export class SchemaError extends StartError {}

/** Servers that start at once take turns by it. */
const LOCK = 5_184_019

/**
 * Applies what is missing, in one transaction on a connection of its own: with many users that takes longer than a
 * statement of a request may.
 * @returns the names of what was applied
 * @throws SchemaError when PostgreSQL is too old, the database cannot hold every letter or lets us make no tables, or was
 * made by a newer Tenantry
 */
export async function migrateToLatest(database: Database): Promise<string[]> {
  const isReady = await isUpToDate(database.db)
  await refuseUnfit(database.db, isReady)
  if (isReady) return []
  const own = await database.openOwn()
  try {
    return await own.transact(async (tx) => {
      await sql`select pg_advisory_xact_lock(${LOCK}::bigint)`.execute(tx)
      return await migrateTo(tx, undefined)
    })
  } catch (error) {
    if (!(error instanceof Error && /corrupted migrations/.test(error.message))) throw error
    throw new SchemaError(
      'This database was made by a newer Tenantry than this one. Nothing was changed. Start the newer version, or restore a backup made before the upgrade.',
      { cause: error },
    )
  } finally {
    await own.close()
  }
}

/**
 * What the migrator would say less well, or what would be found out by the first foreign name.
 * @throws SchemaError
 */
export async function refuseUnfit(db: Db, isReady: boolean): Promise<void> {
  const { rows } = await sql<{ version: string; encoding: string; is_new: boolean; is_ours: boolean }>`
    select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding,
      to_regclass('kysely_migration') is null as is_new,
      coalesce(has_schema_privilege(current_schema(), 'create'), false) as is_ours`.execute(db)
  const { version, encoding, is_new, is_ours } = rows[0] ?? {}
  const major = Math.floor(Number(version) / 10_000)
  if (major < OLDEST_POSTGRES) {
    throw new SchemaError(`PostgreSQL ${major} is too old; Tenantry needs ${OLDEST_POSTGRES} or newer.`)
  }
  if (is_new && encoding !== 'UTF8') {
    const how = `create database … encoding 'UTF8' template template0`
    throw new SchemaError(
      `The database of DATABASE_URL has the encoding ${encoding}, in which not every name can be written. Make one with: ${how}.`,
    )
  }
  // Since PostgreSQL 15 all privileges on a database do not bring this one.
  if (!isReady && !is_ours) {
    throw new SchemaError(
      'The user of DATABASE_URL may not make tables in the database. Make that user the owner of the database.',
    )
  }
}

/**
 * Applies what is missing up to a migration, and begins no transaction: the caller may have begun one on a connection
 * that is not Kysely's own.
 * @param name the last one to apply; undefined for all there are
 * @returns the names of what was applied
 */
export async function migrateTo(db: Db, name: string | undefined): Promise<string[]> {
  const provider = { getMigrations: async () => MIGRATIONS }
  const migrator = new Migrator({ db, provider, disableTransactions: true })
  const { error, results = [] } = name === undefined ? await migrator.migrateToLatest() : await migrator.migrateTo(name)
  if (error) throw error
  return results.map(({ migrationName }) => migrationName)
}

/** Whether nothing is missing, as nearly every start finds; the migrator would look into every table for that. */
export async function isUpToDate(db: Db): Promise<boolean> {
  try {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
    return rows.map(({ name }) => name).join() === MIGRATION_NAMES.join()
  } catch (error) {
    // PostgreSQL: undefined_table.
    if (errorCodeOf(error) === '42P01') return false
    throw error
  }
}
