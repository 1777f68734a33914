/** What can be asked of the attributes table: who reads and writes what, and the form it makes. */
import type { TSchema } from 'typebox'
import type { AttributeRow, Editor, Reader } from './attribute.ts'
import { ATTRIBUTES, type AttributeName } from './attributes.ts'

/** The rows with their names, as a list, without their literal types. */
export const ATTRIBUTE_ROWS: readonly (readonly [AttributeName, AttributeRow])[] = Object.entries(ATTRIBUTES).map(
  // Object.entries forgets the key's type; the pair comes from the table above.
  ([name, row]) => [name as AttributeName, row] as const,
)

/** Attributes that somebody may write and that are columns of the user: the body of a change, but for metadata. */
export function editableColumns(editor: Editor): (readonly [AttributeName, AttributeRow])[] {
  return ATTRIBUTE_ROWS.filter(([, row]) => row.stored === 'column' && isEditor(row, editor))
}

/** Whether somebody may write the attribute. */
export function isEditor(row: AttributeRow, editor: Editor): boolean {
  // The rows of app_metadata have a narrower list; asking it for a wider name is what we want.
  return (row.edit as readonly Editor[]).includes(editor)
}

/** Whether somebody may read the attribute. */
export function isReader(row: AttributeRow, reader: Reader): boolean {
  return (row.read as readonly Reader[]).includes(reader)
}

/** The fields of a profile form, in order: what this person sees, and which of it he may change. */
export function profileForm(
  reader: Reader,
): { name: AttributeName; label: string; schema: TSchema; editable: boolean }[] {
  return ATTRIBUTE_ROWS.flatMap(([name, row]) =>
    row.form && isReader(row, reader)
      ? { name, label: row.form.label, schema: row.schema, editable: isEditor(row, reader), order: row.form.order }
      : [],
  )
    .sort((left, right) => left.order - right.order)
    .map(({ order, ...field }) => field)
}
