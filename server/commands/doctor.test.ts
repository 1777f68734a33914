import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it, mock } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { type Certified, issueServerCertificate, makeAuthority } from '../base/certificates.ts'
import { commands } from './commands.testing.ts'

const DAY_MS = 86_400_000
const TWO_YEARS_DAYS = 730

describe('the doctor on a certificate', async () => {
  const { run } = commands(await startTestServer())
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-doctor-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const authority = await makeAuthority('Test authority')

  /** Issued so that it ends in so many days. */
  async function issue(names: string[], endsInDays: number): Promise<Certified> {
    mock.timers.enable({ apis: ['Date'], now: Date.now() + (endsInDays - TWO_YEARS_DAYS) * DAY_MS })
    try {
      return await issueServerCertificate(authority, names)
    } finally {
      mock.timers.reset()
    }
  }

  const file = (name: string, text: string) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  const certificate = (name: string, { certificate, privateKey }: Certified) =>
    `${file(`${name}.pem`, certificate)},${file(`${name}-key.pem`, privateKey)}`

  async function examine(tls: string, more: Record<string, string> = {}): Promise<{ code: number; lines: string[] }> {
    const { code, out } = await run(['doctor'], { PUBLIC_URL: 'https://id.acme.example', TLS: tls, ...more })
    return { code, lines: out.split('\n').filter((line) => / certificate: /.test(line)) }
  }

  it('finds one well that is for the host and lasts', async () => {
    const { code, lines } = await examine(certificate('well', await issue(['id.acme.example'], 31)))
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /^✔ certificate: \S+well.pem is for id\.acme\.example and ends on 20/)
    assert.equal(code, 0)
    const wildcard = await examine(certificate('wildcard', await issue(['*.acme.example'], 400)))
    assert.match(wildcard.lines.join(), /^✔[^✖!]*$/)
  })

  it('says of one that is not good what is wrong with it, and fails', async () => {
    const well = await issue(['id.acme.example'], 400)
    const ended = certificate('ended', await issue(['id.acme.example'], -1))
    const early = certificate('early', await issue(['id.acme.example'], TWO_YEARS_DAYS + 9))
    const other = certificate('other', await issue(['shop.acme.example', 'acme.example'], 400))
    const [cert, key] = certificate('well', well).split(',')
    for (const [tls, expected] of [
      [`${join(folder, 'gone.pem')},${key}`, /^✖ .*gone\.pem, which cannot be read: there is no such/],
      [`${folder},${key}`, /^✖ .*it is a folder/],
      [`${cert},${join(folder, 'other-key.pem')}`, /^✖ .*other-key\.pem does not belong to the certificate/],
      [`${key},${key}`, /^✖ .*holds no certificate in PEM form/],
      [ended, /^✖ .*ended\.pem ended on 20/],
      [early, /^✖ .*early\.pem begins on 20/],
      [other, /^✖ .*other\.pem is not for id\.acme\.example, .* but for DNS:shop\.acme\.example, DNS:acme\.example$/],
    ] as const) {
      const { code, lines } = await examine(tls)
      assert.equal(lines.length, 1, lines.join('\n'))
      assert.match(lines[0] ?? '', expected)
      assert.equal(code, 1, String(expected))
    }
  })

  it('warns of one that ends soon, and behind a proxy of one for another host', async () => {
    const soon = await examine(certificate('soon', await issue(['id.acme.example'], 29)))
    assert.match(soon.lines.join('\n'), /^! certificate: \S+soon\.pem ends on 20.*Renew it, and restart the server$/)
    assert.equal(soon.code, 0)
    const inner = certificate('inner', await issue(['inner.local'], 400))
    const behind = await examine(inner, { TRUST_PROXY: '10.0.0.1' })
    assert.match(behind.lines.join('\n'), /^! certificate: \S+inner\.pem is not for id\.acme\.example/)
    assert.equal(behind.code, 0)
  })

  it('looks for no file where none is named', async () => {
    assert.deepEqual((await examine('off')).lines, ['✔ certificate: none; the server listens on HTTP alone'])
    const { lines } = await examine('self-signed', { PUBLIC_URL: 'http://localhost:3000' })
    assert.deepEqual(lines, ['✔ certificate: of a local authority; a start makes and renews it'])
  })
})
