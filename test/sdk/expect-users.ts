/** What the answers about users must be, field by field. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { it } from 'node:test'
import { DEMO_PEOPLE } from '../../server/demo/people.ts'
import type { Reader } from './reader.ts'
import { faultsOf } from './shapes.ts'

/** How many users of family Crowd are there before the journey. */
export const CROWD_SIZE = 120

const CONNECTION = 'Username-Password-Authentication'
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** One user, from the first answer to the last. */
export function expectUser({ answer, refused }: Reader, name: string): void {
  it('a user is answered with what was sent, what follows from it, and nothing else', () => {
    const { user_id, created_at, updated_at, ...created } = answer('user created')
    const email = `lena.brandt@${name}.example`
    const hash = createHash('md5').update(email).digest('hex')
    const fallback = 'https%3A%2F%2Fcdn.auth0.com%2Favatars%2Fle.png'
    assert.match(user_id, /^auth0\|[0-9a-f]{24}$/)
    assert.match(created_at, DATE)
    assert.equal(updated_at, created_at)
    assert.deepEqual(created, {
      email,
      email_verified: true,
      name: email,
      nickname: 'lena.brandt',
      given_name: 'Lena',
      family_name: 'Brandt',
      picture: `https://s.gravatar.com/avatar/${hash}?s=480&r=pg&d=${fallback}`,
      user_metadata: { hobby: 'chess', address: { city: 'Bern', street: 'Gasse 1' } },
      app_metadata: { plan: 'team', seats: 3, tags: ['a', 'b'] },
      identities: [{ connection: CONNECTION, user_id: user_id.slice(6), provider: 'auth0', isSocial: false }],
    })
    assert.deepEqual(answer('user read'), answer('user created'))
    assert.deepEqual(answer('user read in part'), { email, user_metadata: created.user_metadata })
    const { picture, identities, ...rest } = created
    assert.deepEqual(answer('user read but for a part'), { user_id, ...rest })
  })

  it('of a user who was made of address and password alone, nothing that is not there is named', () => {
    const { user_id, created_at, picture, ...bare } = answer('bare user created')
    assert.match(user_id, /^auth0\|[0-9a-f]{24}$/)
    assert.match(picture, /^https:\/\/s\.gravatar\.com\/avatar\/[0-9a-f]{32}\?.*avatars%2Fom\.png$/)
    assert.deepEqual(bare, {
      email: `omar@${name}.example`,
      email_verified: false,
      name: `omar@${name}.example`,
      nickname: 'omar',
      updated_at: created_at,
      identities: [{ connection: CONNECTION, user_id: user_id.slice(6), provider: 'auth0', isSocial: false }],
    })
    assert.deepEqual(answer('bare user read'), answer('bare user created'))
  })

  it('a change merges metadata one level deep, null removes, {} removes all, and the rest stays', () => {
    const original = answer('user created')
    let last = original
    const changed = (step: string, change: Record<string, unknown>) => {
      const { updated_at, ...now } = answer(step)
      const { updated_at: previously, ...before } = last
      assert.match(updated_at, DATE)
      assert.ok(updated_at >= previously, step)
      // Through JSON, which leaves out what is undefined.
      assert.deepEqual(now, JSON.parse(JSON.stringify({ ...before, ...change })), step)
      last = answer(step)
    }
    changed('metadata merged', {
      user_metadata: { hobby: 'chess', colour: 'green', address: { city: 'Basel' } },
      app_metadata: { plan: 'team', seats: 4, tags: ['a', 'b'] },
    })
    changed('metadata key and attribute removed', {
      given_name: undefined,
      user_metadata: { colour: 'green', address: { city: 'Basel' } },
    })
    changed('all metadata removed', { user_metadata: {}, app_metadata: undefined })
    changed('user blocked', { blocked: true })
    changed('address changed', { email: `lena@${name}.example`, email_verified: false })
    assert.deepEqual(answer('user found by address'), [last])
    assert.deepEqual(answer('nobody found by the old address'), [])
  })

  it('a deleted user is gone, and a second deletion is no error', () => {
    for (const step of ['user deleted', 'user deleted again', 'bare user deleted']) {
      assert.equal(answer(step) ?? null, null, step)
    }
    refused({ 'deleted user read': [404, 'inexistent_user', 'The user does not exist.'] })
  })
}

/** Lists of users. */
export function expectUserLists({ answer, rows, refused }: Reader, name: string): void {
  it('users are listed in the shape that the SDK asks for, searched, sorted and cut', () => {
    const total = DEMO_PEOPLE.length + CROWD_SIZE + 3
    const everybody = rows('users listed by default', 'users', { start: 0, limit: 50, length: 50, total })
    assert.equal(everybody.length, 50)
    assert.equal(everybody[0].name, 'Ada Okafor')
    for (const user of everybody) assert.deepEqual(faultsOf('user', user), [])
    const [found, ...others] = rows('users searched', 'users', { start: 0, limit: 50, length: 1, total: 1 })
    assert.deepEqual(found, answer('Beate created'))
    assert.deepEqual(others, [])
    assert.deepEqual(rows('users searched in vain', 'users', { start: 0, limit: 50, length: 0, total: 0 }), [])
    const page = (start: number, limit: number, users: unknown[]) => ({
      ...{ start, limit, length: users.length, users, total: 3 },
    })
    const email = (mailbox: string) => ({ email: `${mailbox}@${name}.example` })
    assert.deepEqual(answer('users sorted'), page(0, 50, [email('anton'), email('beate'), email('cleo')]))
    const downwards = ['Beate', 'Anton', 'Cleo'].map((given_name) => ({ given_name }))
    assert.deepEqual(answer('users sorted downwards'), page(0, 50, downwards))
    assert.deepEqual(answer('users on a second page'), page(2, 2, [email('cleo')]))
    assert.deepEqual(answer('users beyond the last page'), page(14, 2, []))
    for (const form of ['a group', 'wildcards', 'a negation', 'ranges', 'metadata', 'identities']) {
      const users = [email('anton'), email('cleo')]
      assert.deepEqual(answer(`users by ${form}`), { start: 0, limit: 50, length: 2, users, total: 2 }, form)
    }
    const cut = ['anton', 'beate', 'cleo'].map((nickname) => ({
      ...email(nickname),
      email_verified: false,
      name: `${nickname}@${name}.example`,
      nickname,
      given_name: `${nickname.charAt(0).toUpperCase()}${nickname.slice(1)}`,
      family_name: name,
      user_metadata: { seat: { row: ['beate', 'anton', 'cleo'].indexOf(nickname) + 1 } },
      app_metadata: { tags: ['window', 'aisle'] },
    }))
    assert.deepEqual(answer('users but for a part'), page(0, 50, cut))
  })

  it('a query that cannot be read is refused with the place of the fault', () => {
    const reason = 'Quotation mark that is never closed (position 6)'
    const message = `Query validation error: '${reason}' on property q (Query in Lucene syntax).`
    refused({ 'users by an unreadable query': [400, 'invalid_query_string', message] })
  })

  it('a walk over all pages meets each user once', () => {
    for (const [step, count] of [
      ['a crowd', CROWD_SIZE],
      ['a crowd on small pages', CROWD_SIZE],
      ['everybody', DEMO_PEOPLE.length + CROWD_SIZE + 3],
    ] as const) {
      const ids = answer(step)
      assert.equal(ids.length, count, step)
      assert.equal(new Set(ids).size, count, step)
    }
    assert.deepEqual([...answer('a crowd')].sort(), [...answer('a crowd on small pages')].sort())
  })
}
