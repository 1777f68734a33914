/** Who a mail is from. */

/** A sender. Without a name it is the brand's. */
export type Sender = { name: string | undefined; address: string }

/**
 * Reads `Name <address>`, or an address alone; undefined when there is no address in it. Whatever stands before the last
 * bracket is the name, so that a name which looks like an address cannot be one.
 */
export function senderOf(text: string): Sender | undefined {
  const [, before, inBrackets, alone] = /^(?:(.*)<([^<>]*)>|([^<>]*))$/s.exec(oneLine(text)) ?? []
  const address = (inBrackets ?? alone ?? '').trim()
  if (!/^[^\s@,;:"()[\]\\]+@[^\s@,;:"()[\]\\]+$/.test(address)) return undefined
  const name = (before ?? '').replace(/["<>]/g, '').trim()
  return { name: name === '' ? undefined : name, address }
}

const LONGEST_LINE = 300

/** A text with a line break in it must not become a header of its own. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to go.
  const flat = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
  return flat.trim().slice(0, LONGEST_LINE).toWellFormed()
}
