/**
 * The key under which secrets in the database are encrypted: given as a setting, given as a file, or on loopback
 * generated into DATA_DIR. Lost key, lost secrets: so one is generated only for a database that has none yet.
 */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { reasonOf, StartError } from '../base/start-error.ts'
import type { Config } from '../config.ts'
import { writeAtomically } from '../db/write-atomically.ts'
import { readIfThere, whileAlone } from './generated-file.ts'

const MAKE_ONE = 'openssl rand -base64 32'

/**
 * Off loopback a key is the operator's to make. Told before anything else is started, a database among it.
 * @throws StartError when the settings name none, or a file that holds none
 */
export async function refuseMissingKey(config: Config): Promise<void> {
  if (config.encryptionKeyFile !== undefined) await readKeyFile(config.encryptionKeyFile)
  if (config.isLoopback || config.encryptionKey !== undefined || config.encryptionKeyFile !== undefined) return
  const path = pathOf(config)
  const rest =
    (await readIfThere(path)) === undefined
      ? `Make one with \`${MAKE_ONE}\`, keep it apart from the database, and set it at every start.`
      : `There is one from an earlier start on this machine alone: use it with ENCRYPTION_KEY_FILE=${path}.`
  throw new StartError(`ENCRYPTION_KEY is needed, because PUBLIC_URL is ${config.publicUrl}. ${rest}`)
}

/**
 * Finds or makes the key.
 *
 * @param isInUse whether the database already holds secrets
 * @returns 32 bytes
 * @throws StartError when there is none and none may be made
 */
export async function openEncryptionKey(config: Config, isInUse: boolean): Promise<Buffer> {
  if (config.encryptionKey !== undefined) return decode(config.encryptionKey, 'ENCRYPTION_KEY')
  if (config.encryptionKeyFile !== undefined) return await readKeyFile(config.encryptionKeyFile)
  await refuseMissingKey(config)
  const path = pathOf(config)
  const kept = await readIfThere(path)
  if (kept !== undefined) return decode(kept, path)
  if (isInUse) {
    throw new StartError(
      `The secrets in this database are encrypted, and their key is missing: ${path} is not there. Restore it from ` +
        'the backup the database came from, or set ENCRYPTION_KEY. Nothing was changed.',
    )
  }
  return await whileAlone(config.dataDir, () => keepOrMake(path))
}

function pathOf({ dataDir }: Config): string {
  return join(dataDir, 'encryption-key')
}

async function keepOrMake(path: string): Promise<Buffer> {
  const kept = await readIfThere(path)
  if (kept !== undefined) return decode(kept, path)
  const key = randomBytes(32)
  await writeAtomically(path, `${key.toString('base64')}\n`, 0o600)
  return key
}

async function readKeyFile(path: string): Promise<Buffer> {
  try {
    return decode(await readFile(path, 'utf8'), `The file that ENCRYPTION_KEY_FILE names, ${path},`)
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError(`ENCRYPTION_KEY_FILE is ${path}, which cannot be read: ${reasonOf(error)}.`, { cause: error })
  }
}

function decode(text: string, source: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length === 32) return key
  throw new StartError(`${source} does not hold an encryption key: 32 bytes in base64, as \`${MAKE_ONE}\` prints.`)
}
