/**
 * Checks what was sent against its schema and says what is wrong in the sentences of Auth0's API, which
 * deploy scripts and people know: `Payload validation error: '<reason>' on property <path> (<description>).`
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { TSchema } from 'typebox'
import { ApiError, type ErrorCode } from './errors.ts'

/** Which part of a request a schema is for. */
export type RequestPart = 'body' | 'query' | 'params'

const PARTS = {
  body: { label: 'Payload', code: 'invalid_body' },
  query: { label: 'Query', code: 'invalid_query_string' },
  params: { label: 'Path', code: 'invalid_uri' },
} as const satisfies Record<RequestPart, { label: string; code: ErrorCode }>

const strict = withFormats(new Ajv({ allErrors: false, verbose: true, strict: false }))
// For files, whose rows tell all their faults at once.
const thorough = withFormats(new Ajv({ allErrors: true, verbose: true, strict: false }))
// Queries, paths and HTML forms are text, so numbers and booleans in them are read from text.
const coercing = withFormats(new Ajv({ allErrors: false, verbose: true, strict: false, coerceTypes: 'array' }))

/** Checks a value and gives it back; from text, numbers and booleans come out as such. */
export type Validator = (value: unknown, isText: boolean) => unknown

/** Compiles a schema. @throws ApiError from the validator, naming the first thing that is wrong */
export function validatorOf(part: RequestPart, schema: TSchema): Validator {
  let fromJson: ValidateFunction | undefined
  let fromText: ValidateFunction | undefined
  return (value, isText) => {
    if (isText && part === 'body') refuseTextForObjects(schema, value)
    if (isText) fromText ??= coercing.compile(schema)
    else fromJson ??= strict.compile(schema)
    const validate = isText ? fromText : fromJson
    if (!validate) throw new Error('A schema was not compiled.')
    if (validate(value)) return value
    const { label, code } = PARTS[part]
    const error = tellingOf(validate.errors ?? [])
    throw new ApiError(code, {
      with: { reason: `${label} validation error: ${explain(error)}` },
      members: error ? { validation_errors: [{ detail: reasonOf(error), field: propertyOf(error) }] } : {},
    })
  }
}

/** A form has no objects. Reading its empty text as null would take all of somebody's metadata away. */
function refuseTextForObjects(schema: TSchema, value: unknown): void {
  const { properties = {} } = schema as { properties?: Record<string, { type?: string | string[] }> }
  for (const [name, text] of Object.entries(value ?? {})) {
    const { type } = (Object.hasOwn(properties, name) && properties[name]) || {}
    if (typeof text !== 'string' || ![type].flat().includes('object')) continue
    const reason = `Payload validation error: 'Expected type object but found type string' on property ${name}.`
    throw new ApiError('invalid_body', { with: { reason } })
  }
}

/** A plain yes or no: whether a value fits a schema. */
export function checkerOf(schema: TSchema): (value: unknown) => boolean {
  let validate: ValidateFunction | undefined
  return (value) => {
    validate ??= strict.compile(schema)
    return validate(value)
  }
}

/** Says in a sentence what keeps a value from fitting a schema; undefined when nothing does. */
export function faultFinderOf(schema: TSchema): (value: unknown) => string | undefined {
  let validate: ValidateFunction | undefined
  return (value) => {
    validate ??= strict.compile(schema)
    if (validate(value)) return undefined
    const error = tellingOf(validate.errors ?? [])
    return error ? reasonOf(error) : 'Invalid value'
  }
}

/** One thing that is wrong with a value: the rule of JSON Schema, where, and in a sentence. */
export type SchemaFault = { keyword: string; path: string; reason: string }

/** Lists everything that keeps a value from fitting a schema. */
export function faultListOf(schema: TSchema): (value: unknown) => SchemaFault[] {
  let validate: ValidateFunction | undefined
  return (value) => {
    validate ??= thorough.compile(schema)
    if (validate(value)) return []
    return (validate.errors ?? []).map((error) => ({
      keyword: error.keyword,
      path: propertyOf(error),
      reason: reasonOf(error),
    }))
  }
}

/**
 * Where a value may have several forms, each of them says what keeps it from being that. The one that was meant is the
 * one whose complaint lies deepest, or is about more than the type.
 */
