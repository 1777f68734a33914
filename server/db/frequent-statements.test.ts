import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { frequentNames } from './frequent-statements.ts'

describe('statements that come often', () => {
  it('have a name from the third time on, each its own', () => {
    const nameOf = frequentNames('search')
    assert.deepEqual([nameOf('select 1'), nameOf('select 1'), nameOf('select 2')], [undefined, undefined, undefined])
    const first = nameOf('select 1')
    assert.match(first ?? '', /^search-[\w-]{22}$/)
    assert.equal(nameOf('select 1'), first)
    assert.equal(nameOf('select 2'), undefined)
    assert.notEqual(nameOf('select 2'), first)
  })

  it('are few, whatever is asked', () => {
    const nameOf = frequentNames('search', 2)
    const named = Array.from({ length: 1_000 }, (_, n) => [1, 2, 3].map(() => nameOf(`select ${n}`)).at(-1))
    assert.deepEqual(
      named.map((name) => name !== undefined),
      named.map((_, n) => n < 2),
    )
    assert.equal(nameOf('select 0'), named[0])
  })
})
