/**
 * `npm run create-admin -- mail@company`: makes somebody an administrator of the whole tenant and prints the link
 * with which he sets his password. Works beside a running server and without one.
 */
import { parseArgs } from 'node:util'
import { Type } from 'typebox'
import { openLog } from '../base/log.ts'
import { StartError } from '../base/start-error.ts'
import { type Config, readConfig } from '../config.ts'
import { openDatabase } from '../db/database.ts'
import { startEmbeddedPostgres } from '../db/embedded-postgres.ts'
import { isUpToDate } from '../db/migrate.ts'
import { findRunningPostgres } from '../db/running-postgres.ts'
import { checkerOf } from '../http/validation.ts'
import { explain } from '../start/explain.ts'
import { type ReachedPostgres, reachPostgres } from '../start/reach-postgres.ts'
import { LINK_LIFETIME_SECONDS, makeAdministrator, type NewAdministrator } from './make-administrator.ts'

const isAddress = checkerOf(Type.String({ format: 'email', maxLength: 320 }))

// Leaving in this way stops a PostgreSQL that was started for the command; a signal alone would leave it behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

try {
  await run()
} catch (error) {
  process.stderr.write(`${explain(error)}\n`)
  process.exitCode = 1
}

async function run(): Promise<void> {
  const address = readAddress(process.argv.slice(2))
  const config = readConfig()
  const postgres = await openPostgres(config)
  try {
    const made = await makeIn(postgres.connectionString, config, address)
    process.stdout.write(inWords(made, config, postgres.isServerRunning))
  } finally {
    await postgres.stop()
  }
}

/** @throws StartError that says how the command is used */
function readAddress(words: string[]): string {
  const usage = 'Usage: npm run create-admin -- mail@company.example'
  const { positionals, values } = parse(words, usage)
  const [address, ...more] = positionals
  if (address === undefined || more.length > 0) throw new StartError(usage)
  if (!isAddress(address)) throw new StartError(`"${address}" is not an e-mail address. Nothing was changed.\n${usage}`)
  if (values.mail) {
    throw new StartError(
      'This version sends no mail, so --mail cannot be followed. Leave it out, and the link is printed to the terminal. ' +
        'Nothing was changed.',
    )
  }
  if (!process.stdout.isTTY) {
    throw new StartError(
      'The link that would be printed lets whoever has it become an administrator, and the output does not go to a ' +
        'terminal. Run the command in a terminal. Nothing was changed.',
    )
  }
  return address
}

function parse(words: string[], usage: string) {
  try {
    return parseArgs({ args: words, allowPositionals: true, options: { mail: { type: 'boolean', default: false } } })
  } catch (error) {
    throw new StartError(`${usage}\n${error instanceof Error ? error.message : error}`, { cause: error })
  }
}

/** The database the server's settings name. A built-in one that a server runs on is shared with it. */
async function openPostgres(config: Config): Promise<ReachedPostgres & { isServerRunning: boolean | undefined }> {
  const { databaseUrl, dataDir } = config
  if (databaseUrl !== undefined) {
    // Whether a server runs on it cannot be told from here.
    const log = openLog(config.logLevel, { write: () => {} })
    return { ...(await reachPostgres(config, log, new AbortController().signal)), isServerRunning: undefined }
  }
  const { connectionString, hasDatabase } = await findRunningPostgres(dataDir)
  if (connectionString !== undefined) return { connectionString, stop: async () => {}, isServerRunning: true }
  if (!hasDatabase) {
    throw new StartError(
      `There is no database in ${dataDir} yet. Start the server once: npm start. Nothing was changed.`,
    )
  }
  return { ...(await startEmbeddedPostgres({ dataDir, log: () => {} })), isServerRunning: false }
}

async function makeIn(connectionString: string, config: Config, address: string): Promise<NewAdministrator> {
  const database = openDatabase({ connectionString, maxConnections: 1, preparedStatements: false, onError: () => {} })
  try {
    // What this command writes has to fit the schema; to change the schema is the server's part.
    if (!(await isUpToDate(database.db))) {
      throw new StartError(
        'The database is not of this version. Start the server once: npm start. Nothing was changed.',
      )
    }
    return await makeAdministrator(database.db, config.publicUrl, address)
  } finally {
    await database.close()
  }
}

function inWords(
  { email, isNew, link }: NewAdministrator,
  config: Config,
  isServerRunning: boolean | undefined,
): string {
  const hint =
    isServerRunning === true
      ? ''
      : `\n  The server has to run at ${config.publicUrl} for that${isServerRunning === false ? ': npm start' : ''}.\n`
  return `
  ${email} is an administrator of the whole tenant now (${isNew ? 'a new account' : 'the account was there'}).

  To choose a password, open this link within ${LINK_LIFETIME_SECONDS / 60} minutes. It works once; keep it to yourself:

    ${link}
${hint}
`
}
