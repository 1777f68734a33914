import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it, mock } from 'node:test'
import { readConfig } from '../config.ts'
import { openTls } from './local-tls.ts'

const root = mkdtempSync(join(tmpdir(), 'tenantry-tls-'))
after(() => rmSync(root, { recursive: true, force: true }))
let folders = 0
const newFolder = () => join(root, `data-${++folders}`)

const DAY_MS = 24 * 3600 * 1000

function open(dataDir: string, environment: Record<string, string> = {}) {
  return openTls(readConfig({ DATA_DIR: dataDir, ...environment }))
}

async function openLocal(dataDir: string, environment: Record<string, string> = {}) {
  const material = await open(dataDir, environment)
  assert.ok(material?.authorityFile)
  const authority = new X509Certificate(readFileSync(material.authorityFile))
  return { ...material, authority, certificate: new X509Certificate(material.cert) }
}

describe('the local certificate authority', () => {
  it('certifies every name of this machine, and its key is nobody else’s to read', async () => {
    const dataDir = newFolder()
    const { certificate, authority } = await openLocal(dataDir, { PUBLIC_URL: 'http://id.localhost:3000' })
    assert.ok(certificate.verify(authority.publicKey))
    for (const name of ['localhost', 'id.localhost']) assert.ok(certificate.checkHost(name), name)
    for (const address of ['127.0.0.1', '::1']) assert.ok(certificate.checkIP(address), address)
    assert.ok(authority.ca && !certificate.ca)
    const modes = ['ca.pem', 'ca-key.pem', 'server-key.pem'].map(
      (name) => statSync(join(dataDir, 'tls', name)).mode & 0o777,
    )
    assert.deepEqual(modes, [0o644, 0o600, 0o600])
  })

  it('stays the same at later starts, and so does its certificate', async () => {
    const dataDir = newFolder()
    const first = await openLocal(dataDir)
    const second = await openLocal(dataDir)
    assert.equal(second.cert, first.cert)
    assert.equal(second.authority.fingerprint256, first.authority.fingerprint256)
  })

  it('is made once by two servers that start together', async () => {
    const dataDir = newFolder()
    const [one, other] = await Promise.all([openLocal(dataDir), openLocal(dataDir)])
    assert.equal(one.cert, other.cert)
    assert.ok(one.certificate.checkPrivateKey((await import('node:crypto')).createPrivateKey(other.key)))
  })

  it('certifies anew for another name, before the end, and after damage; clients go on trusting it', async () => {
    const dataDir = newFolder()
    const first = await openLocal(dataDir)
    const renamed = await openLocal(dataDir, { PUBLIC_URL: 'http://other.localhost:3000' })
    assert.notEqual(renamed.cert, first.cert)
    assert.ok(renamed.certificate.checkHost('other.localhost'))

    mock.timers.enable({ apis: ['Date'], now: first.certificate.validToDate.getTime() - 29 * DAY_MS })
    const renewed = await openLocal(dataDir)
    mock.timers.reset()
    assert.ok(renewed.certificate.validToDate > first.certificate.validToDate)

    writeFileSync(join(dataDir, 'tls', 'server-key.pem'), first.key)
    const mended = await openLocal(dataDir)
    assert.notEqual(mended.cert, renewed.cert)
    for (const { authority, certificate } of [renamed, renewed, mended]) {
      assert.equal(authority.fingerprint256, first.authority.fingerprint256)
      assert.ok(certificate.verify(first.authority.publicKey))
    }
  })
})

describe('certificate files', () => {
  it('are used as they are, if they fit each other', async () => {
    const dataDir = newFolder()
    await open(dataDir)
    const tls = (name: string) => join(dataDir, 'tls', name)
    const use = (cert: string, key: string) => open(newFolder(), { TLS: `${cert},${key}` })

    const material = await use(tls('server.pem'), tls('server-key.pem'))
    assert.equal(material?.cert, readFileSync(tls('server.pem'), 'utf8'))
    assert.equal(material?.authorityFile, undefined)
    await assert.rejects(use(tls('server.pem'), tls('ca-key.pem')), /key in .*ca-key.pem does not belong to/)
    await assert.rejects(
      use(tls('none.pem'), tls('server-key.pem')),
      /none.pem, which cannot be read: there is no such/,
    )
    await assert.rejects(use(tls('server-key.pem'), tls('server-key.pem')), /holds no certificate in PEM form/)
    await assert.rejects(use(tls('server.pem'), tls('server.pem')), /holds no private key in PEM form/)
    await assert.rejects(use(dataDir, tls('server.pem')), /it is a folder/)
  })

  it('are not asked for with TLS=off', async () => {
    assert.equal(await open(newFolder(), { TLS: 'off' }), undefined)
  })

  it('in a folder that cannot be written stop the start in words', { skip: process.getuid?.() === 0 }, async () => {
    const dataDir = newFolder()
    await open(dataDir, { TLS: 'off' })
    chmodSync(root, 0o555)
    try {
      await assert.rejects(open(dataDir), /Tenantry cannot use .* Change the owner of the folder, or set DATA_DIR/)
    } finally {
      chmodSync(root, 0o755)
    }
  })
})
