import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isRegisteredCallback, isRegisteredLogout, isRegisteredOrigin } from './redirects.ts'

describe('registered addresses', () => {
  it('are compared exactly for callbacks', () => {
    const registered = ['https://app.example.com/cb', 'com.example.app://cb']
    assert.ok(isRegisteredCallback(registered, 'https://app.example.com/cb'))
    assert.ok(isRegisteredCallback(registered, 'com.example.app://cb'))
    for (const address of [
      'https://app.example.com/cb/',
      'https://app.example.com/cb?x=1',
      'https://app.example.com/cb#x',
      'https://app.example.com/cb/../other',
      'https://APP.example.com/cb',
      'https://app.example.com@evil.test/cb',
      'https://app.example.com.evil.test/cb',
      'http://app.example.com/cb',
      'javascript:alert(1)',
      '',
    ]) {
      assert.equal(isRegisteredCallback(registered, address), false, address)
    }
  })

  it('may have one wildcard, which stands for one label', () => {
    const registered = ['https://*.example.com/cb']
    assert.ok(isRegisteredCallback(registered, 'https://acme.example.com/cb'))
    for (const address of [
      'https://a.b.example.com/cb',
      'https://.example.com/cb',
      'https://example.com/cb',
      'https://evil.test/x.example.com/cb',
      'https://evil.test?.example.com/cb',
      'https://evil.test#.example.com/cb',
      'https://user@evil.example.com/cb',
      'https://evil.test\\.example.com/cb',
      'https://acme.example.com/cb/more',
    ]) {
      assert.equal(isRegisteredCallback(registered, address), false, address)
    }
  })

  it('leave query and fragment out for sign-outs', () => {
    const registered = ['https://app.example.com/bye?a=1', 'https://*.example.com/bye']
    assert.ok(isRegisteredLogout(registered, 'https://app.example.com/bye?b=2#c'))
    assert.ok(isRegisteredLogout(registered, 'https://acme.example.com/bye?b=2'))
    assert.equal(isRegisteredLogout(registered, 'https://app.example.com/other'), false)
    assert.equal(isRegisteredLogout(registered, 'https://evil.test/?https://app.example.com/bye'), false)
  })

  it('are origins whatever path stands behind them', () => {
    assert.ok(isRegisteredOrigin(['http://localhost:4200/'], 'http://localhost:4200'))
    assert.ok(isRegisteredOrigin(['https://*.example.com'], 'https://acme.example.com'))
    assert.equal(isRegisteredOrigin(['https://app.example.com'], 'https://app.example.com.evil.test'), false)
    assert.equal(isRegisteredOrigin(['https://app.example.com'], 'null'), false)
    assert.equal(isRegisteredOrigin(['com.example://cb'], 'https://cb'), false)
  })
})
