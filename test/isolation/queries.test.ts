/**
 * An administrator of one organization asks whatever he likes, twice: before and after everything about other
 * organizations has changed. Each answer is the same to the byte, headers included, and names nobody of theirs.
 */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { join } from '../../server/organizations/organizations.testing.ts'
import { type Answer, startTestServer } from '../harness.ts'
import { craftedParameters, type Known, randomOf } from './crafted-queries.ts'
import { changeForeign, type Foreign, foreignWorld } from './foreign-data.ts'

const SEARCHES = 1_600
const LOG_SEARCHES = 500
const LISTS = 300
// What differs from one answer to the next whatever is asked.
const UNWATCHED = new Set(['date', 'x-ratelimit-reset', 'x-request-id', 'x-auth0-requestid', 'x-correlation-id'])

describe('D02: what an administrator can ask', async () => {
  const test = await startTestServer()
  const { call, db, tokenFor } = test
  let foreign: Foreign
  let known: Known
  let as = ''

  before(async () => {
    foreign = await foreignWorld(test)
    as = await tokenFor({ userId: foreign.boss, organizationId: foreign.acme })
    const theirs = await tokenFor({ userId: foreign.rival, organizationId: foreign.beta })
    const nextOf = async (token: string | undefined) => {
      const options = token === undefined ? {} : { as: token }
      return (await call('GET', '/api/v2/users?take=2', options)).body.next
    }
    const keys = (...parts: string[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
    const checkpoints = [
      ...[await nextOf(as), await nextOf(theirs), await nextOf(undefined)],
      ...[keys('2025-01-01T00:00:00.000Z', foreign.stranger), keys('2000-01-01T00:00:00.000Z', ''), keys('x', 'y')],
      ...[keys(foreign.stranger), keys("2025-01-01T00:00:00.000Z'", "' or true --"), 'no-checkpoint', '0'.repeat(54)],
    ]
    assert.ok(checkpoints.every((checkpoint) => typeof checkpoint === 'string'))
    known = { ids: [foreign.stranger, foreign.shared, foreign.beta, foreign.acme], roles: foreign.roles, checkpoints }
  })

  it('is answered as if there were no other organization', async () => {
    const paths = [...searches(), ...(await lists())]
    const first = await askAll(paths)
    const wholeTenant = await call('GET', '/api/v2/users?include_totals=true&per_page=100&q=name:Foreign*')
    await changeForeign(test, foreign)
    const changed = await call('GET', '/api/v2/users?include_totals=true&per_page=100&q=name:Foreign*')
    assert.ok(changed.body.total > wholeTenant.body.total + 20, 'the tenant sees that there are more')

    const last = await askAll(paths)
    const told = paths.filter((_, index) => !isDeepStrictEqual(last[index], first[index]))
    const [one] = told
    const at = one === undefined ? 0 : paths.indexOf(one)
    assert.deepEqual(last[at], first[at], `${told.length} answers differ: ${told.slice(0, 20).join(' ')}`)
    const statuses = first.map(({ status }) => status)
    const count = (status: number) => statuses.filter((one) => one === status).length
    assert.ok(count(200) > paths.length / 3 && count(400) > 50, 'right and wrong ones are asked')
    assert.equal(
      statuses.find((status) => status >= 500),
      undefined,
    )
    const filled = first.filter(({ status, text }) => status === 200 && text.includes('"user_id"'))
    assert.ok(filled.length > 200, 'and not all of them find nobody')
  })

  /** Searches of people and of the log. */
  function searches(): string[] {
    const random = randomOf(20_261_129)
    const people = Array.from({ length: SEARCHES }, () => `/users?${craftedParameters(random, known, 'users')}`)
    const logs = Array.from({ length: LOG_SEARCHES }, () => `/logs?${craftedParameters(random, known, 'logs')}`)
    return [...people, ...logs]
  }

  /** Every other list and number, with crafted pages and checkpoints. */
  async function lists(): Promise<string[]> {
    const random = randomOf(4)
    const { acme, boss, shared, stranger, beta, roles } = foreign
    const at = `/organizations/${acme}`
    const { body: builtIn } = await call('GET', '/api/v2/roles', { as })
    const roleIds = [...roles, ...builtIn.map(({ id }: { id: string }) => id)]
    const urls = [
      ...[
        `${at}/members`,
        `${at}/invitations`,
        `${at}/connections`,
        `${at}/enabled_connections`,
        `${at}/discovery-domains`,
      ],
      ...roleIds.map((id) => `${at}/roles/${id}/members`),
      ...['/roles', ...roleIds.map((id) => `/roles/${id}`), ...roleIds.map((id) => `/roles/${id}/permissions`)],
      ...[boss, shared, stranger]
        .map(encodeURIComponent)
        .flatMap((id) => [
          ...[`/users/${id}`, `/users/${id}/logs`, `/users/${id}/sessions`, `/user-blocks/${id}`],
          ...[`${at}/members/${id}`, `${at}/members/${id}/roles`, `${at}/members/${id}/effective-roles`],
        ]),
      ...['/users-by-email?email=bea@beta-only.example', '/users-by-email?email=shared@acme.example'],
      ...[`${at}/summary`, `${at}/settings`, at, `/organizations/${beta}`, `/organizations/${beta}/summary`],
    ]
    const crafted = Array.from({ length: LISTS }, () => {
      const parameters = craftedParameters(random, known, 'users')
      const fields = random.chance(0.5) ? '&fields=members,user_id,email,roles' : ''
      return `${random.pick(urls).split('?')[0]}?${parameters}${fields}&name_filter=${random.pick(['a', 'Beta', '%25'])}`
    })
    return [...urls, ...crafted]
  }

  async function askAll(paths: readonly string[]) {
    const answers: { status: number; text: string; headers: Answer['headers'] }[] = []
    for (const path of paths) {
      const { status, text, headers } = await call('GET', `/api/v2${path}`, { as })
      const what = decodeURIComponent(path)
      if (status === 200) for (const mark of foreign.marks) assert.ok(!text.includes(mark), `${mark} in ${what}`)
      const watched = Object.entries(headers).filter(([name]) => !UNWATCHED.has(name))
      answers.push({ status, text: text.replaceAll(/"requestId":"[^"]*"/g, ''), headers: Object.fromEntries(watched) })
    }
    return answers
  }

  it('and his own people are all there', async () => {
    const { body } = await call('GET', '/api/v2/users?include_totals=true&q=*', { as })
    assert.equal(body.total, 6)
    const newcomer = await call('POST', '/api/v2/users', {
      body: { connection: 'Username-Password-Authentication', email: 'new@acme.example', password: 'Morgentau-27-F' },
    })
    await join(db, foreign.acme, newcomer.body.user_id)
    const { body: more } = await call('GET', '/api/v2/users?include_totals=true&q=*', { as })
    assert.equal(more.total, 7)
  })
})
