/** What readers without HTML get of a body that a tenant has written. */

/** The text, with the addresses of links behind their words. */
export function plainTextOf(html: string): string {
  return html
    .replace(/<(style|script|head|title)\b.*?<\/\1>/gis, '')
    .replace(/<a\b[^>]*\bhref=(["'])(.*?)\1[^>]*>(.*?)<\/a>/gis, linkAsText)
    .replace(/\s+/g, ' ')
    .replace(/ ?<(?:br|hr|\/(?:p|tr|li|h\d|div|table|ul|ol))\b[^>]*> ?/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(\w+|#\d+);/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** TABLE: the entities that mails have; others stay as they are written. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#34': '"',
  '#39': "'",
  nbsp: ' ',
}

function linkAsText(_whole: string, _quote: string, address: string, words: string): string {
  return words.includes(address) ? words : `${words} (${address})`
}
