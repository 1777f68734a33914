/** Vectors were made with other implementations: Python's hashlib and crypt, OpenSSL, and argon2's reference. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hashPassword, needsRehash, verifyPassword } from '../hash.ts'
import type { CustomPasswordHash } from './custom-password-hash.ts'
import { bcryptHashOf, foreignHashOf } from './foreign-hash.ts'

const PASSWORD = 'Wörter-27-Brücke'
const BCRYPT = '$05$CCCCCCCCCCCCCCCCCCCCC.e22V.clf0MdEophYgx19KGZH8ljD5Ky'
const salt = { value: 'NaCl' }
const hmac = (digest: CustomPasswordHash['hash']['digest'] & string, value: string): CustomPasswordHash => ({
  algorithm: 'hmac',
  hash: { value, encoding: 'hex', digest, key: { value: 'geheim' } },
})
const ldap = (value: string): CustomPasswordHash => ({ algorithm: 'ldap', hash: { value, encoding: 'utf8' } })
const hex = (algorithm: CustomPasswordHash['algorithm'], value: string): CustomPasswordHash => ({
  algorithm,
  hash: { value, encoding: 'hex' },
})

/** TABLE: descriptions that PASSWORD fits. */
const RIGHT: Record<string, CustomPasswordHash> = {
  'bcrypt $2a$': { algorithm: 'bcrypt', hash: { value: `$2a${BCRYPT}` } },
  'bcrypt $2b$': { algorithm: 'bcrypt', hash: { value: `$2b${BCRYPT}`, encoding: 'utf8' } },
  'bcrypt $2y$': { algorithm: 'bcrypt', hash: { value: `$2y${BCRYPT}` } },
  'bcrypt with a salt of its own': {
    algorithm: 'bcrypt',
    hash: { value: '$2b$05$CCCCCCCCCCCCCCCCCCCCC.sUfXOZzk4Qkfsr4qvEw.zwyg04AzK9e' },
    salt,
  },
  md4: hex('md4', 'd9b7a8851e0428b6f589b3abc76f8648'),
  md5: hex('md5', 'b4de0a33c8132a564eb07ef67be79de6'),
  'md5 of UTF-16': { ...hex('md5', 'b37953b6ea0d613a10c13ac9313e75d3'), password: { encoding: 'utf16le' } },
  'md5 of Latin 1': { ...hex('md5', 'c5bbfa3724c7e97f09c585087cdf62b7'), password: { encoding: 'latin1' } },
  sha1: hex('sha1', '955cdab1999313296561d621c84e3f4bc738a026'),
  'sha1 with a salt behind': {
    ...hex('sha1', '5681dbcccb4e284b115b046febad9c7e39c7ee52'),
    salt: { value: '00ff10', encoding: 'hex', position: 'suffix' },
  },
  sha256: hex('sha256', '1a3aee4072946a4a4948ff26a60617e5279a968e96af446709baa18ae2e384ca'),
  'sha256 with a salt before, in base64': {
    algorithm: 'sha256',
    hash: { value: 'AaE0gLDyjqbT5tyFG3+rohE9ZXhCL6AuBMEN5nuW0+0=', encoding: 'base64' },
    salt: { ...salt, position: 'prefix' },
  },
  sha512: hex(
    'sha512',
    'a280e5355a33de25c645db7af5ad1b5067bc7bc78b8e9d4dce5c3b6b7e1b182af657e0b9ba1d7701e81bb4ac46ca39420eb9845df457037b8e9f1df9251c9ebb',
  ),
  'hmac md4': hmac('md4', '3b240c0751b115d1285696453e2e17c1'),
  'hmac md5': hmac('md5', '3b01ee1e59304036f2c74ac28b0e9c6d'),
  'hmac ripemd160': hmac('ripemd160', 'c1f3263bb7af2d94c7f9f36a194db4dfacf4733e'),
  'hmac sha1': hmac('sha1', 'c207cfa6d6669d594181c75ba72d95a11b2f1e22'),
  'hmac sha224': hmac('sha224', '0fd8bc2f30a84d57a1626d36a2787a749cfa3c7c3cb0abdae1c8f5f1'),
  'hmac sha256': hmac('sha256', '1422b789ede4557a87b0aef9234d12ed45723e74ed505df66d79d8cdbe71b81c'),
  'hmac sha384': hmac(
    'sha384',
    'e752cbc39d8ef12b83da5645c8cf9ac00feb10c01dcf9fbaf9e3fae70643c5fd7eb11ad65013863a9a5fc4a43b281bc4',
  ),
  'hmac sha512': hmac(
    'sha512',
    '56e4cf0cc35a5738c8df98f4fa0ded0359ea2ba004a1fe638abe9f1fc45c1e62458a999aafddba8f09dd474243c44e6bf7f83bd4034e0ec61b71153363e4ef56',
  ),
  'hmac whirlpool': hmac(
    'whirlpool',
    '6829c459deabd4bea17bcc48dad9d9ba7aef7019306ae39611b27b11de714e0bd5e68dec26b61d5e26b21baf6fb775f1d1c975f6522b9050846b4b4326a40492',
  ),
  'hmac with a key in hex': {
    algorithm: 'hmac',
    hash: {
      value: 'FCK3ie3kVXqHsK75I00S7UVyPnTtUF32bXnYzb5xuBw=',
      encoding: 'base64',
      digest: 'sha256',
      key: { value: Buffer.from('geheim').toString('hex'), encoding: 'hex' },
    },
  },
  '{MD5}': ldap('{MD5}tN4KM8gTKlZOsH72e+ed5g=='),
  '{SMD5}': ldap('{SMD5}ebRSLzSJCFxnKC8pEcBbqgECAwQ='),
  '{SHA}': ldap('{SHA}lVzasZmTEyllYdYhyE4/S8c4oCY='),
  '{SSHA}': ldap('{SSHA}+6wFyDs8f1V1uZZ4TecqzUTnz38BAgME'),
  '{ssha}': ldap('{ssha}+6wFyDs8f1V1uZZ4TecqzUTnz38BAgME'),
  '{SHA256}': ldap('{SHA256}GjruQHKUakpJSP8mpgYX5Sealo6Wr0RnCbqhiuLjhMo='),
  '{SSHA256}': ldap('{SSHA256}OQovD+GVBdYUTBt6MeE0nQv2llN3lut3eqqHmpAQMVYBAgME'),
  '{SHA512}': ldap('{SHA512}ooDlNVoz3iXGRdt69a0bUGe8e8eLjp1Nzlw7a34bGCr2V+C5uh13AegbtKxGyjlCDrmEXfRXA3uOnx35JRyeuw=='),
  '{SSHA512}': ldap(
    '{SSHA512}DIaDyTVybS9PC00a+jvkqixrk4gvUSm5tfdm7r4SoQK7V9WHX/9DtNK8UV0YK0WOW4yG9VS6wc87vvVmvg558QECAwQ=',
  ),
  'pbkdf2 sha256': {
    algorithm: 'pbkdf2',
    hash: { value: '$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHRzYWx0$SORZ5QHs4fyHz8+U6yVgMllb3CIHFqmzmxmUVgpkFYw' },
  },
  'pbkdf2 sha512': {
    algorithm: 'pbkdf2',
    hash: {
      value:
        '$pbkdf2-sha512$i=1000,l=64$c2FsdHNhbHRzYWx0$kK5+bYz0+UUADL0WNfxD6Ws9AHmW962Lx10YGzMhG+q+NY2EGYg3/w5IAtzwHu56u0iNPAqhzxgAaFMrjhTm/A',
      encoding: 'utf8',
    },
  },
  scrypt: {
    ...hex('scrypt', 'eff8ca2f0b7a3397917778bfffde9c63d6dbb2bb0fcd1dd82356a26c3152f610'),
    salt: { value: 'Meersalz' },
    keylen: 32,
    cost: 1024,
  },
  'scrypt with the default cost': {
    ...hex(
      'scrypt',
      '37941125c086d45fcfcd6ad9df7e44395b158b8fa5e110f9c9db0f05092c47768388549169d2521d3cefd438cd06d6e01b8a7d20b474bece8d1feda031a76a43',
    ),
    salt: { value: Buffer.from('Meersalz').toString('base64'), encoding: 'base64' },
    keylen: 64,
  },
}

