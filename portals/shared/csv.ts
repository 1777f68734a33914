/** Files of comma-separated values, as RFC 4180 and spreadsheets have them. */

/**
 * Writes rows. What a spreadsheet would take for a formula is written as text: also behind a semicolon or tab, at which
 * spreadsheets of some languages begin a cell, whatever the quotes say.
 */
export function csvOf(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => {
    const plain = text.replace(/^(?=[\t\r])|(?<=^|[;\t\r\n])(?=\s*[=+\-@])/g, "'")
    return /[",;\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
  }
  // The mark tells spreadsheets that it is UTF-8.
  return `\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

/** A row, and which one it is, as a spreadsheet counts: from 1, the empty ones too. */
export type NumberedRow = { number: number; cells: string[] }

/** Reads rows; parted by commas, semicolons or tabs, whichever comes first. Empty ones are left out. */
export function readCsv(text: string): NumberedRow[] {
  const source = text.replace(/^\ufeff/, '')
  // In a line such as `ada@acme.example, Auditor; Helper` the other marks belong to a cell.
  const mark = /[\t;,]/.exec(source.replace(/"(?:[^"]|"")*"/g, ''))?.[0] ?? ','
  const rows: string[][] = [[]]
  let cell = ''
  let isQuoted = false
  for (let at = 0; at <= source.length; at += 1) {
    const character = source.charAt(at)
    const isEnd = at === source.length
    if (isQuoted && !isEnd) {
      if (character !== '"') cell += character
      else if (source.charAt(at + 1) === '"') {
        cell += '"'
        at += 1
      } else isQuoted = false
    } else if (character === '"' && cell.trim() === '') {
      cell = ''
      isQuoted = true
    } else if (isEnd || character === mark || character === '\n' || character === '\r') {
      rows.at(-1)?.push(cell.trim())
      cell = ''
      if (isEnd || character === mark) continue
      rows.push([])
      if (character === '\r' && source.charAt(at + 1) === '\n') at += 1
    } else cell += character
  }
  return rows.map((cells, at) => ({ number: at + 1, cells })).filter(({ cells }) => cells.some((one) => one !== ''))
}
