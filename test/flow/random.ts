/** Choices that a seed decides: the same seed, the same choices. */

/** A source of choices. */
export type Random = {
  /** A whole number from 0 up to, not including, the limit. */
  below: (limit: number) => number
  /** Whether something happens that does so with this probability. */
  happens: (probability: number) => boolean
  /** One of a list; undefined where the list is empty. */
  oneOf: <T>(list: readonly T[]) => T | undefined
}

/** Makes one. @param seed a whole number */
export function randomOf(seed: number): Random {
  // The generator "mulberry32": 32 bits of state, good enough to choose steps with.
  let state = Math.imul(seed + 1, 0x9e3779b1)
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return { below, happens: (probability) => next() < probability, oneOf: (list) => list[below(list.length)] }
}
