/** The two figures that describe many. */

/** The middle of some figures; undefined when one of them is not known, or there are none. */
export function median(figures: readonly (number | undefined)[]): number | undefined {
  const known = figures.flatMap((figure) => figure ?? []).sort((left, right) => left - right)
  if (known.length === 0 || known.length < figures.length) return undefined
  const [low, high] = [known[(known.length - 1) >> 1], known[known.length >> 1]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}

/** The figure that so large a part of them does not exceed. @param ascending at least one */
export function percentile(ascending: Float64Array, part: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * part))] ?? Number.NaN
}

/** One figure as a part of another. */
export function ratio(figure: number | undefined, of: number | undefined): number | undefined {
  return figure === undefined || of === undefined || of === 0 ? undefined : figure / of
}
