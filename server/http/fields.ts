/** `fields` and `include_fields`: which parts of an answer the caller wants. */

/** Picks the named parts, or leaves them out. Unknown names are ignored, as Auth0 does. */
export function pickFields<T extends object>(
  value: T,
  query: { fields?: string; include_fields?: boolean },
): Partial<T> {
  const names = fieldNames(query.fields)
  if (names.size === 0) return value
  const included = query.include_fields ?? true
  // The entries are the value's own, only fewer.
  return Object.fromEntries(Object.entries(value).filter(([name]) => isNamed(names, name) === included)) as Partial<T>
}

/** The names in a `fields` parameter. */
export function fieldNames(fields: string | undefined): Set<string> {
  return new Set(
    (fields ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  )
}

/** A dotted name keeps its root: `user_metadata.language` answers `user_metadata`. */
function isNamed(names: Set<string>, name: string): boolean {
  if (names.has(name)) return true
  for (const asked of names) if (asked.startsWith(`${name}.`)) return true
  return false
}