/** TABLE: descriptions that are refused, with Auth0's code and the place. */
const WRONG: Record<string, [CustomPasswordHash, string, string]> = {
  'md5 without encoding': [{ algorithm: 'md5', hash: { value: 'x' } }, 'ENUM_MISMATCH', 'hash.encoding'],
  'bcrypt in hex': [
    { algorithm: 'bcrypt', hash: { value: `$2b${BCRYPT}`, encoding: 'hex' } },
    'ENUM_MISMATCH',
    'hash.encoding',
  ],
  'md5 of a wrong length': [hex('md5', 'b4de0a33'), 'FORMAT', 'hash.value'],
  'md5 that is no hex': [hex('md5', 'z'.repeat(32)), 'FORMAT', 'hash.value'],
  'an hmac without digest': [hex('hmac', 'b4de0a33c8132a564eb07ef67be79de6'), 'OBJECT_REQUIRED', 'hash.digest'],
  'an hmac without key': [
    { algorithm: 'hmac', hash: { value: 'b4de0a33c8132a564eb07ef67be79de6', encoding: 'hex', digest: 'md5' } },
    'OBJECT_REQUIRED',
    'hash.key',
  ],
  'ldap crypt': [ldap('{CRYPT}$1$abc$def'), 'FORMAT', 'hash.value'],
  'ldap with a salt beside it': [{ ...ldap('{MD5}tN4KM8gTKlZOsH72e+ed5g=='), salt }, 'NOT_PASSED', 'salt'],
  'bcrypt of a cost beyond all bounds': [
    { algorithm: 'bcrypt', hash: { value: `$2b${BCRYPT.replace('$05', '$14')}` } },
    'FORMAT',
    'hash.value',
  ],
  'argon2 of another version': [
    { algorithm: 'argon2', hash: { value: '$argon2id$v=16$m=65536,t=2,p=1$c29tZXNhbHQ$x' } },
    'FORMAT',
    'hash.value',
  ],
  'pbkdf2 with too many iterations': [
    {
      algorithm: 'pbkdf2',
      hash: { value: '$pbkdf2-sha256$i=9000000,l=32$c2FsdA$SORZ5QHs4fyHz8+U6yVgMllb3CIHFqmzmxmUVgpkFYw' },
    },
    'FORMAT',
    'hash.value',
  ],
  'pbkdf2 that takes all iterations for each of many blocks': [
    {
      algorithm: 'pbkdf2',
      hash: { value: `$pbkdf2-sha1$i=2000000,l=512$c2FsdA$${Buffer.alloc(512).toString('base64')}` },
    },
    'FORMAT',
    'hash.value',
  ],
  'argon2 of much memory and many passes': [
    {
      algorithm: 'argon2',
      hash: {
        value: '$argon2id$v=19$m=262144,t=64,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
      },
    },
    'FORMAT',
    'hash.value',
  ],
  'scrypt without keylen': [{ ...hex('scrypt', 'ff'), salt }, 'OBJECT_REQUIRED', 'keylen'],
  'scrypt without salt': [{ ...hex('scrypt', 'ff'), keylen: 32 }, 'OBJECT_REQUIRED', 'salt'],
  'scrypt of a cost that is no power of two': [
    { ...hex('scrypt', 'ff'), salt, keylen: 32, cost: 1000 },
    'FORMAT',
    'cost',
  ],
  'scrypt of a cost that its block size does not allow': [
    { ...hex('scrypt', '00'.repeat(32)), salt, keylen: 32, cost: 65_536, blockSize: 1 },
    'MAXIMUM',
    'cost',
  ],
  'scrypt that takes a gigabyte': [
    { ...hex('scrypt', 'ff'), salt, keylen: 32, cost: 1_048_576, blockSize: 8 },
    'MAXIMUM',
    'cost',
  ],
}

