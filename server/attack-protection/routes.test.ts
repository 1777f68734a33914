import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { startTestServer } from '../../test/harness.ts'

describe('the settings of attack protection, changed by several at once', async () => {
  const { call, db } = await startTestServer()
  const at = (name: string) => `/api/v2/attack-protection/${name}`

  for (const [name, changes] of [
    ['brute-force-protection', [{ max_attempts: 7 }, { shields: ['block'] }, { mode: 'count_per_identifier' }]],
    [
      'suspicious-ip-throttling',
      [
        { allowlist: ['10.0.0.1'] },
        { shields: ['block'] },
        { stage: { 'pre-login': { max_attempts: 50, rate: 864_000 } } },
      ],
    ],
    [
      'breached-password-detection',
      [{ shields: ['block'] }, { enabled: true }, { stage: { 'pre-user-registration': { shields: ['block'] } } }],
    ],
  ] as const) {
    it(`keep the changes of all, and the log has what was there before each: ${name}`, async () => {
      // The first time there is no row yet that they could wait at.
      const { status, body: before } = await call('GET', at(name))
      assert.equal(status, 200)
      const answers = await Promise.all(changes.map((body) => call('PATCH', at(name), { body })))
      assert.deepEqual(
        answers.map((answer) => answer.status),
        [200, 200, 200],
        answers.map(({ text }) => text).join(),
      )
      const { body: after } = await call('GET', at(name))
      for (const change of changes) {
        for (const [key, value] of Object.entries(change)) {
          const shown = key === 'stage' ? { ...after.stage, ...value } : value
          assert.deepEqual(after[key], shown, key)
        }
      }
      const events = await db.selectFrom('events').select('person').where('target_id', '=', name).execute()
      // Events hold what the route gave them.
      const told = events.map(({ person }) => (person as { before: object }).before)
      assert.equal(told.length, 3)
      for (const [index, one] of told.entries()) {
        assert.ok(!told.slice(0, index).some((other) => isDeepStrictEqual(one, other)), JSON.stringify(told))
      }
      assert.ok(told.some((one) => isDeepStrictEqual(one, before)))
    })
  }
})
