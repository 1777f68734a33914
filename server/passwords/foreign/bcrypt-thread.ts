/** The thread that checks bcrypt hashes, one after the other. */
import { parentPort } from 'node:worker_threads'
import { bcryptVerify } from 'hash-wasm'
import type { BcryptAnswer, BcryptTask } from './bcrypt.ts'

parentPort?.on('message', async ({ id, hash, bytes }: BcryptTask) => {
  // `$2y$` is PHP's name for what `$2b$` is elsewhere.
  const matches = await bcryptVerify({ password: bytes, hash: hash.replace(/^\$2y/, '$2b') }).catch(() => false)
  const answer: BcryptAnswer = { id, matches }
  parentPort?.postMessage(answer)
})
