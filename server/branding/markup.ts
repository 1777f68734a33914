/**
 * Where in HTML a text stands, as a browser would read it: which elements are open around it, or what keeps it from being
 * read as part of the page at all. A scan for this one question, which forgives what browsers forgive.
 */

/** An open element. Attributes without a value have an empty one. */
export type OpenElement = { name: string; attributes: ReadonlyMap<string, string> }

/** The elements around a text, the outermost first; or the words for where it is lost, such as `a comment`. */
export type Place = { around: OpenElement[] } | { lostIn: string }

/** Whatever stands in these is text. Scripts are on where pages are shown, so `noscript` is among them. */
const TEXT_ELEMENTS = ['script', 'style', 'textarea', 'title', 'iframe', 'noembed', 'noframes', 'noscript', 'xmp']
/** TABLE: elements that are never open. */
const VOID = 'area base br col embed hr img input link meta param source track wbr'.split(' ')
const PIECE = /<!--|<(\/?)([a-z][^\s/>]*)|<[!?/]/gi
const ATTRIBUTE = /([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g
/** A tag's end: the first `>` that no quotes are around. */
const REST_OF_TAG = /(?:[^>"']|"[^"]*"|'[^']*')*>/y

/** Finds where a text stands that is in the HTML once at least; its first place counts. */
export function placeOf(html: string, text: string): Place {
  const at = html.indexOf(text)
  const open: OpenElement[] = []
  PIECE.lastIndex = 0
  for (let piece = PIECE.exec(html); piece && piece.index < at; piece = PIECE.exec(html)) {
    const [whole, slash, rawName] = piece
    const name = rawName?.toLowerCase()
    const end = name === undefined ? endOfOther(html, whole, piece.index) : endOfTag(html, PIECE.lastIndex)
    if (end > at) return { lostIn: name === undefined ? 'a comment' : `the tag <${name}>` }
    const attributes = html.slice(PIECE.lastIndex, end - 1)
    PIECE.lastIndex = end
    if (name === undefined) continue
    if (slash) close(open, name)
    else if (TEXT_ELEMENTS.includes(name)) {
      const textEnd = endOfText(html, name, end)
      if (textEnd > at) return { lostIn: `<${name}>` }
      PIECE.lastIndex = textEnd
    } else if (!VOID.includes(name)) open.push({ name, attributes: attributesOf(attributes) })
  }
  return { around: open }
}

function endOfOther(html: string, beginning: string, from: number): number {
  const mark = beginning === '<!--' ? '-->' : '>'
  const end = html.indexOf(mark, from + beginning.length)
  return end === -1 ? html.length : end + mark.length
}

function endOfTag(html: string, from: number): number {
  REST_OF_TAG.lastIndex = from
  return REST_OF_TAG.test(html) ? REST_OF_TAG.lastIndex : html.length
}

function endOfText(html: string, name: string, from: number): number {
  const end = html.slice(from).search(new RegExp(`</${name}[\\s/>]`, 'i'))
  return end === -1 ? html.length : from + end
}

function close(open: OpenElement[], name: string): void {
  const last = open.findLastIndex((element) => element.name === name)
  if (last !== -1) open.splice(last)
}

function attributesOf(text: string): Map<string, string> {
  const found = [...text.matchAll(ATTRIBUTE)].map(
    ([, name = '', double, single, bare]) => [name.toLowerCase(), double ?? single ?? bare ?? ''] as const,
  )
  // The first of two of the same name counts.
  return new Map(found.reverse())
}
