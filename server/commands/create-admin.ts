/**
 * `tenantry create-admin mail@company`: makes somebody an administrator of the whole tenant, and prints the link with which
 * he sets his password, or sends it to him.
 */
import { Type } from 'typebox'
import { StartError } from '../base/start-error.ts'
import type { Config } from '../config.ts'
import { checkerOf } from '../http/validation.ts'
import { LINK_LIFETIME_SECONDS, makeAdministrator, type NewAdministrator } from './make-administrator.ts'
import { withTenant } from './open-tenant.ts'
import { type Result, refusePipe } from './terminal.ts'

const isAddress = checkerOf(Type.String({ format: 'email', maxLength: 320 }))

/** Does it. @throws StartError in words for the person at the terminal */
export async function createAdmin(address: string, { mail = false }: { mail?: boolean }): Promise<Result> {
  if (!isAddress(address)) throw new StartError(`"${address}" is not an e-mail address. Nothing was changed.`)
  if (!mail) {
    refusePipe(
      'The link that would be printed lets whoever has it become an administrator, and the output does not go to a ' +
        'terminal. Use --mail to send the link to the address instead.',
    )
  }
  return await withTenant(async ({ config, database, isServerRunning }) => {
    const made = await makeAdministrator(database.db, config.publicUrl, address, mail)
    const { email, isNew } = made
    return { words: inWords(made, config, isServerRunning), facts: { email, is_new: isNew, link_sent: mail } }
  })
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
  const how =
    link === undefined
      ? '  A mail with a link to choose a password goes to that address.\n'
      : `  To choose a password, open this link within ${LINK_LIFETIME_SECONDS / 60} minutes. It works once; keep it to yourself:

    ${link}
`
  return `
  ${email} is an administrator of the whole tenant now (${isNew ? 'a new account' : 'the account was there'}).

${how}${hint}`
}
