/** The commands of `npx tenantry`. */
import { Command, CommanderError } from 'commander'
import serverPackage from '../package.json' with { type: 'json' }
import type { ExportOptions } from './export-users.ts'
import type { ImportOptions } from './import-users.ts'
import { type Result, type Telling, tell } from './terminal.ts'

type Options = Telling & { mail?: boolean; mark?: string } & ImportOptions & ExportOptions

type CommandRow = {
  summary: string
  argument?: readonly [name: string, meaning: string]
  options?: readonly (readonly [flag: string, meaning: string])[]
  /** Loads what does it, and does it. */
  run: (argument: string, options: Options) => Promise<Result>
}

const CONNECTION = ['--connection <connection>', 'its id or name'] as const

/** TABLE: what each takes and does. `serve` stands apart: it goes on until it is stopped. */
const COMMANDS: Readonly<Record<string, CommandRow>> = {
  migrate: {
    summary: 'bring the database up to this version, as a start does',
    run: async () => await (await import('./backup.ts')).migrate(),
  },
  'create-admin': {
    summary: 'make somebody an administrator of the whole tenant',
    argument: ['email', 'mail address of the person'],
    options: [['--mail', 'send the link to choose a password by mail instead of printing it']],
    run: async (email, options) => await (await import('./create-admin.ts')).createAdmin(email, options),
  },
  'keys rotate': {
    summary: 'sign tokens with the next key from now on',
    run: async () => await (await import('./rotate-keys.ts')).rotateKeys(),
  },
  backup: {
    summary: 'write every table, as it stands at this moment, into a file',
    argument: ['file', 'where to; one that is there is replaced'],
    run: async (file, options) => await (await import('./backup.ts')).backUpTo(file, options),
  },
  restore: {
    summary: 'fill an empty database from a backup',
    argument: ['file', 'what `tenantry backup` wrote'],
    run: async (file, options) => await (await import('./backup.ts')).restoreFrom(file, options),
  },
  import: {
    summary: 'import users from a file: a JSON array, or an object a line',
    argument: ['file', 'as Auth0 takes it'],
    options: [
      CONNECTION,
      ['--upsert', 'change users whose address is known already'],
      ['--dry-run', 'only say what would become of each row'],
      ['--errors <file>', 'write the rows that were not taken there, with what is wrong'],
    ],
    run: async (file, options) => await (await import('./import-users.ts')).importUsers(file, options),
  },
  export: {
    summary: 'export users into a file',
    argument: ['file', 'where to; one that is there is replaced'],
    options: [
      CONNECTION,
      ['--format <format>', 'lines (a JSON object each), array (JSON) or csv; by default as the name of the file ends'],
      ['--fields <names>', 'what to write of each, such as user_id,email,user_metadata.plan'],
    ],
    run: async (file, options) => await (await import('./export-users.ts')).exportUsers(file, options),
  },
  'audit verify': {
    summary: 'check that no entry of the log was changed, removed or added since it was sealed',
    options: [['--mark <mark>', 'what an earlier check printed: the log must still lead past it']],
    run: async (_, options) => await (await import('./verify-audit.ts')).verifyAudit(options),
  },
  doctor: {
    summary: 'check settings, database, keys and mail, and say what to do',
    run: async () => await (await import('./doctor.ts')).examine(),
  },
}

/** TABLE: what the commands of two words are about. */
const GROUPS: Readonly<Record<string, string>> = {
  keys: 'the keys that sign tokens',
  audit: 'the sealed log',
}

/** Wrong words: what is right has been printed. */
const WRONG_USAGE = 2
const STOPPING = ['SIGINT', 'SIGTERM'] as const

/**
 * Runs the command that these words name. The process ends with 0 when it did what was asked, with 1 when it could not,
 * and with 2 when the words make no command.
 */
export async function runCommand(words: readonly string[]): Promise<void> {
  const program = new Command('tenantry')
    .description('Self-hosted user profiles and user management. The settings are those of the server.')
    .version(serverPackage.version)
    .showHelpAfterError()
    .exitOverride()
  program.command('serve').description('run the server').action(serve)
  for (const [name, row] of Object.entries(COMMANDS)) addCommand(program, name, row)
  try {
    await program.parseAsync(words, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    process.exitCode = error.exitCode === 0 ? 0 : WRONG_USAGE
  }
}

async function serve(): Promise<void> {
  await (await import('../start/serve.ts')).serve()
}

function addCommand(program: Command, name: string, { summary, argument, options: flags = [], run }: CommandRow): void {
  const [last = '', ...groups] = name.split(' ').reverse()
  const parent = groups.reverse().reduce((above, group) => groupOf(above, group), program)
  const command = parent.command(last).description(summary)
  if (argument) command.argument(`<${argument[0]}>`, argument[1])
  for (const flag of flags) command.option(...flag)
  command.option('--json', 'print the result as JSON, for scripts')
  command.action(async (...given: unknown[]) => {
    // Leaving in this way stops a PostgreSQL that was started for the command; a signal alone would leave it behind.
    for (const signal of STOPPING) process.once(signal, () => process.exit(1))
    const options: Options = command.opts()
    await tell(options, () => run(String(argument ? given[0] : ''), options))
  })
}

function groupOf(above: Command, name: string): Command {
  return above.commands.find((each) => each.name() === name) ?? above.command(name).description(GROUPS[name] ?? '')
}
