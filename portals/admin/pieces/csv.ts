/** Files of comma-separated values, as RFC 4180 and spreadsheets have them. */

/** Writes rows. What a spreadsheet would take for a formula is written as text. */
export function csvOf(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => {
    const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    return /[",;\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
  }
  // The mark tells spreadsheets that it is UTF-8.
  return `\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

/** Reads rows; parted by commas, semicolons or tabs, whichever the first line has. Empty lines are left out. */
export function readCsv(text: string): string[][] {
  const source = text.replace(/^\ufeff/, '')
  const firstLine = source.slice(0, source.search(/[\r\n]|$/))
  const mark = ['\t', ';', ','].find((one) => firstLine.includes(one)) ?? ','
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
      if (!isEnd && character !== mark) rows.push([])
    } else cell += character
  }
  return rows.filter((row) => row.some((one) => one !== ''))
}

/** Offers a file to keep. */
export function saveFile(name: string, content: string, type = 'text/csv;charset=utf-8'): void {
  const address = URL.createObjectURL(new Blob([content], { type }))
  const link = Object.assign(document.createElement('a'), { href: address, download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
