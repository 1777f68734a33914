/** What the profile portal tells of an account against what the server tells it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GROUPS, KINDS, kindsOf } from '../portals/account/pages/activity/kinds.ts'
import { de } from '../portals/account/texts/de.ts'
import { en } from '../portals/account/texts/en.ts'
import { ACTIVITY_KINDS } from '../server/me/activity-kinds.ts'

describe('the page of activity', () => {
  it('has a picture, a filter and words in each language for every kind there is, and for no other', () => {
    const kinds = Object.keys(ACTIVITY_KINDS).sort()
    assert.deepEqual(Object.keys(KINDS).sort(), kinds)
    assert.deepEqual(GROUPS.flatMap(kindsOf).sort(), kinds)
    for (const texts of [en, de]) {
      const missing = kinds.filter((kind) => !Object.hasOwn(texts, `activity.${kind}`))
      assert.deepEqual(missing, [])
    }
  })
})
