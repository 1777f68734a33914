import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Type } from 'typebox'
import { replyWriter } from './reply-filter.ts'

const Person = Type.Object({
  name: Type.String(),
  metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  identities: Type.Optional(Type.Array(Type.Object({ id: Type.String() }))),
})
const Open = Type.Object({ name: Type.String() }, { additionalProperties: true })
const List = Type.Union([
  Type.Array(Person),
  Type.Object({ people: Type.Array(Person), total: Type.Integer() }),
  Type.Object({ people: Type.Array(Person), next: Type.String() }),
])

function written(schema: Parameters<typeof replyWriter>[0], answer: unknown): unknown {
  return JSON.parse(replyWriter(schema)(answer))
}

describe('what leaves', () => {
  it('is what the schema lists, at every depth; what is free of shape stays whole', () => {
    const answer = { name: 'Ann', hash: 'x', metadata: { a: { hash: 'mine' } }, identities: [{ id: '1', token: 'x' }] }
    assert.deepEqual(written(Person, answer), {
      name: 'Ann',
      metadata: { a: { hash: 'mine' } },
      identities: [{ id: '1' }],
    })
    assert.deepEqual(written(Open, { name: 'Ann', locale: 'de' }), { name: 'Ann', locale: 'de' })
  })

  it('is cut in each form of a list', () => {
    const people = [{ name: 'Ann', hash: 'x' }]
    assert.deepEqual(written(List, people), [{ name: 'Ann' }])
    assert.deepEqual(written(List, { people, total: 1, secret: 1 }), { people: [{ name: 'Ann' }], total: 1 })
    assert.deepEqual(written(List, { people, next: 'n', secret: 1 }), { people: [{ name: 'Ann' }], next: 'n' })
  })

  it('is never refused, even of another shape', () => {
    assert.deepEqual(written(Person, { name: 7 }), { name: 7 })
    assert.deepEqual(written(Person, null), null)
    assert.deepEqual(written(List, 'text'), 'text')
  })
})
