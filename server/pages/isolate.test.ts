import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isolate } from './isolate.ts'
import { fill } from './texts.ts'

describe('a name in a sentence', () => {
  it('moves nothing around it when it is written from right to left', () => {
    assert.equal(fill('Signed in as {name}.', { name: 'עדה (1)' }), 'Signed in as \u2068עדה (1)\u2069.')
    assert.equal(isolate('مها'), '\u2068مها\u2069')
  })

  it('turns neither itself nor the rest of the sentence', () => {
    for (const mark of ['\u202a', '\u202d', '\u202e', '\u2066', '\u2067', '\u2069']) {
      assert.equal(isolate(`Ada${mark}gnik`), '\u2068Adagnik\u2069')
    }
  })

  it('stays as it is otherwise', () => {
    for (const name of ['Ada King', 'Zoë', '田中', 'Ада', '👩‍👧', 'auth0|1']) assert.equal(isolate(name), name)
    assert.equal(fill('{count} of {total}', { count: 1, total: 2 }), '1 of 2')
  })
})
