import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type TSchema, Type } from 'typebox'
import { faultFinderOf } from './validation.ts'

describe('what is said of a value that does not fit', () => {
  const said = (schema: TSchema, value: unknown) => faultFinderOf(schema)(value)

  it('has the words of Auth0, whatever the rule', () => {
    const format = Type.Union([Type.Literal('json'), Type.Literal('csv')])
    assert.equal(said(format, 'xml'), 'No enum match for: "xml"')
    assert.equal(said(Type.Object({}, { minProperties: 1 }), {}), 'Too few properties defined (0), minimum 1')
    const unique = Type.Array(Type.String(), { uniqueItems: true })
    assert.equal(said(unique, ['a', 'b', 'a']), 'Array items are not unique (indexes 0 and 2)')
  })

  it('is about the form that was meant, where a value may have several', () => {
    const text = Type.String({ maxLength: 3 })
    const several = Type.Union([text, Type.Object({ text }), Type.Null()])
    assert.equal(said(several, 'long'), 'String is too long (4 chars), maximum 3')
    assert.equal(said(several, { text: 'long' }), 'String is too long (4 chars), maximum 3')
    assert.equal(said(several, {}), 'Missing required property: text')
    assert.match(said(several, 1) ?? '', /^Expected type string but found type number/)
    for (const good of ['abc', { text: 'abc' }, null]) assert.equal(said(several, good), undefined)
  })
})
