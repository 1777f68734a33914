/**
 * Receives the form of an import. The file goes into the database piece by piece while it arrives, and is looked through
 * on the way: how many rows it has, and whether it is JSON at all.
 */
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import busboy, { type BusboyHeaders } from '@fastify/busboy'
import { type Db, isDatabaseUnavailable } from '../../db/database.ts'
import type { Upload } from '../../http/define-route.ts'
import { ApiError } from '../../http/errors.ts'
import { storeFile } from '../files.ts'
import type { StoredJob } from '../job.ts'
import { touchUpload } from '../store.ts'
import { FileFault, scanRows } from './row-scanner.ts'

/** What was found out about a file. */
export type ReceivedFile = Pick<StoredJob, 'size_bytes' | 'total_rows' | 'shape' | 'fault'>

/** The form: its fields, and the file where there is one. */
export type ReceivedForm = { fields: Record<string, string>; file: ReceivedFile | undefined }

/** What a form has beside its file, at most. */
const FORM_BYTES = 65_536

/** @throws ApiError unsupported_media_type, file_too_large before a byte is read */
export function refuseUpload({ headers }: Upload, limit: number): void {
  if (!/^multipart\/form-data\s*;/i.test(headers['content-type'] ?? '')) {
    throw new ApiError('unsupported_media_type')
  }
  if (Number(headers['content-length'] ?? 0) > limit + FORM_BYTES) throw tooLarge(limit)
}

/** Receives it. @throws ApiError file_too_large, invalid_body */
export async function receiveForm(db: Db, jobId: string, upload: Upload, limit: number): Promise<ReceivedForm> {
  const form = open(upload, limit)
  const fields: Record<string, string> = {}
  let receiving: Promise<ReceivedFile> | undefined
  form.on('field', (name, value) => {
    fields[name] = value
  })
  form.on('file', (name, stream) => {
    if (name !== 'users' || receiving) {
      stream.resume()
      return
    }
    receiving = receiveFile(db, jobId, stream, limit)
    // Whoever fails to store what comes takes no more of it.
    receiving.catch((error) => form.destroy(error instanceof Error ? error : new Error('The file was not stored.')))
  })
  try {
    await pipeline(upload.stream, form)
    return { fields, file: await receiving }
  } catch (error) {
    // What keeps the file from being stored says more than that the form was not read to its end.
    const failure = await receiving?.then(
      () => error,
      (reason: unknown) => reason,
    )
    throw malformed(failure ?? error)
  }
}

function open({ headers }: Upload, limit: number) {
  try {
    return new busboy.Busboy({
      // The caller has made sure that there is a content type.
      headers: headers as BusboyHeaders,
      limits: { files: 2, fileSize: limit + 1, fields: 20, fieldSize: 1_024, parts: 22, headerPairs: 20 },
      // Some clients send the file's text as a plain field.
      isPartAFile: (name, _type, fileName) => name === 'users' || fileName !== undefined,
    })
  } catch (error) {
    throw malformed(error)
  }
}

/** Stores a file as that of the job, and looks through it. @throws ApiError file_too_large */
export async function receiveFile(db: Db, jobId: string, stream: Readable, limit: number): Promise<ReceivedFile> {
  const scanner = scanRows()
  let [bytes, rows] = [0, 0]
  let fault: string | null = null
  const look = (scanned: Iterable<{ text: string }>) => {
    try {
      for (const { text } of scanned) {
        JSON.parse(text)
        rows += 1
      }
    } catch (error) {
      fault = faultOf(error, rows + 1)
    }
  }
  async function* passing(): AsyncGenerator<Buffer> {
    for await (const part of stream) {
      bytes += part.length
      if (bytes > limit) throw tooLarge(limit)
      if (fault === null) look(scanner.feed(part))
      // What cannot be read need not be kept.
      if (fault === null) yield part
    }
    if (fault === null) look(scanner.end())
  }
  await storeFile(db, jobId, passing(), async (tx) => {
    if (!(await touchUpload(tx, jobId))) throw new ApiError('inexistent_job')
  })
  return { size_bytes: bytes, total_rows: rows, shape: scanner.shape(), fault }
}

function faultOf(error: unknown, row: number): string {
  if (error instanceof FileFault) return error.message
  // Without the parser's own words, which repeat what was sent.
  return new FileFault(`User ${row} is not valid.`).message
}

function tooLarge(limit: number): ApiError {
  return new ApiError('file_too_large', { with: { limit } })
}

function malformed(error: unknown): unknown {
  if (error instanceof ApiError || !(error instanceof Error)) return error
  if ('severity' in error || isDatabaseUnavailable(error)) return error
  const reason = 'Payload validation error: The form is not valid multipart/form-data. Nothing was changed.'
  return new ApiError('invalid_body', { with: { reason }, cause: error })
}
