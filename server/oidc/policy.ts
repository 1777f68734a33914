/**
 * What an authorization request waits for, in this order: signing in, whatever the sign-in checks ask of the person
 * first, and his consent. The only place that decides which page comes next.
 */
import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { failedCheck, SIGN_IN_CHECKS, type SignInCheck, type SignInCheckCode } from '../sign-in/checks.ts'
import { oidcDb } from './context.ts'

const { base, Check, Prompt } = interactionPolicy

/** The policy. */
export function signInPolicy() {
  const policy = base()
  policy.add(requirement(), 1)
  return policy
}

/** The check that has to be cleared, and whose page it has; found anew for each request. */
async function openCheck(ctx: KoaContextWithOIDC): Promise<SignInCheckCode | undefined> {
  const { session, client } = ctx.oidc
  if (!session?.accountId || !client) return undefined
  const code = await failedCheck(oidcDb(), { userId: session.accountId, clientId: client.clientId })
  if (!code) return undefined
  const row: SignInCheck = SIGN_IN_CHECKS[code]
  if (!row.page) throw new errors.CustomOIDCProviderError(row.oauth.error, row.oauth.description)
  return code
}

function requirement() {
  return new Prompt(
    { name: 'requirement', requestable: false },
    new Check(
      'open',
      'the user has to do something first',
      'interaction_required',
      async (ctx) => (await openCheck(ctx)) !== undefined,
      async (ctx) => ({ check: await openCheck(ctx) }),
    ),
  )
}
