import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FileFault, type ScanStart, scanRows } from './row-scanner.ts'

const ROWS = ['{"a":"[,]}{\\"\\\\"}', '{"b":{"c":[1,{"d":"ü😀"}]}}', '7', '"x,]"', '[[],{}]', 'null', '{}']

/** Scans a text that arrives in pieces of some size. */
function scan(text: string, size = 1_000, start?: ScanStart): [string, number][] {
  const bytes = Buffer.from(text)
  const scanner = scanRows(start)
  const rows: [string, number][] = []
  for (let from = 0; from < bytes.length; from += size) {
    for (const row of scanner.feed(bytes.subarray(from, from + size))) rows.push([row.text, row.endsAt])
  }
  for (const row of scanner.end()) rows.push([row.text, row.endsAt])
  return rows
}

describe('an import file', () => {
  for (const size of [1, 2, 3, 7, 1_000]) {
    it(`is read row by row when it comes in pieces of ${size}`, () => {
      const text = `\ufeff [\n${ROWS.join(' ,\r\n')}\t] \n`
      const rows = scan(text, size)
      assert.deepEqual(
        rows.map(([row]) => row),
        ROWS,
      )
      for (const [row, endsAt] of rows) assert.ok(Buffer.from(text).subarray(0, endsAt).toString().endsWith(row))
      const lines = ROWS.filter((row) => row.startsWith('{'))
      assert.deepEqual(
        scan(lines.join('\n'), size).map(([row]) => row),
        lines,
      )
    })
  }

  it('is read on from behind any row', () => {
    const text = `[${ROWS.join(',')}]`
    const rows = scan(text)
    for (const [index, [, endsAt]] of rows.entries()) {
      const rest = Buffer.from(text).subarray(endsAt).toString()
      assert.deepEqual(scan(rest, 2, { at: endsAt, shape: 'array' }), rows.slice(index + 1))
    }
    assert.deepEqual(scan('\n{}\n', 1, { at: 3, shape: 'lines' }), [['{}', 6]])
  })

  it('may hold nobody', () => {
    assert.deepEqual(scan(' [ ] '), [])
  })

  for (const text of [
    '',
    '  ',
    'email',
    '[',
    '[{}',
    '[{},]',
    '[,{}]',
    '[{}{}]',
    '[{}] {}',
    '[{}},{}]',
    '{"a":',
    '[{"a":"]',
  ]) {
    it(`is refused when it is ${JSON.stringify(text)}`, () => assert.throws(() => scan(text), FileFault))
  }

  it('is refused when it is not UTF-8, or a user is without end', () => {
    assert.throws(() => [...scanRows().feed(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]))], FileFault)
    const scanner = scanRows()
    assert.throws(() => {
      for (let at = 0; at < 6; at += 1) [...scanner.feed(Buffer.alloc(1_000_000, at === 0 ? '{' : '"'))]
    }, FileFault)
  })
})
