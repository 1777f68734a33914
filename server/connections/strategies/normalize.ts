/** What a provider tells of a person, in the names that every profile has here; whatever else it tells stands beside. */
import type { JsonObject } from '../../db/tables.ts'
import type { OidcOptions } from './oidc.ts'

/** Claims that are about the token, not the person; and names that are ours. */
const NOT_OF_THE_PERSON: ReadonlySet<string> = new Set(
  [
    'iss aud exp iat nbf jti nonce at_hash c_hash s_hash sid auth_time acr amr azp typ sub',
    'user_id identities user_metadata app_metadata blocked created_at updated_at last_login last_ip',
    'logins_count last_password_reset multifactor multifactor_last_modified username password',
    'email_verified phone_number_verified phone_verified __proto__ constructor prototype _id id',
  ].flatMap((names) => names.split(' ')),
)

/** TABLE: attributes of a profile, and the claims by which providers tell them, the first that is there. */
const CLAIMS = {
  email: ['email'],
  name: ['name'],
  given_name: ['given_name'],
  family_name: ['family_name'],
  nickname: ['nickname', 'preferred_username'],
  picture: ['picture'],
  phone_number: ['phone_number'],
} as const satisfies Record<string, readonly string[]>

const ROOTS: ReadonlySet<string> = new Set(Object.keys(CLAIMS))

/** More than this of what else a provider tells is not kept. */
const LONGEST_MORE = 16_384

/** A person as a provider tells of him: attributes of the profile, not checked yet, and all else. */
export type ProviderProfile = {
  attributes: Record<string, unknown>
  isEmailVerified: boolean
  isPhoneVerified: boolean
  more: JsonObject
}

/** Where the claims come from. */
export type ProviderClaims = { tokenset: JsonObject; userinfo: JsonObject }

/** Makes it. */
export function normalize(options: OidcOptions, { tokenset, userinfo }: ProviderClaims): ProviderProfile {
  const all: JsonObject = { ...userinfo, ...tokenset }
  const { mapping_mode = 'bind_all', attributes: map = {} } = options.attribute_map ?? {}
  const mapped = mapAttributes(map, { tokenset, userinfo })
  const source = mapping_mode === 'use_map' && Object.keys(mapped).length > 0 ? mapped : { ...all, ...mapped }
  const attributes = Object.fromEntries(
    Object.entries(CLAIMS).flatMap(([name, claims]) => {
      const claim = claims.find((one) => source[one] !== undefined && source[one] !== null)
      return claim === undefined ? [] : [[name, source[claim]]]
    }),
  )
  const kept = new Set(options.non_persistent_attrs)
  const more = Object.entries(source).filter(
    ([name, value]) => !ROOTS.has(name) && !NOT_OF_THE_PERSON.has(name) && !kept.has(name) && value !== undefined,
  )
  return {
    attributes: Object.fromEntries(Object.entries(attributes).filter(([name]) => !kept.has(name))),
    isEmailVerified: isTrue(source.email_verified ?? all.email_verified) && attributes.email === all.email,
    isPhoneVerified: isTrue(source.phone_number_verified ?? all.phone_number_verified),
    more: withinLimit(more),
  }
}

/** Some providers write it as text. */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true'
}

/** Texts of the form `${context.tokenset.name}` stand for a claim, others for themselves. */
function mapAttributes(map: JsonObject, context: ProviderClaims): JsonObject {
  return Object.fromEntries(
    Object.entries(map).flatMap(([name, value]) => {
      if (typeof value !== 'string') return [[name, value]]
      const whole = /^\$\{context\.(tokenset|userinfo)\.([^}]+)\}$/.exec(value)
      if (!whole) return [[name, fillIn(value, context)]]
      const claim = claimOf(context, whole[1] ?? '', whole[2] ?? '')
      return claim === undefined ? [] : [[name, claim]]
    }),
  )
}

function fillIn(text: string, context: ProviderClaims): string {
  return text.replace(/\$\{context\.(tokenset|userinfo)\.([^}]+)\}/g, (_whole, from: string, name: string) => {
    const claim = claimOf(context, from, name)
    return typeof claim === 'string' || typeof claim === 'number' ? String(claim) : ''
  })
}

function claimOf({ tokenset, userinfo }: ProviderClaims, from: string, name: string): unknown {
  const claims = from === 'tokenset' ? tokenset : userinfo
  return Object.hasOwn(claims, name) ? claims[name] : undefined
}

function withinLimit(entries: [string, unknown][]): JsonObject {
  let left = LONGEST_MORE
  return Object.fromEntries(
    entries.filter(([name, value]) => {
      const length = name.length + JSON.stringify(value).length
      if (length > left) return false
      left -= length
      return true
    }),
  )
}
