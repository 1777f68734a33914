import assert from 'node:assert/strict'
import { it } from 'node:test'
import { describeUserAgent, isMobileUserAgent, userAgentFamilies } from './user-agent.ts'

const KNOWN: Record<string, [string, boolean]> = {
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.6367.91 Safari/537.36 Edg/124.0.2478.67':
    ['Edge 124.0.2478 / Windows 10.0.0', false],
  'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0': [
    'Firefox 125.0.0 / Ubuntu 0.0.0',
    false,
  ],
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Mobile/15E148 Safari/604.1':
    ['Mobile Safari 17.4.1 / iOS 17.4.1', true],
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36':
    ['Chrome Mobile 124.0.0 / Android 14.0.0', true],
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_4) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15':
    ['Safari 17.4.0 / Mac OS X 14.4.0', false],
  'Go-http-client/1.1': ['Other 0.0.0 / Other 0.0.0', false],
  '': ['Other 0.0.0 / Other 0.0.0', false],
}

it('a log entry names browser and system as people know them, and Other for what is neither', () => {
  for (const [header, [described, mobile]] of Object.entries(KNOWN)) {
    assert.equal(describeUserAgent(header), described)
    assert.equal(isMobileUserAgent(header), mobile, header)
  }
})

it('a person is told browser and system by name, and nothing where they are not known', () => {
  const firefox = 'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0'
  assert.deepEqual(userAgentFamilies(firefox), { browser: 'Firefox', system: 'Ubuntu' })
  assert.deepEqual(userAgentFamilies('Go-http-client/1.1'), {})
})
