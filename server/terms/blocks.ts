/** The text of terms, parted into what a page shows: text alone, in which nothing is markup. */

/** A heading, a paragraph, or the items of a list. */
export type Block = { kind: 'heading' | 'paragraph'; text: string } | { kind: 'list'; items: string[] }

/** Paragraphs are parted by empty lines, headings begin with #, and a block of lines that begin with - is a list. */
export function blocksOf(body: string): Block[] {
  return body
    .replace(/\r\n?/g, '\n')
    .split(/\n[^\S\n]*\n/)
    .flatMap((part) => blocksIn(part.trim()))
}

function blocksIn(part: string): Block[] {
  if (part === '') return []
  const [first = '', ...rest] = part.split('\n')
  const heading = /^#{1,6}\s+(.*\S)/.exec(first)
  if (heading) return [{ kind: 'heading', text: heading[1] ?? '' }, ...blocksIn(rest.join('\n').trim())]
  const lines = [first, ...rest].map((line) => line.trim())
  if (lines.every((line) => /^[-*]\s/.test(line))) {
    return [{ kind: 'list', items: lines.map((line) => line.slice(2).trim()) }]
  }
  return [{ kind: 'paragraph', text: lines.join(' ') }]
}
