import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import { ConfigError, readConfig } from './config.ts'
import { SETTINGS } from './config-settings.ts'
import { caughtMails } from './config-warnings.ts'

describe('settings', () => {
  it('need nothing to be set: a server for this machine alone, with everything in ./data', () => {
    const config = readConfig({})
    assert.equal(config.publicUrl, 'http://localhost:3000')
    assert.equal(config.issuer, 'http://localhost:3000/')
    assert.equal(config.managementAudience, 'http://localhost:3000/api/v2/')
    assert.equal(config.host, '127.0.0.1')
    assert.deepEqual(config.tls, { kind: 'self-signed' })
    assert.equal(config.tlsPort, 3443)
    assert.equal(config.dataDir, resolve('data'))
    assert.equal(config.databaseUrl, undefined)
    assert.equal(config.demo, undefined)
    assert.equal(config.rateLimits, true)
    assert.deepEqual(config.warnings, [])
  })

  it('take an empty value for an unset one', () => {
    const empty = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, ' ']))
    assert.deepEqual(readConfig(empty), readConfig({}))
  })

  it('off loopback listen to everybody, by plain HTTP unless told otherwise', () => {
    const config = readConfig({ PUBLIC_URL: 'https://id.example.com/', PORT: '8080' })
    assert.equal(config.host, '0.0.0.0')
    assert.equal(config.tlsPort, undefined)
    assert.equal(config.listensPlain, true)
    assert.equal(config.issuer, 'https://id.example.com/')
  })

  it('with certificate files listen by HTTPS alone', () => {
    const config = readConfig({ TLS: 'cert.pem, /etc/key.pem', PUBLIC_URL: 'https://id.example.com', TLS_PORT: '8443' })
    assert.deepEqual(config.tls, { kind: 'files', cert: resolve('cert.pem'), key: '/etc/key.pem' })
    assert.equal(config.listensPlain, false)
    assert.equal(config.tlsPort, 8443)
  })

  it('take an address as browsers write it, and no other', () => {
    for (const address of ['HTTPS://id.example.com', 'https://ID.example.com/', 'https://id.example.com:443']) {
      const right = 'It must be written as browsers write it: https://id.example.com.'
      assert.equal(refusalOf({ PUBLIC_URL: address }), `PUBLIC_URL is "${address}". ${right}`)
    }
    for (const end of ['?', '#'])
      assert.match(refusalOf({ PUBLIC_URL: `http://localhost:3000${end}` }), /must be written/)
    assert.equal(readConfig({ PUBLIC_URL: 'https://id.example.com:8443/' }).issuer, 'https://id.example.com:8443/')
  })

  it('take no proxy that is no address and no network', () => {
    for (const wrong of ['10.0.0.0/33', '10.0.0.0/0', '...', 'fe80::/129', '10.0.0.1,10.0.0', '10.0.0.0/8/8']) {
      assert.match(refusalOf({ TRUST_PROXY: wrong }), /^TRUST_PROXY is ".*"\. It must be addresses or networks/)
    }
    const right = ['10.0.0.5', '192.168.0.0/16', '::1', 'fd00::/8']
    assert.deepEqual(readConfig({ TRUST_PROXY: right.join(', ') }).trustProxy, right)
  })

  it('that are wrong are named all at once, each with what would be right', () => {
    const message = refusalOf({
      PORT: '70000',
      PUBLIC_URL: 'localhost:3000',
      TLS: 'yes',
      DEMO: 'true',
      TRUST_PROXY: 'my-proxy',
      DATABASE_CONNECTIONS: '0',
      LOG_LEVEL: 'trace',
    })
    assert.deepEqual(message.split('\n'), [
      'PORT is "70000". It must be a port number from 1 to 65535.',
      'PUBLIC_URL is "localhost:3000". It must be an address such as https://id.example.com, without a path.',
      'TLS is "yes". It must be off, self-signed, or two files: certificate.pem,key.pem.',
      'DATABASE_CONNECTIONS is "0". It must be a whole number from 1 to 9999.',
      'TRUST_PROXY is "my-proxy". It must be addresses or networks such as 10.0.0.5,192.168.0.0/16.',
      'DEMO is "true". It must be on or off.',
      'LOG_LEVEL is "trace". It must be debug, info, warn or error.',
    ])
  })

  it('do not repeat a secret, however wrong it is', () => {
    const message = refusalOf({
      ENCRYPTION_KEY: 'not-thirty-two-bytes',
      DATABASE_URL: 'mysql://root:hunter2@db/x',
      BOOTSTRAP_CLIENT_ID: 'ci',
      BOOTSTRAP_CLIENT_SECRET: 'much-too-short',
    })
    for (const name of ['ENCRYPTION_KEY', 'DATABASE_URL', 'BOOTSTRAP_CLIENT_SECRET'])
      assert.match(message, RegExp(name))
    for (const secret of ['not-thirty-two-bytes', 'hunter2', 'much-too-short']) {
      assert.ok(!message.includes(secret), `${secret} is repeated in: ${message}`)
    }
  })

  for (const [what, environment, expected] of [
    [
      'a bootstrap client without its secret',
      { BOOTSTRAP_CLIENT_ID: 'ci' },
      /BOOTSTRAP_CLIENT_ID and BOOTSTRAP_CLIENT_SECRET/,
    ],
    ['two keys', { ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'), ENCRYPTION_KEY_FILE: 'key' }, /both set/],
    ['one port for two listeners', { PORT: '3000', TLS_PORT: '3000' }, /PORT and TLS_PORT are both 3000/],
    ['a second port beyond the last one', { PORT: '65500' }, /Set TLS_PORT/],
    ['an address with a path', { PUBLIC_URL: 'https://example.com/auth' }, /without a path/],
  ] as const) {
    it(`refuse ${what}`, () => assert.match(refusalOf(environment), expected))
  }

  it('warn of a name one letter off, and of no other', () => {
    const { warnings } = readConfig({
      DATABSE_URL: 'x',
      PUBLICURL: 'x',
      DEMOS: 'x',
      TSL_PORT: '1',
      PATH: '/bin',
      HOME: '/',
    })
    assert.deepEqual(warnings, [
      'DATABSE_URL is not a setting. Did you mean DATABASE_URL?',
      'PUBLICURL is not a setting. Did you mean PUBLIC_URL?',
      'DEMOS is not a setting. Did you mean DEMO?',
      'TSL_PORT is not a setting. Did you mean TLS_PORT?',
    ])
  })

  it('warn of an address that travels readable, and of one where nothing listens', () => {
    const warningsOf = (environment: Record<string, string>) => readConfig(environment).warnings.join('\n')
    assert.match(warningsOf({ PUBLIC_URL: 'http://id.example.com' }), /without https/)
    assert.equal(warningsOf({ PUBLIC_URL: 'https://id.example.com' }), '')
    assert.match(warningsOf({ PUBLIC_URL: 'http://localhost:8080' }), /nothing listens there. Set PORT to 8080/)
    assert.match(warningsOf({ PUBLIC_URL: 'https://localhost:8443' }), /Set TLS_PORT to 8443/)
    assert.equal(warningsOf({ PUBLIC_URL: 'https://localhost:3443' }), '')
    assert.match(
      warningsOf({ TLS: 'a.pem,a.key' }),
      /nothing listens by http. Set PUBLIC_URL to https:..localhost:3443\.$/,
    )
  })

  it('warn of mails that reach nobody, where the server is there for others and nothing sends them', () => {
    assert.match(caughtMails(true, true).join(), /Mails reach nobody.*Set SMTP_URL/)
    assert.deepEqual([...caughtMails(true, false), ...caughtMails(false, true)], [])
  })
})

function refusalOf(environment: Record<string, string>): string {
  try {
    readConfig(environment)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.message
  }
  throw new assert.AssertionError({ message: 'the settings were accepted' })
}
