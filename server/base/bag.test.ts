import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bag } from './bag.ts'

describe('a bag', () => {
  it('holds what was added and not taken out, in whatever order', () => {
    const things = bag<string>()
    const takeOut = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, things.add(name)]))
    assert.equal(things.size, 4)
    for (const [name, left] of [
      ['b', ['a', 'c', 'd']],
      ['d', ['a', 'c']],
      ['a', ['c']],
    ] as const) {
      takeOut[name]?.()
      assert.deepEqual([...things].sort(), left)
    }
    things.add('e')
    takeOut.c?.()
    assert.deepEqual([...things], ['e'])
  })

  it('takes a thing out once, also when another one has its place', () => {
    const things = bag<string>()
    const takeOutFirst = things.add('same')
    things.add('same')
    takeOutFirst()
    takeOutFirst()
    assert.equal(things.size, 1)
  })

  it('may be emptied while it is looked through', () => {
    const things = bag<() => void>()
    for (let n = 0; n < 3; n += 1) {
      const takeOut: () => void = things.add(() => takeOut())
    }
    for (const thing of things) thing()
    assert.equal(things.size, 0)
  })
})
