/** The text of terms, parted into what a page shows: text alone, in which nothing is markup. Portals use it as well. */

/** A heading, a paragraph, or the items of a list. */
export type Block = { kind: 'heading' | 'paragraph'; text: string } | { kind: 'list'; items: string[] }

/**
 * Paragraphs are parted by empty lines, headings begin with #, and a block of lines that begin with - is a list. A page that
 * everybody waits for reads it line by line: whatever the text, it takes no longer than its length.
 */
export function blocksOf(body: string): Block[] {
  const blocks: Block[] = []
  let lines: string[] = []
  const end = () => {
    if (lines.length > 0) blocks.push(blockOf(lines))
    lines = []
  }
  for (const line of body.replace(/\r\n?/g, '\n').split('\n')) {
    const text = line.trim()
    const heading = lines.length === 0 && /^#{1,6}\s/.test(text)
    if (text === '') end()
    else if (heading) blocks.push({ kind: 'heading', text: text.replace(/^#{1,6}\s+/, '') })
    else lines.push(text)
  }
  end()
  return blocks
}

function blockOf(lines: string[]): Block {
  if (lines.every((line) => /^[-*]\s/.test(line)))
    return { kind: 'list', items: lines.map((line) => line.slice(2).trim()) }
  return { kind: 'paragraph', text: lines.join(' ') }
}
