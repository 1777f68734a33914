import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { hashToken } from '../base/secrets.ts'
import { findConnectionByName } from '../connections/store.ts'
import { transact } from '../db/database.ts'
import { ApiError } from '../http/errors.ts'
import { FIRST_CONNECTION } from '../setup.ts'
import { createUser } from '../users/create.ts'
import { issueTicket } from './issue.ts'
import { redeemTicket } from './redeem.ts'
import { findOpenTicket } from './store.ts'
import { resultAddressOf, ticketUrl } from './ticket.ts'

describe('tickets', async () => {
  const { db } = await startTestServer()
  let users = 0
  let userId = ''
  let address = ''

  async function issue(changes: { address?: string | undefined; lifetimeSeconds?: number } = {}): Promise<string> {
    const connection = await findConnectionByName(db, FIRST_CONNECTION)
    assert.ok(connection)
    return await transact(db, (tx) =>
      issueTicket(tx, {
        purpose: 'password_change',
        userId,
        connectionId: connection.id,
        identityId: userId.replace('auth0|', ''),
        address,
        marksEmailVerified: false,
        lifetimeSeconds: 60,
        ...changes,
      }),
    )
  }

  function redeem(token: string): Promise<unknown> {
    return transact(db, (tx) => redeemTicket(tx, 'password_change', token))
  }

  function isRefused(error: unknown): boolean {
    return error instanceof ApiError && error.code === 'invalid_ticket'
  }

  beforeEach(async () => {
    users += 1
    address = `ticket-${users}@acme.example`
    const connection = await findConnectionByName(db, FIRST_CONNECTION)
    assert.ok(connection)
    const actor = { kind: 'system', name: 'test' } as const
    const user = await transact(db, (tx) => createUser(tx, actor, { connection, email: address }))
    userId = user.user_id
  })

  it('that name a result address lead there with what came of it, and with the e-mail only where that is wanted', () => {
    const ticket = {
      purpose: 'email_verification',
      userId,
      connectionId: 'con',
      identityId: 'id',
      address: 'ann+work@acme.example',
      marksEmailVerified: true,
      clientId: undefined,
      details: { resultUrl: 'https://app.example/done?from=mail&success=maybe#top' },
      expiresAt: new Date(0),
    } as const
    const outcome = { success: true, message: 'Your email was verified.' }
    assert.equal(
      resultAddressOf(ticket, outcome),
      'https://app.example/done?from=mail&success=true&message=Your+email+was+verified.#top',
    )
    const telling = { ...ticket, details: { resultUrl: 'https://app.example/', includesEmailInRedirect: true } }
    assert.equal(
      resultAddressOf(telling, { success: false, message: 'Used' }),
      'https://app.example/?success=false&message=Used&email=ann%2Bwork%40acme.example',
    )
    assert.equal(resultAddressOf({ ...ticket, details: {} }, outcome), undefined)
  })

  it('work once; the database knows the hash of the token alone', async () => {
    const token = await issue()
    assert.match(token, /^[\w-]{32}$/)
    assert.equal(
      ticketUrl('https://id.example', 'password_change', token),
      `https://id.example/u/reset-password?ticket=${token}`,
    )
    const rows = JSON.stringify(await db.selectFrom('tickets').selectAll().execute())
    assert.ok(rows.includes(hashToken(token)) && !rows.includes(token))
    await redeem(token)
    await assert.rejects(redeem(token), isRefused)
  })

  it('that are unknown, used or past their time are refused alike', async () => {
    const late = await issue({ lifetimeSeconds: -1 })
    await assert.rejects(redeem(late), isRefused)
    await assert.rejects(redeem('x'.repeat(43)), isRefused)
    await assert.rejects(redeem(''), isRefused)
    await assert.rejects(redeem(hashToken(await issue())), isRefused)
  })

  it('are replaced by a newer one for the same user, and by none of another', async () => {
    const first = await issue()
    const mine = { userId, address }
    const second = await issue()
    await assert.rejects(redeem(first), isRefused)
    const connection = await findConnectionByName(db, FIRST_CONNECTION)
    assert.ok(connection)
    const actor = { kind: 'system', name: 'test' } as const
    const other = await transact(db, (tx) => createUser(tx, actor, { connection, email: `other-of-${mine.address}` }))
    userId = other.user_id
    address = `other-of-${mine.address}`
    await issue()
    await redeem(second)
  })

  it('that were sent to an address die with it; a link handed over does not', async () => {
    const mailed = await issue()
    await db.updateTable('users').set({ email: 'new@acme.example' }).where('user_id', '=', userId).execute()
    await assert.rejects(redeem(mailed), isRefused)
    await redeem(await issue({ address: undefined }))
  })

  it('are not used up by looking at them, nor by what is rolled back', async () => {
    const token = await issue()
    const key = { purpose: 'password_change', tokenHash: hashToken(token), at: new Date() } as const
    assert.ok(await findOpenTicket(db, key))
    await assert.rejects(
      transact(db, async (tx) => {
        await redeemTicket(tx, 'password_change', token)
        throw new Error('what follows fails')
      }),
      /what follows fails/,
    )
    assert.ok(await findOpenTicket(db, key))
    await redeem(token)
    assert.equal(await findOpenTicket(db, key), undefined)
  })

  it('of fifty who try at once, one gets it, in every round', async () => {
    for (let round = 0; round < 5; round += 1) {
      const token = await issue()
      const results = await Promise.allSettled(Array.from({ length: 50 }, () => redeem(token)))
      assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1)
      for (const result of results) assert.ok(result.status === 'fulfilled' || isRefused(result.reason))
    }
  })

  it('go with their user', async () => {
    const token = await issue()
    await db.deleteFrom('users').where('user_id', '=', userId).execute()
    await assert.rejects(redeem(token), isRefused)
  })
})
