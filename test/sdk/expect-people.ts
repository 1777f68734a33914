/** What the answers about linking, tickets and blocks must be. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Reader } from './reader.ts'

/** Of linked people. */
export function expectPeople({ answer, fit, refused }: Reader): void {
  it('a linked user is an identity of the other, and unlinked one of his own again', () => {
    const [primary, secondary] = [answer('primary created'), answer('secondary created')]
    const [own] = primary.identities
    const [linked] = secondary.identities
    const profileOf = ({ email, email_verified, name, nickname, picture }: Record<string, unknown>) => ({
      email,
      email_verified,
      name,
      nickname,
      picture,
    })
    const other = { ...linked, profileData: profileOf(secondary) }
    assert.deepEqual(answer('linked'), [{ ...own, profileData: profileOf(primary) }, other])
    const { updated_at: _, ...read } = answer('primary read')
    const { updated_at: __, ...before } = primary
    assert.deepEqual(read, { ...before, identities: [own, other] })
    assert.deepEqual(answer('unlinked'), [own])
    fit('user', 'unlinked read')
    const { created_at: ___, updated_at: ____, ...again } = answer('unlinked read')
    const { created_at: _____, updated_at: ______, ...original } = secondary
    assert.deepEqual(again, original)
    const message = 'Main user and linked account are the same. A user cannot be linked to himself.'
    refused({
      'linked again': [409, undefined, 'The identity is linked to a user already. Unlink it there first.'],
      'linked to himself': [400, 'invalid_body', message],
      'secondary read': [404, 'inexistent_user', 'The user does not exist.'],
      'unlinked again': [400, 'invalid_body', 'The user has no such identity.'],
    })
  })

  it('tickets are links of ours of 32 characters that end with #', () => {
    for (const [step, page] of [
      ['ticket of the secondary', 'email-verification'],
      ['password ticket', 'reset-password'],
    ] as const) {
      assert.match(answer(step).ticket, new RegExp(`/u/${page}\\?ticket=[A-Za-z0-9]{32}#$`))
    }
    const reason =
      "Payload validation error: 'result_url is not registered. Add it to the callbacks or allowed_logout_urls of an application, or to allowed_logout_urls of the tenant'."
    refused({ 'ticket that leads elsewhere': [400, 'invalid_body', reason] })
    const { type, status } = answer('mail asked for')
    assert.deepEqual([type, status], ['verification_email', 'pending'])
  })

  it('blocks and the settings of attack protection are answered in Auth0’s shapes', () => {
    for (const step of ['blocks', 'blocks by address']) assert.deepEqual(answer(step), { blocked_for: [] })
    for (const step of ['unblocked', 'unblocked by address', 'address freed']) answer(step)
    refused({ 'free address': [404, undefined, 'Not Found'] })
    const { allowlist: _, ...throttling } = answer('throttling')
    const { allowlist, ...changed } = answer('throttling changed')
    assert.deepEqual(throttling, {
      enabled: true,
      shields: ['admin_notification', 'block'],
      stage: {
        'pre-login': { max_attempts: 100, rate: 864_000 },
        'pre-user-registration': { max_attempts: 50, rate: 1_200 },
        'pre-custom-token-exchange': { max_attempts: 10, rate: 600_000 },
      },
    })
    assert.deepEqual([changed, allowlist], [throttling, ['127.0.0.1', '::1']])
    assert.deepEqual(answer('breached'), {
      enabled: false,
      shields: [],
      admin_notification_frequency: [],
      method: 'standard',
      stage: { 'pre-user-registration': { shields: [] }, 'pre-change-password': { shields: [] } },
    })
    assert.deepEqual(answer('breached changed'), answer('breached'))
    assert.equal(answer('brute force').max_attempts, 10)
  })
}
