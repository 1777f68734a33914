/** `/api/v2/attack-protection` and `/api/v2/anomaly/blocks/ips`. */
import { isIP } from 'node:net'
import { type TObject, Type } from 'typebox'
import type { Db } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import { addressBlock } from '../http/address-block.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { clearTries } from './address-tries.ts'
import { isAddressBlocked } from './admit-address.ts'
import { checkAllowlist } from './allowlist.ts'
import {
  BreachedPasswordSettings,
  type SaidBreachedPassword,
  withBreachedPasswordDefaults,
} from './breached-password.ts'
import { BruteForceSettings, type SaidBruteForce, withBruteForceDefaults } from './brute-force.ts'
import { type Protection, readSaid, saveSaid } from './settings.ts'
import {
  mergeSuspiciousIp,
  type SaidSuspiciousIp,
  SuspiciousIpSettings,
  withSuspiciousIpDefaults,
} from './suspicious-ip.ts'

type Row<Said> = {
  schema: TObject
  title: string
  withDefaults: (said: Said) => object
  merge: (before: Said, said: Said) => Said
  partly?: string
}

/** What was said last holds. */
const replaced = <Said>(before: Said, said: Said): Said => ({ ...before, ...said })
const LOGGED = '`admin_notification` is told in the log, not by mail'

/** TABLE: the protections that have settings. What is stored has passed the schema. */
const PROTECTIONS = {
  'brute-force-protection': {
    schema: BruteForceSettings,
    title: 'Brute-force settings',
    withDefaults: withBruteForceDefaults,
    merge: replaced,
  } satisfies Row<SaidBruteForce>,
  'suspicious-ip-throttling': {
    schema: SuspiciousIpSettings,
    title: 'Suspicious IP Throttling settings',
    withDefaults: withSuspiciousIpDefaults,
    merge: mergeSuspiciousIp,
    partly: LOGGED,
  } satisfies Row<SaidSuspiciousIp>,
  'breached-password-detection': {
    schema: BreachedPasswordSettings,
    title: 'Breached Password Detection settings',
    withDefaults: withBreachedPasswordDefaults,
    merge: (before, said) => ({
      ...before,
      ...said,
      ...(said.stage ? { stage: { ...before.stage, ...said.stage } } : {}),
    }),
    partly: `looked up in the operator's list (\`BREACHED_PASSWORDS_FILE\`); ${LOGGED}`,
  } satisfies Row<SaidBreachedPassword>,
}

const IpParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 50, description: 'Address to check' }) })

export const attackProtectionRoutes: readonly Route[] = [
  // Object.keys forgets the keys' type; they come from the table above.
  ...(Object.keys(PROTECTIONS) as Protection[]).flatMap(settingsRoutes),
  route({
    kind: 'read',
    method: 'GET',
    url: '/anomaly/blocks/ips/:id',
    operationId: 'get_ips_by_id',
    summary: 'Check if an IP address is blocked',
    scope: ['read:anomaly_blocks'],
    withinOrganization: 'refused',
    params: IpParams,
    reply: { 200: Type.Null() },
    handler: async ({ db, params }) => {
      if (!(await isAddressBlocked(db, addressOf(params.id)))) throw new ApiError('not_found')
      return undefined
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/anomaly/blocks/ips/:id',
    operationId: 'delete_ips_by_id',
    summary: 'Remove the blocked IP address',
    scope: ['delete:anomaly_blocks'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: IpParams,
    reply: { 204: Type.Null() },
    handler: async ({ tx, params, audit }) => {
      const block = addressBlock(addressOf(params.id))
      await clearTries(tx, block)
      Object.assign(audit, { target: { kind: 'ip', id: block } })
      return null
    },
  }),
]

function settingsRoutes(name: Protection): Route[] {
  // The functions of a row take what its own schema lets through, and are called with nothing else.
  const { schema, title, withDefaults, merge, partly } = PROTECTIONS[name] as unknown as Row<JsonObject>
  const common = {
    url: `/attack-protection/${name}`,
    withinOrganization: 'refused',
    reply: { 200: schema },
    ...(partly === undefined ? {} : { partly }),
  } as const
  const read = async (db: Db) => withDefaults((await readSaid(db, name)) ?? {})
  return [
    route({
      ...common,
      kind: 'read',
      method: 'GET',
      operationId: `get_${name}`,
      summary: `Get ${title}`,
      scope: ['read:attack_protection'],
      handler: async ({ db }) => await read(db),
    }),
    route({
      ...common,
      kind: 'change',
      method: 'PATCH',
      operationId: `patch_${name}`,
      summary: `Update ${title}`,
      scope: ['update:attack_protection'],
      event: 'sapi',
      body: schema,
      handler: async ({ tx, body, audit }) => {
        const said = body as JsonObject
        if (Array.isArray(said.allowlist)) checkAllowlist(said.allowlist.map(String))
        const { before, after } = await saveSaid(tx, name, (before) => merge(before, said))
        Object.assign(audit, { target: { kind: 'attack_protection', id: name }, before: withDefaults(before) })
        return withDefaults(after)
      },
    }),
  ]
}

/** @throws ApiError invalid_uri */
function addressOf(text: string): string {
  if (isIP(text) !== 0 && !text.includes('%')) return text
  const reason = `Path validation error: '${text.slice(0, 50)} is not an IP address' on property id (Address to check).`
  throw new ApiError('invalid_uri', { with: { reason } })
}
