import assert from 'node:assert/strict'
import { it } from 'node:test'
import { ApiError } from '../http/errors.ts'
import { checkAllowlist, isListed } from './allowlist.ts'

const LIST = ['203.0.113.7', '198.51.100.0/24', '2001:db8::1', '2001:db8:1::/48', '::ffff:192.0.2.1']

it('an address is on a list by itself or in a network, however it is written', () => {
  for (const address of [
    '203.0.113.7',
    '::ffff:203.0.113.7',
    '::ffff:cb00:7107',
    '198.51.100.255',
    '2001:0db8:0:0::1',
    '2001:db8:1:ffff::9',
    '192.0.2.1',
  ]) {
    assert.ok(isListed(LIST, address), address)
  }
  for (const address of ['203.0.113.8', '198.51.101.0', '2001:db8::2', '2001:db8:2::', '', 'unknown', '192.0.2.2']) {
    assert.ok(!isListed(LIST, address), address)
  }
  assert.ok(!isListed([], '203.0.113.7'))
})

it('a list takes addresses and networks alone', () => {
  checkAllowlist(LIST)
  for (const entry of [
    '',
    'localhost',
    '203.0.113',
    '203.0.113.7/33',
    '203.0.113.7/',
    '203.0.113.7/8/8',
    '203.0.113.7/-1',
    '2001:db8::/129',
    'fe80::1%eth0',
    '203.0.113.7/0x8',
    ' 203.0.113.7',
  ]) {
    assert.throws(
      () => checkAllowlist([...LIST, entry]),
      (error) => error instanceof ApiError && error.code === 'invalid_body' && error.message.includes(`'${entry} is`),
    )
  }
})
