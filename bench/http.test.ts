import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readExtent, requestText } from './http.ts'

describe('the client of the bench', () => {
  const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello')

  it('finds where an answer ends, also while it is still arriving', () => {
    assert.equal(readExtent(answer.subarray(0, 20)), undefined)
    assert.deepEqual(readExtent(answer.subarray(0, 40)), { begin: 38, end: 43 })
    assert.deepEqual(readExtent(answer), { begin: 38, end: 43 })
  })

  it('takes nothing but success for an answer', () => {
    const refusal = Buffer.from('HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\nno')
    assert.throws(() => readExtent(refusal), /401 Unauthorized: no/)
    assert.throws(() => readExtent(Buffer.from('HTTP/1.1 200 OK\r\n\r\n')), /how long/)
  })

  it('says how many bytes a body has, and sends a token only where there is one', () => {
    const request = { method: 'PATCH', path: '/', body: { name: 'Zoë' }, isRight: () => true }
    assert.match(requestText(request, undefined), /content-length: 15\r\n\r\n\{"name":"Zoë"\}$/)
    assert.doesNotMatch(requestText(request, undefined), /authorization/)
    assert.match(requestText(request, 'abc'), /\r\nauthorization: Bearer abc\r\n/)
  })
})
