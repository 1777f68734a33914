/**
 * Finds the rows of an import file while it streams by: the elements of a JSON array, or JSON values one a line. A
 * row's bytes are handed on as they are; whether they are JSON is for whoever parses them to say.
 */
import { isUtf8 } from 'node:buffer'

/** A row, and the place in the file behind it. */
export type ScannedRow = { text: string; endsAt: number }

/** Where a scan begins: at the start, or behind a row of an array or of lines. */
export type ScanStart = { at: number; shape: 'unknown' | 'array' | 'lines' }

/** Says that the file is not what it should be. The sentence is Auth0's. */
export class FileFault extends Error {
  override name = 'FileFault'
  constructor(detail: string) {
    super(`Failed to parse users file JSON when importing users. Make sure it is valid. ${detail}`)
  }
}

/** A scan under way. */
export type RowScanner = {
  /** Takes the next bytes. @throws FileFault */
  feed: (bytes: Buffer) => Generator<ScannedRow>
  /** Says that there are no more. @throws FileFault when something is missing */
  end: () => Generator<ScannedRow>
  shape: () => ScanStart['shape']
}

const LONGEST_ROW = 4_194_304
const [TAB, NEWLINE, RETURN, SPACE, QUOTE, COMMA] = [9, 10, 13, 32, 34, 44]
const [OPEN_ARRAY, BACKSLASH, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [91, 92, 93, 123, 125]
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

/** Begins a scan. */
export function scanRows(start: ScanStart = { at: 0, shape: 'unknown' }): RowScanner {
  let { shape } = start
  /** Between rows: what may come next. */
  let expects: 'start' | 'first' | 'row' | 'separator' | 'nothing' =
    start.shape === 'array' ? 'separator' : start.shape === 'lines' ? 'row' : 'start'
  let isInRow = false
  let [depth, isInText, isEscaped, isBare] = [0, false, false, false]
  let parts: Buffer[] = []
  let length = 0
  let at = start.at

  function begin(byte: number): void {
    isInRow = true
    depth = byte === OPEN_OBJECT || byte === OPEN_ARRAY ? 1 : 0
    isInText = byte === QUOTE
    isBare = depth === 0 && !isInText
    isEscaped = false
  }
  /** Whether the row ends with this byte; -1: it ended before it. */
  function step(byte: number): 1 | 0 | -1 {
    if (isInText) {
      if (isEscaped) isEscaped = false
      else if (byte === BACKSLASH) isEscaped = true
      else if (byte === QUOTE) {
        isInText = false
        return depth === 0 ? 1 : 0
      }
      return 0
    }
    if (isBare) return byte === COMMA || byte === CLOSE_ARRAY || isSpace(byte) ? -1 : 0
    if (byte === QUOTE) isInText = true
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth -= 1
    return depth === 0 ? 1 : 0
  }
  /** A byte between rows; true when a row begins with it. */
  function between(byte: number, place: number): boolean {
    if (isSpace(byte)) return false
    if (expects === 'start') {
      if (place < 3 && byte === BYTE_ORDER_MARK[place]) return false
      shape = byte === OPEN_ARRAY ? 'array' : 'lines'
      expects = shape === 'array' ? 'first' : 'row'
      if (shape === 'lines' && byte !== OPEN_OBJECT) throw new FileFault('It is neither an array nor JSON lines.')
      return shape === 'lines'
    }
    if (expects === 'nothing') throw new FileFault('Something follows after the array.')
    if (shape === 'array' && byte === CLOSE_ARRAY && expects !== 'row') {
      expects = 'nothing'
      return false
    }
    if (expects === 'separator') {
      if (byte !== COMMA) throw new FileFault(`A comma is missing at byte ${place}.`)
      expects = 'row'
      return false
    }
    if (byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
      throw new FileFault(`A user is missing at byte ${place}.`)
    }
    return true
  }
  function finish(bytes: Buffer, endsAt: number): ScannedRow {
    const whole = parts.length === 0 ? bytes : Buffer.concat([...parts, bytes])
    parts = []
    length = 0
    isInRow = false
    expects = shape === 'array' ? 'separator' : 'row'
    if (!isUtf8(whole)) throw new FileFault(`The user that ends at byte ${endsAt} is not UTF-8.`)
    return { text: whole.toString('utf8'), endsAt }
  }
  function* feed(bytes: Buffer): Generator<ScannedRow> {
    let from = 0
    for (let index = 0; index < bytes.length; index += 1) {
      const byte = bytes[index] ?? 0
      if (!isInRow) {
        if (!between(byte, at + index)) continue
        begin(byte)
        from = index
        continue
      }
      const ended = step(byte)
      if (ended === 0) continue
      const end = ended === 1 ? index + 1 : index
      // What ended a bare value is looked at again.
      if (ended === -1) index -= 1
      yield finish(bytes.subarray(from, end), at + end)
    }
    if (isInRow) {
      parts.push(Buffer.from(bytes.subarray(from)))
      length += bytes.length - from
      if (length > LONGEST_ROW) throw new FileFault(`A user is larger than ${LONGEST_ROW} bytes.`)
    }
    at += bytes.length
  }
  function* end(): Generator<ScannedRow> {
    if (isInRow && isBare && shape === 'lines') yield finish(Buffer.alloc(0), at)
    if (isInRow) throw new FileFault('It ends in the middle of a user.')
    if (expects === 'start') throw new FileFault('It is empty.')
    if (shape === 'array' && expects !== 'nothing') throw new FileFault('The end of the array is missing.')
  }
  return { feed, end, shape: () => shape }
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB
}
