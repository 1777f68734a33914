import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { startTestServer } from '../../../test/harness.ts'
import { join, makeOrganization } from '../../organizations/organizations.testing.ts'

const SHARED = 'Username-Password-Authentication'
const PASSWORD = 'Morgentau-27-Fenster'
const DOMAIN = { domain: 'acme.example', use_for_organization_discovery: false }

describe('an identifier that an administrator of an organization gives', async () => {
  const { call, tokenFor, db } = await startTestServer()
  let acme = ''
  let as = ''

  /** A member whose account the organization manages. */
  async function managed(connection: string, email: string, more: object = {}): Promise<string> {
    const { body } = await call('POST', '/api/v2/users', { body: { connection, email, password: PASSWORD, ...more } })
    await join(db, acme, body.user_id)
    const managing_organization_id = acme
    await db.updateTable('users').set({ managing_organization_id }).where('user_id', '=', body.user_id).execute()
    return body.user_id
  }
  const change = (userId: string, body: object) =>
    call('PATCH', `/api/v2/users/${encodeURIComponent(userId)}`, { as, body })
  const emailOf = async (userId: string) =>
    (await call('GET', `/api/v2/users/${encodeURIComponent(userId)}`)).body.email
  const mailsTo = (userId: string) => db.selectFrom('emails').select('id').where('user_id', '=', userId).execute()
  const domain = async (status: 'pending' | 'verified') => {
    const url = `/api/v2/organizations/${acme}/discovery-domains`
    const [known] = (await call('GET', url)).body.domains
    if (known) await call('PATCH', `${url}/${known.id}`, { body: { status } })
    else await call('POST', url, { body: { ...DOMAIN, status } })
  }

  before(async () => {
    acme = await makeOrganization(db, 'acme')
    const ada = { connection: SHARED, email: 'ada@acme.example', password: PASSWORD }
    const admin = await call('POST', '/api/v2/users', { body: ada })
    await join(db, acme, admin.body.user_id, 'administrator')
    as = await tokenFor({ userId: admin.body.user_id, organizationId: acme })
    // Somebody whom the organization does not know.
    const stranger = {
      connection: SHARED,
      password: PASSWORD,
      email: 'stranger@elsewhere.example',
      phone_number: '+491701234567',
    }
    assert.equal((await call('POST', '/api/v2/users', { body: stranger })).status, 201)
  })

  it('says nothing of accounts elsewhere, and changes nothing', async () => {
    const max = await managed(SHARED, 'max@acme.example')
    const before = await mailsTo(max)
    for (const [taken, free] of [
      [{ email: 'stranger@elsewhere.example' }, { email: 'nobody@elsewhere.example' }],
      [{ email: 'Stranger@Elsewhere.example' }, { email: 'Nobody@elsewhere.example' }],
      [{ phone_number: '+491701234567' }, { phone_number: '+491709999999' }],
    ] as const) {
      const [one, other] = [await change(max, taken), await change(max, free)]
      assert.deepEqual([one.status, one.body], [403, other.body])
      assert.equal(one.body.errorCode, 'address_elsewhere')
    }
    assert.equal(await emailOf(max), 'max@acme.example')
    assert.deepEqual(await mailsTo(max), before)
  })

  it('is an address of a domain of its own, once somebody has shown that it is', async () => {
    const mia = await managed(SHARED, 'mia@acme.example')
    await domain('pending')
    assert.equal((await change(mia, { email: 'mia.m@acme.example' })).status, 403)
    await domain('verified')
    const changed = await change(mia, { email: 'Mia.M@ACME.example' })
    assert.deepEqual([changed.status, changed.body.email_verified], [200, false], changed.text)
    assert.equal((await change(mia, { email: 'ada@acme.example' })).status, 400)
    for (const address of ['mia@sub.acme.example', 'mia@acme.example.evil.example', 'mia@evil-acme.example']) {
      assert.equal((await change(mia, { email: address })).status, 403, address)
    }
  })

  it('may be the one that is there, or go', async () => {
    const eve = await managed(SHARED, 'eve@elsewhere.example', { phone_number: '+491705555555' })
    assert.equal((await change(eve, { email: 'Eve@elsewhere.example', name: 'Eve' })).status, 200)
    assert.equal((await change(eve, { phone_number: null })).status, 200)
  })

  it('is any in a connection that is the organization’s alone', async () => {
    const { body: own } = await call('POST', '/api/v2/connections', {
      body: { name: 'acme-people', strategy: 'auth0' },
    })
    const opened = {
      organization_id: acme,
      connection_id: own.id,
      access_level: 'limited',
      created_at: new Date(),
    } as const
    await db.insertInto('organization_connections').values(opened).execute()
    const [nina, otto] = [
      await managed('acme-people', 'nina@x.example'),
      await managed('acme-people', 'otto@x.example'),
    ]
    assert.equal((await change(nina, { email: 'nina@elsewhere.example' })).status, 200)
    assert.equal((await change(nina, { email: 'otto@x.example' })).status, 400)
    assert.equal(await emailOf(otto), 'otto@x.example')
    const beta = await makeOrganization(db, 'beta')
    await db
      .insertInto('organization_connections')
      .values({ ...opened, organization_id: beta })
      .execute()
    assert.equal((await change(nina, { email: 'nina@y.example' })).status, 403)
  })
})
