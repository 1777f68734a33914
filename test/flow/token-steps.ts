/** Steps of applications, and of a browser without a page: codes, refresh tokens, silent sign-in, signing out. */

import { hashToken } from '../../server/base/secrets.ts'
import { ask, CALLBACK, SPA, THIRD, WEB, WEB_SECRET } from '../../server/oidc/sign-in.testing.ts'
import type { Answer } from '../harness.ts'
import { broughtBack, isRefused, surf } from './browser.ts'
import { ofWhomever } from './page-steps.ts'
import type { Allowance, Allowed, Step, Walk } from './walk.ts'

/** Exchanges a code: its own application or another, with its verifier or another, as often as it comes. */
export function exchangeCode(walk: Walk, isStraight = false): Step | undefined {
  const { random, codes } = walk
  const code = isStraight || random.happens(0.6) ? codes.at(-1) : random.oneOf(codes)
  if (!code) return undefined
  const clientId = isStraight || random.happens(0.85) ? code.clientId : (random.oneOf([SPA, WEB, THIRD]) ?? SPA)
  const verifier = isStraight || random.happens(0.85) ? code.verifier : 'x'.repeat(43)
  const holder = holderOf(walk, code.hash)
  const isRight = clientId === code.clientId && verifier === code.verifier && holder !== undefined
  const form = { grant_type: 'authorization_code', code: code.code, redirect_uri: CALLBACK, code_verifier: verifier }
  return tokens(
    walk,
    `${clientId} exchanges a code${isRight ? '' : ', wrongly'}`,
    clientId,
    form,
    isRight ? holder : undefined,
  )
}

/** Uses a refresh token, its own application or another, as often as it comes. */
export function refresh(walk: Walk): Step | undefined {
  const { random, refreshTokens } = walk
  const token = random.happens(0.5) ? refreshTokens.at(-1) : random.oneOf(refreshTokens)
  if (!token) return undefined
  const clientId = random.happens(0.85) ? token.clientId : (random.oneOf([SPA, WEB, THIRD]) ?? SPA)
  const holder = holderOf(walk, token.hash)
  const isRight = clientId === token.clientId && holder !== undefined
  const form = { grant_type: 'refresh_token', refresh_token: token.token }
  return tokens(
    walk,
    `${clientId} refreshes${isRight ? '' : ', wrongly'}`,
    clientId,
    form,
    isRight ? holder : undefined,
  )
}

/** Whose unused code or token it is. */
function holderOf({ before }: Walk, hash: string): string | undefined {
  return [...before.values()].find(({ artifacts }) => hash in artifacts)?.user_id
}

function tokens(
  walk: Walk,
  says: string,
  clientId: string,
  form: Record<string, string>,
  holder: string | undefined,
): Step {
  const allowed: Allowance = new Set<Allowed>(holder === undefined ? [] : [`refresh token ${holder}`])
  const body = { client_id: clientId, ...(clientId === WEB ? { client_secret: WEB_SECRET } : {}), ...form }
  return {
    says,
    allowed,
    mayLose: true,
    take: async () => {
      const answer: Answer = await walk.world.test.token(body)
      const { access_token, refresh_token } = answer.body ?? {}
      if (access_token !== undefined && holder === undefined) throw new Error('Tokens were given without their proof.')
      if (refresh_token !== undefined) {
        walk.refreshTokens.push({ token: refresh_token, hash: hashToken(refresh_token), clientId })
        walk.world.seen.set('tokens', (walk.world.seen.get('tokens') ?? 0) + 1)
      }
      return { statuses: [answer.status], isRefused: answer.status >= 400 }
    },
  }
}

/** A silent sign-in. */
export function silently(walk: Walk): Step | undefined {
  const browser = walk.random.oneOf(walk.browsers)
  if (!browser) return undefined
  const clientId = walk.random.oneOf([SPA, WEB, THIRD]) ?? SPA
  const asked = ask({ client_id: clientId, prompt: 'none' })
  return {
    says: `${browser.name} signs in silently to ${clientId}`,
    browser,
    allowed: ofWhomever(walk, browser, ['code', 'session']),
    take: async () => {
      const landing = await surf(browser, 'GET', asked.url)
      const code = broughtBack(landing)?.code
      if (code) walk.codes.push({ code, hash: hashToken(code), clientId, verifier: asked.verifier })
      return { statuses: landing.statuses, isRefused: isRefused(landing) }
    },
  }
}

/** Signs out; wherever that is to lead, whoever asks for it is signed out. */
export function logout(walk: Walk): Step | undefined {
  const { random, browsers } = walk
  const browser = random.oneOf(browsers)
  if (!browser) return undefined
  const address = random.oneOf(['/v2/logout', `/v2/logout?client_id=${SPA}`, '/v2/logout?returnTo=https://evil.test'])
  return {
    says: `${browser.name} signs out by ${address}`,
    browser,
    allowed: new Set(),
    mayLose: true,
    take: async () => {
      const landing = await surf(browser, 'GET', address ?? '', { stops: true })
      return { statuses: landing.statuses, isRefused: isRefused(landing) }
    },
  }
}