function tellingOf(errors: ErrorObject[]): ErrorObject | undefined {
  const weigh = ({ keyword, instancePath }: ErrorObject) =>
    instancePath.split('/').length * 2 + (keyword === 'type' || keyword === 'anyOf' ? 0 : 1)
  return errors.toSorted((a, b) => weigh(b) - weigh(a))[0]
}

function withFormats(ajv: Ajv): Ajv {
  // The default export is the plugin; its types say the module.
  const plugin = addFormats as unknown as (ajv: Ajv, formats: string[]) => Ajv
  plugin(ajv, ['date-time', 'date', 'uri', 'uuid', 'ipv4', 'ipv6'])
  // RFC 5321 §4.5.3.1: local part 64 characters at most, 254 in all; no control character anywhere.
  ajv.addFormat(
    'email',
    /^(?!.{255})[^\s@\p{Cc}"(),:;<>[\]\\]{1,64}@[^\s@.\p{Cc}]+(\.[^\s@.\p{Cc}]+)*\.?[^\s@.\p{Cc}]+$/u,
  )
  // An address that a page loads something from: it stands in an attribute, in a style and in the page's policy.
  const isLoadable = (text: string) => /^https:\/\/[^\s"'<>\\;,`(){}\p{Cc}]+$/u.test(text) && hasPlainHost(text)
  ajv.addFormat('strict-https-uri-or-null', isLoadable)
  ajv.addFormat('strict-https-uri-or-empty', (text: string) => text === '' || isLoadable(text))
  ajv.addFormat('html-color-or-null', /^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i)
  ajv.addFormat('absolute-uri', (text: string) => URL.canParse(text) && /^https?:\/\//i.test(text))
  return ajv
}

/** Whether browsers can open the address at all, and its host has no sign that means something in a policy. */
function hasPlainHost(address: string): boolean {
  return URL.canParse(address) && /^(?:[\w.-]+|\[[\da-f:.]+\])$/i.test(new URL(address).hostname)
}

function explain(error: ErrorObject | undefined): string {
  if (!error) return "'Invalid value'."
  const path = propertyOf(error)
  const description = describe(error)
  const where = path ? ` on property ${path}${description ? ` (${description})` : ''}` : ''
  return `'${reasonOf(error)}'${where}.`
}

function propertyOf(error: ErrorObject): string {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer)
  if (error.keyword === 'required') path.push(String(error.params.missingProperty))
  return path.join('.')
}

function describe(error: ErrorObject): string {
  const schema = error.parentSchema as { description?: string; properties?: Record<string, { description?: string }> }
  if (error.keyword === 'required') return schema.properties?.[String(error.params.missingProperty)]?.description ?? ''
  return schema.description ?? ''
}

function reasonOf(error: ErrorObject): string {
  const { params } = error
  const given = typeof error.data === 'string' ? error.data : ''
  switch (error.keyword) {
    case 'type':
      return `Expected type ${[params.type].flat().join(' or ')} but found type ${typeOf(error.data)}`
    case 'required':
      return `Missing required property: ${params.missingProperty}`
    case 'additionalProperties':
      return `Additional properties not allowed: ${params.additionalProperty}`
    case 'format':
      return `Object didn't pass validation for format ${params.format}: ${given.slice(0, 100)}`
    case 'pattern':
      return `String does not match pattern ${params.pattern}: ${given.slice(0, 100)}`
    case 'maxLength':
      return `String is too long (${[...given].length} chars), maximum ${params.limit}`
    case 'minLength':
      return `String is too short (${[...given].length} chars), minimum ${params.limit}`
    case 'maximum':
      return `Value ${String(error.data)} is greater than maximum ${params.limit}`
    case 'minimum':
      return `Value ${String(error.data)} is less than minimum ${params.limit}`
    // A choice of constants is an enumeration as well.
    case 'enum':
    case 'const':
      return `No enum match for: ${JSON.stringify(error.data)?.slice(0, 100)}`
    case 'maxItems':
      return `Array is too long (${(error.data as unknown[]).length}), maximum ${params.limit}`
    case 'minItems':
      return `Array is too short (${(error.data as unknown[]).length}), minimum ${params.limit}`
    case 'uniqueItems':
      return `Array items are not unique (indexes ${params.i} and ${params.j})`
    case 'minProperties':
      return `Too few properties defined (${Object.keys(error.data as object).length}), minimum ${params.limit}`
    case 'maxProperties':
      return `Too many properties defined, maximum ${params.limit}`
    default:
      return error.message ?? 'Invalid value'
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}
