/**
 * What the log says of every changing route of the Management API, also of those to come: whom or what it was about, and
 * what was there before. It is read from the routes' sources, for a route that forgets to say so answers all the same.
 */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { MANAGEMENT_ROUTES } from '../server/app.ts'

const root = join(import.meta.dirname, '..')
const sources = globSync('server/**/*.ts', { cwd: root, exclude: ['**/node_modules/**', '**/*.test.ts'] })
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .filter((text) => /\broute\(|operationId:/.test(text))

/** TABLE: routes that name no target, and why that is right. */
const WITHOUT_TARGET: Readonly<Record<string, string>> = {
  'delete_user-blocks':
    'the identifier is personal, and stands in the column that an erasure blanks, as what was asked',
  'delete_authentication-methods_by_authentication_method_id': 'there are none yet, so it refuses everything',
  'delete_authentication-methods': 'made by one function with others, which names the user; there are none yet',
  delete_authenticators: 'made by one function with others, which names the user; there are none yet',
  'post_invalidate-remember-browser': 'made by one function with others, which names the user; there are none yet',
}

/** TABLE: routes that change or remove something without saying what was there before, and why that is right. */
const WITHOUT_BEFORE: Readonly<Record<string, string>> = {
  ...WITHOUT_TARGET,
  delete_multifactor_by_provider: 'there are none yet, so nothing is removed',
  'delete_user-blocks_by_id': 'what it clears are counters of failed tries, which have no form of their own',
  delete_ips_by_id: 'what it clears are counters of failed tries, which have no form of their own',
  delete_users_by_id: 'users/delete.ts makes an event of its own, with the user as he was',
  delete_users_by_email: 'users/delete.ts makes an event of its own, with the user as he was',
  'delete_device-credentials_by_id': 'refresh-tokens/revoke.ts makes an event for each token that ends',
  delete_refresh_token: 'refresh-tokens/revoke.ts makes an event for each token that ends',
  delete_refresh_tokens_for_user: 'refresh-tokens/revoke.ts makes an event for each token that ends',
  delete_sessions_for_user: 'sessions are many: the event says how many ended',
  delete_organization_member_roles:
    'organizations/member-change.ts answers both, before and after, and it takes them over',
  put_signing_keys: 'revoking changes a mark of the key that is the target, and the answer says when',
}

describe('the log of a changing route', () => {
  const changing = MANAGEMENT_ROUTES.filter(({ kind }) => kind !== 'read')
  const targetless = changing.filter(
    ({ operationId }) => !/target|userId|audit[,)]|audit \}/.test(blockOf(operationId)),
  )
  const beforeless = changing
    .filter(({ method }) => method !== 'POST')
    .filter(({ operationId }) => !/before|noteChange|audit\)|audit \},|describe\w*\(audit/.test(handlerOf(operationId)))

  it('names whom or what it was about, or stands in the table with a reason', () => {
    assert.deepEqual(namesOf(targetless), Object.keys(WITHOUT_TARGET).sort())
  })

  it('says what was there before it was changed or removed, or stands in the table with a reason', () => {
    const expected = Object.keys(WITHOUT_BEFORE).filter((name) =>
      changing.some((route) => route.operationId === name && route.method !== 'POST'),
    )
    assert.deepEqual(namesOf(beforeless), expected.sort())
  })

  it('is recorded by the transaction of the change, whatever the handler says', () => {
    for (const route of changing) assert.ok('event' in route && route.event !== undefined, route.operationId)
  })
})

function namesOf(routes: readonly { operationId: string }[]): string[] {
  return routes.map(({ operationId }) => operationId).sort()
}

/** The source of a route, from its id to the next route. */
function blockOf(operationId: string): string {
  // Some routes are made alike; their ids have a beginning in common.
  const [verb = ''] = operationId.split('_')
  for (const sign of [`'${operationId}'`, `operationId: \`${verb}_`]) {
    const text = sources.find((each) => each.includes(sign))
    if (text === undefined) continue
    const at = text.indexOf(sign)
    const end = text.slice(at).search(/\n {2}route\(\{|\n\]/)
    return text.slice(at, end < 0 ? undefined : at + end)
  }
  throw new Error(`No source of ${operationId}.`)
}

function handlerOf(operationId: string): string {
  const block = blockOf(operationId)
  return block.slice(Math.max(block.indexOf('handler:'), 0))
}
