/**
 * What leaves: an answer cut down to what its schema lists, so that a column somebody added, such as a hash, does
 * not get out by itself. It only leaves things out and never refuses: by now the change is committed, and an error
 * about the shape of the answer would tell the caller that nothing happened.
 */
import type { TSchema } from 'typebox'

type Shape = {
  type?: string | string[]
  anyOf?: Shape[]
  properties?: Record<string, Shape>
  patternProperties?: Record<string, Shape>
  additionalProperties?: boolean | Shape
  items?: Shape
}

/** Makes the function that turns an answer of this schema into JSON text. */
export function replyWriter(schema: TSchema): (answer: unknown) => string {
  // Every schema of ours is a JSON Schema of this kind.
  const shape = schema as Shape
  return (answer) => JSON.stringify(listed(shape, answer))
}

function listed(shape: Shape, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || value instanceof Date) return value
  const fitting = fittingOf(shape, value)
  if (!fitting) return value
  if (Array.isArray(value)) {
    const { items } = fitting
    return items ? value.map((item) => listed(items, item)) : value
  }
  return listedProperties(fitting, value)
}

function listedProperties(shape: Shape, value: object): object {
  const { properties, patternProperties, additionalProperties } = shape
  if (!properties && !patternProperties && additionalProperties === undefined) return value
  const [pattern] = Object.values(patternProperties ?? {})
  const kept = Object.entries(value).flatMap(([name, item]): [string, unknown][] => {
    const named = properties && Object.hasOwn(properties, name) ? properties[name] : pattern
    if (named) return [[name, listed(named, item)]]
    if (additionalProperties === true) return [[name, item]]
    return typeof additionalProperties === 'object' ? [[name, listed(additionalProperties, item)]] : []
  })
  return Object.fromEntries(kept)
}

/** The branch of a union that is for arrays, or for objects: of several the one that lists most of what is there. */
function fittingOf(shape: Shape, value: object): Shape | undefined {
  if (!shape.anyOf) return shape
  const wanted = Array.isArray(value) ? 'array' : 'object'
  const branches = shape.anyOf
    .flatMap((branch) => fittingOf(branch, value) ?? [])
    .filter((branch) => isOf(branch, wanted))
  const known = (branch: Shape) =>
    Object.keys(value).filter((name) => Object.hasOwn(branch.properties ?? {}, name)).length
  return branches.sort((left, right) => known(right) - known(left))[0]
}

function isOf({ type }: Shape, wanted: string): boolean {
  return type === undefined || [type].flat().includes(wanted)
}
