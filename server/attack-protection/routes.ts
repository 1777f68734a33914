/** `/api/v2/attack-protection/brute-force-protection`. */
import { type Route, route } from '../http/define-route.ts'
import { checkAllowlist } from './allowlist.ts'
import { BruteForceSettings } from './brute-force.ts'
import { readBruteForce, saveBruteForce } from './store.ts'

export const attackProtectionRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/attack-protection/brute-force-protection',
    operationId: 'get_brute-force-protection',
    summary: 'Get Brute-force settings',
    scope: ['read:attack_protection'],
    withinOrganization: 'refused',
    reply: { 200: BruteForceSettings },
    handler: async ({ db }) => await readBruteForce(db),
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/attack-protection/brute-force-protection',
    operationId: 'patch_brute-force-protection',
    summary: 'Update Brute-force settings',
    scope: ['update:attack_protection'],
    withinOrganization: 'refused',
    event: 'sapi',
    body: BruteForceSettings,
    reply: { 200: BruteForceSettings },
    handler: async ({ tx, body, audit }) => {
      checkAllowlist(body.allowlist ?? [])
      const { before, after } = await saveBruteForce(tx, body)
      Object.assign(audit, { target: { kind: 'attack_protection', id: 'brute-force-protection' }, before })
      return after
    },
  }),
]
