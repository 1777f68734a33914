import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { readConfig } from '../config.ts'
import { openEncryptionKey, refuseMissingKey } from './encryption-key.ts'

const root = mkdtempSync(join(tmpdir(), 'tenantry-key-'))
after(() => rmSync(root, { recursive: true, force: true }))
let folders = 0
const newFolder = () => join(root, `data-${++folders}`)

const KEY = Buffer.alloc(32, 5)
const PUBLIC = { PUBLIC_URL: 'https://id.example.com' }

function open(dataDir: string, environment: Record<string, string>, isInUse = false): Promise<Buffer> {
  return openEncryptionKey(readConfig({ DATA_DIR: dataDir, ...environment }), isInUse)
}

describe('the encryption key', () => {
  it('is the one that is set, or that a file holds', async () => {
    const file = join(root, 'key-file')
    writeFileSync(file, `${KEY.toString('base64')}\n`)
    assert.deepEqual(await open(newFolder(), { ...PUBLIC, ENCRYPTION_KEY: KEY.toString('base64') }), KEY)
    assert.deepEqual(await open(newFolder(), { ...PUBLIC, ENCRYPTION_KEY_FILE: file }), KEY)
  })

  it('in a file that holds none is told before a database is made', async () => {
    const missing = readConfig({ ENCRYPTION_KEY_FILE: join(root, 'no-key-file') })
    await assert.rejects(refuseMissingKey(missing), /no-key-file, which cannot be read: there is no such file/)
  })

  it('is made on loopback for a new database, for the owner’s eyes alone, and found again', async () => {
    const dataDir = newFolder()
    const keys = await Promise.all([open(dataDir, {}), open(dataDir, {})])
    assert.deepEqual(keys[0], keys[1])
    assert.equal(statSync(join(dataDir, 'encryption-key')).mode & 0o777, 0o600)
    assert.deepEqual(await open(dataDir, {}, true), keys[0])
  })

  it('is not made for a database that has secrets under another one', async () => {
    const dataDir = newFolder()
    await assert.rejects(open(dataDir, {}, true), /their key is missing: .*encryption-key is not there. Restore it/)
    assert.throws(() => statSync(join(dataDir, 'encryption-key')))
  })

  it('off loopback is the operator’s to make; the refusal has the command', async () => {
    const dataDir = newFolder()
    await assert.rejects(open(dataDir, PUBLIC), /ENCRYPTION_KEY is needed.*`openssl rand -base64 32`/)
    assert.throws(() => statSync(join(dataDir, 'encryption-key')))
    mkdirSync(dataDir)
    writeFileSync(join(dataDir, 'encryption-key'), KEY.toString('base64'))
    await assert.rejects(open(dataDir, PUBLIC), RegExp(`ENCRYPTION_KEY_FILE=${dataDir}/encryption-key`))
  })

  it('in a file that is missing or holds something else stops the start, without repeating what it holds', async () => {
    const file = join(root, 'no-key')
    writeFileSync(file, 'a password of somebody')
    const refusal = await open(newFolder(), { ENCRYPTION_KEY_FILE: file }).catch((error: Error) => error.message)
    assert.match(String(refusal), /no-key, does not hold an encryption key: 32 bytes in base64/)
    assert.ok(!String(refusal).includes(readFileSync(file, 'utf8')))
    await assert.rejects(open(newFolder(), { ENCRYPTION_KEY_FILE: join(root, 'gone') }), /gone, which cannot be read/)
    const dataDir = newFolder()
    mkdirSync(dataDir)
    writeFileSync(join(dataDir, 'encryption-key'), '')
    await assert.rejects(open(dataDir, {}), /encryption-key does not hold an encryption key/)
  })
})
