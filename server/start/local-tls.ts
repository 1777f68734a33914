/**
 * Certificate and key of the HTTPS listener: the operator's files, or on loopback a certificate by a local
 * authority that lives in DATA_DIR/tls. Only who is told to trusts that authority (`NODE_EXTRA_CA_CERTS`,
 * `curl --cacert`); it stays the same for ten years, while the server's certificate is renewed by itself.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { Certified } from '../base/certificates.ts'
import { now } from '../base/clock.ts'
import { reasonOf, StartError } from '../base/start-error.ts'
import type { Config, TlsSetting } from '../config.ts'
import { writeAtomically } from '../db/write-atomically.ts'
import { readIfThere, whileAlone } from './generated-file.ts'

/** What the HTTPS listener presents, PEM; `authorityFile` is what clients have to trust, if it is one of ours. */
export type TlsMaterial = { cert: string; key: string; authorityFile?: string }

/** A certificate that ends within this time is to be renewed. */
export const RENEW_BEFORE_MS = 30 * 24 * 3600 * 1000

/**
 * Reads or makes it; undefined with TLS=off.
 * @throws StartError when the operator's files cannot be read or do not fit each other
 */
export async function openTls(config: Config): Promise<TlsMaterial | undefined> {
  const { tls } = config
  if (tls.kind === 'off') return undefined
  return tls.kind === 'files' ? await readTlsFiles(tls) : await openLocal(config)
}

/** The operator's certificate and key. @throws StartError when they cannot be read, do not fit each other, or have ended */
export async function readTlsFiles(files: TlsSetting & { kind: 'files' }): Promise<TlsMaterial> {
  const { cert: certFile, key: keyFile } = files
  // One after the other, so that of two that are missing the same one is named each time.
  const cert = await readForTls(certFile)
  const key = await readForTls(keyFile)
  const certificate = parse(() => new X509Certificate(cert), `${certFile} holds no certificate in PEM form`)
  const privateKey = parse(() => createPrivateKey(key), `${keyFile} holds no private key in PEM form without password`)
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new StartError(`TLS: the key in ${keyFile} does not belong to the certificate in ${certFile}.`)
  }
  if (certificate.validToDate < now()) {
    throw new StartError(`TLS: the certificate in ${certFile} ended on ${certificate.validToDate.toISOString()}.`)
  }
  // OpenSSL may still refuse it, for a short key or an old digest.
  parse(() => createSecureContext({ cert, key }), `the certificate in ${certFile} cannot be used`)
  return { cert, key }
}

async function readForTls(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new StartError(`TLS names ${path}, which cannot be read: ${reasonOf(error)}.`, { cause: error })
  }
}

function parse<T>(read: () => T, otherwise: string): T {
  try {
    return read()
  } catch (error) {
    throw new StartError(`TLS: ${otherwise} (${reasonOf(error)}).`, { cause: error })
  }
}

async function openLocal(config: Config): Promise<TlsMaterial> {
  const folder = join(config.dataDir, 'tls')
  const names = namesOf(config)
  const authorityFile = join(folder, 'ca.pem')
  const kept = await readKept(folder, names)
  if (kept.server) return { ...asMaterial(kept.server), authorityFile }
  const made = await whileAlone(config.dataDir, async () => {
    await mkdir(folder, { recursive: true, mode: 0o755 })
    // Another process may have been faster.
    const { authority, server } = await readKept(folder, names)
    if (server) return server
    return await issue(folder, authority ?? (await makeAuthority(folder)), names)
  })
  return { ...asMaterial(made), authorityFile }
}

/** Every name under which this machine is reached. */
function namesOf(config: Config): string[] {
  return [...new Set(['localhost', '127.0.0.1', '::1', publicHostOf(config)])]
}

/** The name or address in PUBLIC_URL, as certificates write it. */
export function publicHostOf({ publicUrl }: Config): string {
  return new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')
}

/** What is there and still good: an authority, and a server certificate by it for all of these names. */
async function readKept(
  folder: string,
  names: readonly string[],
): Promise<{ authority?: Certified; server?: Certified }> {
  const authority = await readPair(folder, 'ca')
  if (!authority) return {}
  const server = await readPair(folder, 'server')
  if (!server) return { authority }
  const certificate = new X509Certificate(server.certificate)
  const good =
    certificate.verify(new X509Certificate(authority.certificate).publicKey) &&
    names.every((name) => isNamedBy(certificate, name))
  return good ? { authority, server } : { authority }
}

/** Whether the certificate is for this name or address. */
export function isNamedBy(certificate: X509Certificate, name: string): boolean {
  return (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined
}

/** A certificate with the key that belongs to it, unless one is missing, damaged or soon at its end. */
async function readPair(folder: string, name: string): Promise<Certified | undefined> {
  const certificate = await readIfThere(join(folder, `${name}.pem`))
  const privateKey = await readIfThere(join(folder, `${name}-key.pem`))
  if (certificate === undefined || privateKey === undefined) return undefined
  let parsed: X509Certificate
  let key: KeyObject
  try {
    parsed = new X509Certificate(certificate)
    key = createPrivateKey(privateKey)
  } catch {
    // A damaged file is made anew like a missing one: nothing but this machine's own trust hangs on it.
    return undefined
  }
  const lasts = parsed.validToDate.getTime() - now().getTime() > RENEW_BEFORE_MS
  return lasts && parsed.checkPrivateKey(key) ? { certificate, privateKey } : undefined
}

async function makeAuthority(folder: string): Promise<Certified> {
  const { makeAuthority: make } = await import('../base/certificates.ts')
  const authority = await make('Tenantry local authority')
  await writePair(folder, 'ca', authority)
  return authority
}

async function issue(folder: string, authority: Certified, names: readonly string[]): Promise<Certified> {
  const { issueServerCertificate } = await import('../base/certificates.ts')
  const server = await issueServerCertificate(authority, names)
  await writePair(folder, 'server', server)
  return server
}

/** A start killed between the two leaves a pair that does not fit; the next one makes it anew. */
async function writePair(folder: string, name: string, { certificate, privateKey }: Certified): Promise<void> {
  await writeAtomically(join(folder, `${name}-key.pem`), privateKey, 0o600)
  await writeAtomically(join(folder, `${name}.pem`), certificate, 0o644)
}

function asMaterial({ certificate, privateKey }: Certified): TlsMaterial {
  return { cert: certificate, key: privateKey }
}
