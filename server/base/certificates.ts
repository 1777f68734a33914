/**
 * X.509 certificates: for signing keys, and the local certificate authority of a server on loopback. Loaded only
 * when one has to be made, since the library is large.
 */
import 'reflect-metadata'
import { createPrivateKey, generateKeyPair, type KeyObject, type webcrypto, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import * as x509 from '@peculiar/x509'
import { now } from './clock.ts'

const generate = promisify(generateKeyPair)
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const YEAR_MS = 365 * 24 * 3600 * 1000

/** A key pair. */
export type KeyPair = { publicKey: KeyObject; privateKey: KeyObject }
/** A certificate and its private key, both PEM. */
export type Certified = { certificate: string; privateKey: string }

/** An RSA key pair of 2,048 bits. */
export async function makeRsaKeyPair(): Promise<KeyPair> {
  return await generate('rsa', { modulusLength: 2048 })
}

/** A certificate that an RSA key gives itself, PEM, valid for ten years. */
export async function certifyItself(pair: KeyPair, commonName: string): Promise<string> {
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    ...validFor(10),
    signingAlgorithm: RSA,
    keys: cryptoKeys(pair, RSA),
  })
  return certificate.toString('pem')
}

/** A certificate authority for this machine, valid for ten years; it may sign server certificates and nothing else. */
export async function makeAuthority(commonName: string): Promise<Certified> {
  const pair = await generate('ec', { namedCurve: 'P-256' })
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    ...validFor(10),
    signingAlgorithm: EC,
    keys: cryptoKeys(pair, EC),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  })
  return { certificate: certificate.toString('pem'), privateKey: pem(pair.privateKey) }
}

/** A server certificate for these names and addresses, signed by the authority, valid for two years. */
export async function issueServerCertificate(authority: Certified, names: readonly string[]): Promise<Certified> {
  const pair = await generate('ec', { namedCurve: 'P-256' })
  const issuer = new X509Certificate(authority.certificate)
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [names[0] ?? 'localhost'] }],
    issuer: issuer.subject.split('\n').reverse().join(', '),
    ...validFor(2),
    publicKey: pair.publicKey.toCryptoKey(EC, true, ['verify']),
    signingKey: createPrivateKey(authority.privateKey).toCryptoKey(EC, true, ['sign']),
    signingAlgorithm: EC,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names.map(alternativeName)),
    ],
  })
  return { certificate: certificate.toString('pem'), privateKey: pem(pair.privateKey) }
}

function alternativeName(name: string): { type: 'ip' | 'dns'; value: string } {
  return { type: /^[\d.]+$|:/.test(name) ? 'ip' : 'dns', value: name }
}

function validFor(years: number): { notBefore: Date; notAfter: Date } {
  const begin = now().getTime()
  // A clock that runs a little behind ours must not find the certificate to be from the future.
  return { notBefore: new Date(begin - 24 * 3600 * 1000), notAfter: new Date(begin + years * YEAR_MS) }
}

function cryptoKeys({ publicKey, privateKey }: KeyPair, algorithm: typeof RSA | typeof EC): webcrypto.CryptoKeyPair {
  return {
    publicKey: publicKey.toCryptoKey(algorithm, true, ['verify']),
    privateKey: privateKey.toCryptoKey(algorithm, true, ['sign']),
  }
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
