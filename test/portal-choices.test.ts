/** What is found in the lists of the portals by what people type. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isLookedFor, localeChoices, zoneChoices } from '../portals/shared/fields/choices.ts'

describe('a list to choose from in the portals', () => {
  it('is searched without regard to accents, case, and what stands between words', () => {
    const zones = (typed: string) =>
      zoneChoices('')
        .filter((choice) => isLookedFor(choice, typed))
        .map(({ value }) => value)
    assert.deepEqual(zones('new york'), ['America/New_York'])
    assert.deepEqual(zones(' ZÜRICH '), ['Europe/Zurich'])
    assert.deepEqual(zones('europe zur'), ['Europe/Zurich'])
    assert.deepEqual(zones('nowhere'), [])
    const locales = (typed: string) =>
      localeChoices('')
        .filter((choice) => isLookedFor(choice, typed))
        .map(({ value }) => value)
    assert.deepEqual(locales('francais'), ['fr'])
    assert.deepEqual(locales('pt-br'), ['pt-BR'])
    assert.equal(locales('').length, localeChoices('').length)
  })
})
