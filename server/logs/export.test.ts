import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { join, makeOrganization } from '../organizations/organizations.testing.ts'
import { type Event, recordEvent, recordEventList } from './record.ts'

const URL = '/api/v2/logs/export'

describe('an export of the log', async () => {
  const { call, tokenFor, db } = await startTestServer()
  const system = { kind: 'system', name: 'test' } as const
  const record = async (event: Partial<Event>) => await recordEvent(db, { type: 's', actor: system, ...event })
  const linesOf = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))

  it('has every entry once, oldest first, an object a line, as the list shows it', async () => {
    await recordEventList(
      db,
      Array.from({ length: 250 }, (_, index) => ({
        type: 's' as const,
        actor: system,
        description: `sign-in ${index}`,
      })),
    )
    const { status, text, headers } = await call('GET', `${URL}?q=type:s`)
    assert.equal(status, 200)
    assert.match(String(headers['content-type']), /^application\/x-ndjson/)
    assert.match(String(headers['content-disposition']), /^attachment; filename="log\.ndjson"$/)
    const entries = linesOf(text)
    assert.deepEqual(
      entries.map(({ description }) => description),
      Array.from({ length: 250 }, (_, index) => `sign-in ${index}`),
    )
    const listed = await call('GET', `/api/v2/logs/${entries[0].log_id}`)
    assert.deepEqual(entries[0], listed.body)
  })

  it('is itself in the log, with who and what was asked for, and not in itself', async () => {
    const { text } = await call('GET', `${URL}?format=csv&q=description:"Export the log"&from=2020`)
    assert.equal(text.split('\r\n').length - 2, 1)
    const { body } = await call('GET', '/api/v2/logs?q=description:"Export the log"&sort=date:-1')
    assert.equal(body.length, 2)
    assert.equal(body[0].details.request.query.format, 'csv')
    assert.deepEqual([body[0].type, body[0].details.target.kind], ['mgmt_api_read', 'log'])
  })

  it('is CSV in which no spreadsheet finds a formula', async () => {
    await record({ description: '=HYPERLINK("http://evil.example")', userName: '+49 30, Berlin', clientId: '@cmd' })
    await record({ description: 'two\nlines, and "quotes"', userName: '-1' })
    await record({ description: 'a;=1+1', userName: 'b' })
    const { text, headers } = await call('GET', `${URL}?format=csv&q=_exists_:user_name`)
    assert.match(String(headers['content-type']), /^text\/csv/)
    const [head, ...rows] = text.trimEnd().split('\r\n')
    assert.match(head ?? '', /^log_id,date,type,description,user_id,user_name,/)
    assert.match(rows[0] ?? '', /,s,"'=HYPERLINK\(""http:\/\/evil\.example""\)",,"'\+49 30, Berlin","'@cmd",/)
    assert.match(rows[1] ?? '', /,s,"two\nlines, and ""quotes""",,"'-1",/)
    assert.match(rows[2] ?? '', /,s,"a;'=1\+1",,b,/)
    assert.equal(rows.length, 3)
    for (const cell of text.split(/[,;\n]/)) assert.doesNotMatch(cell, /^"?[=+\-@]/)
  })

  it('lies between two dates, each as precise as it is written', async () => {
    const today = new Date().toISOString().slice(0, 10)
    const count = async (query: string) => (await call('GET', `${URL}?${query}`)).text.split('\n').length - 1
    assert.ok((await count(`from=${today}&to=${today}`)) > 250)
    assert.equal(await count('to=2001'), 0)
    assert.equal(await count('from=2999-01'), 0)
    const { status, body } = await call('GET', `${URL}?from=yesterday`)
    assert.equal(status, 400)
    assert.match(body.message, /Not a date such as 2026-01-31.*on property from/)
    assert.equal((await call('GET', `${URL}?q=unknown_field:1`)).status, 400)
    assert.equal((await call('GET', `${URL}?format=xml`)).status, 400)
  })

  it('of an organization’s administrator holds its entries alone, without what he may not see', async () => {
    const [acme, other] = [await makeOrganization(db, 'acme'), await makeOrganization(db, 'other')]
    const make = async (email: string) =>
      (
        await call('POST', '/api/v2/users', {
          body: { connection: 'Username-Password-Authentication', email, password: 'correct horse battery staple' },
        })
      ).body.user_id
    const ada = await make('ada@acme.example')
    await join(db, acme, ada, 'auditor')
    const client = { kind: 'client', clientId: 'app', scopes: new Set<string>() } as const
    for (const organizationId of [acme, other])
      await record({
        actor: client,
        organizationId,
        description: `of ${organizationId}`,
        person: { body: { secret_note: 'x' } },
      })
    const as = await tokenFor({ userId: ada, organizationId: acme, scopes: ['read:logs'] })
    const { status, text } = await call('GET', URL, { as })
    assert.equal(status, 200, text)
    assert.ok(linesOf(text).every(({ organization_id }) => organization_id === acme))
    assert.ok(text.includes(`of ${acme}`))
    assert.doesNotMatch(text, /secret_note/)
    assert.match((await call('GET', URL)).text, /secret_note/)
  })
})