function storedOf(description: CustomPasswordHash): string {
  const outcome = foreignHashOf(description)
  assert.ok('stored' in outcome, JSON.stringify(outcome))
  return outcome.stored
}

describe('a password hash from elsewhere', () => {
  for (const [name, description] of Object.entries(RIGHT)) {
    it(`is checked and is to be replaced: ${name}`, async () => {
      const stored = storedOf(description)
      assert.equal(await verifyPassword(stored, PASSWORD), true)
      assert.equal(await verifyPassword(stored, 'Woerter-27-Bruecke'), false)
      assert.equal(await verifyPassword(stored, ''), false)
      assert.equal(needsRehash(stored), true)
    })
  }

  it('is ours already where it is an argon2 hash, and weaker ones are to be replaced', async () => {
    // The reference implementation's own example: argon2i of `password`.
    const value = '$argon2i$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG'
    const stored = storedOf({ algorithm: 'argon2', hash: { value, encoding: 'utf8' } })
    assert.equal(stored, value)
    assert.equal(await verifyPassword(stored, 'password'), true)
    assert.equal(await verifyPassword(stored, 'passwort'), false)
    assert.equal(needsRehash(stored), true)
    assert.equal(needsRehash(storedOf({ algorithm: 'argon2', hash: { value: await hashPassword('x') } })), false)
    const wide = storedOf({ algorithm: 'argon2', hash: { value }, password: { encoding: 'utf16le' } })
    assert.equal(await verifyPassword(wide, 'password'), false)
  })

  it('may be a bare bcrypt hash, and nothing else', async () => {
    const outcome = bcryptHashOf(`$2b${BCRYPT}`)
    assert.ok('stored' in outcome)
    assert.equal(await verifyPassword(outcome.stored, PASSWORD), true)
    assert.deepEqual('fault' in bcryptHashOf('secret') && Object.keys(bcryptHashOf('secret')), ['fault'])
  })

  it('of bcrypt keeps nobody waiting but whoever has one as well', async () => {
    const stored = storedOf({ algorithm: 'bcrypt', hash: { value: `$2b${BCRYPT.replace('$05', '$10')}` } })
    let settled = 0
    const slow = Array.from({ length: 8 }, async () => {
      await verifyPassword(stored, PASSWORD)
      settled += 1
    })
    await hashPassword(PASSWORD)
    assert.ok(settled < 4, `${settled} were before it`)
    await Promise.all(slow)
  })

  it('of bcrypt may cost up to 13', () => {
    assert.ok('stored' in bcryptHashOf(`$2b${BCRYPT.replace('$05', '$13')}`))
  })

  it('looks at the first 72 bytes of a password with bcrypt, as bcrypt does', async () => {
    const stored = storedOf({ algorithm: 'bcrypt', hash: { value: `$2b${BCRYPT}` } })
    assert.equal(await verifyPassword(stored, 'x'.repeat(500)), false)
  })

  for (const [name, [description, code, place]] of Object.entries(WRONG)) {
    it(`is refused: ${name}`, () => {
      const outcome = foreignHashOf(description)
      assert.ok('fault' in outcome)
      assert.deepEqual([outcome.fault.code, outcome.fault.path], [code, `custom_password_hash.${place}`])
    })
  }
})
