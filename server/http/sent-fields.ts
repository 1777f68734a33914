/** What came with a request, by name. */

/** Fields of an address or a form: texts, or lists of them where a name came twice. */
export type Fields = Readonly<Record<string, unknown>>

/** Reads them. */
export function fieldsOf(sent: unknown): Fields {
  return sent !== null && typeof sent === 'object' ? { ...sent } : {}
}

/** The text of a field; undefined where there is none, an empty one, or several. */
export function textOf(fields: Fields, name: string): string | undefined {
  return filledText(fields[name])
}

/** The value, if it is a text and not an empty one. */
export function filledText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
