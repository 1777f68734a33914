/**
 * The Authentication API of databases, under `/dbconnections/`: applications sign people up and ask for the mail by which
 * a password is reset, without a page of ours. Anybody may call it; nothing here says who has an account beyond what
 * Auth0's own answers say. What happens is in `sign-in/`, here are the wire forms.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { addressBlock } from '../http/address-block.ts'
import { applyRateLimit } from '../http/rate-limit-headers.ts'
import { requestInfoOf } from '../http/request-info.ts'
import type { Server } from '../http/server.ts'
import { resolveOrganization } from '../oidc/organization.ts'
import { requestPasswordReset } from '../sign-in/request-reset.ts'
import { signUp } from '../sign-in/sign-up.ts'
import { readTenantSettings } from '../tenants/store.ts'
import { CHANGE_PASSWORD_ANSWER, readChangePassword } from './change-password.ts'
import { refuse, requireDatabase } from './database-request.ts'
import { existsBody, passwordBody, readSignUp, signedUpAnswer } from './sign-up.ts'

/** Mounts them. */
export function mountAuthenticationApi(app: FastifyInstance, server: Server): void {
  app.register(async (api) => {
    api.addHook('onRequest', async (request, reply) => {
      applyRateLimit(server.rateLimiter, `database|${addressBlock(request.ip)}`, reply)
    })
    api.post('/dbconnections/signup', async (request, reply) => {
      return await answerSignUp(server, request, reply)
    })
    api.post('/dbconnections/change_password', async (request, reply) => {
      return await answerChangePassword(server, request, reply)
    })
  })
}

async function answerSignUp(server: Server, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { db } = server.database
  const { client_id: clientId, connection: name, ...fields } = readSignUp(request.body, isForm(request))
  const connection = await requireDatabase(server, { connection: name, client_id: clientId })
  const result = await signUp(server, {
    ...fields,
    connection,
    clientId,
    door: 'api',
    mailLanguage: languageOf(request),
    request: requestInfoOf(request),
  })
  if (result.kind === 'signed-up') return await reply.send(signedUpAnswer(result.user, fields))
  if (result.kind === 'refused') return await reply.code(400).send(passwordBody(result.refusal))
  const { enable_public_signup_user_exists_error: isTold = false } = (await readTenantSettings(db)).flags
  return await reply.code(400).send(existsBody(result.identifier, isTold))
}

async function answerChangePassword(server: Server, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { identifier, organization, ...body } = readChangePassword(request.body)
  const organizationId = organization === undefined ? undefined : await requireOrganization(server, organization)
  const connection = await requireDatabase(server, { ...body, organizationId })
  await requestPasswordReset(server, {
    connection,
    identifier,
    clientId: body.client_id,
    organizationId,
    language: languageOf(request),
    request: requestInfoOf(request),
  })
  return await reply.type('text/html; charset=utf-8').send(CHANGE_PASSWORD_ANSWER)
}

/** The id of the organization that is named, as at `/authorize`. Whom it has as members is not looked at here. */
async function requireOrganization(server: Server, named: string): Promise<string> {
  const found = await resolveOrganization(server.database.db, named)
  if (!found) throw refuse('organization not found')
  return found.id
}

function isForm(request: FastifyRequest): boolean {
  return (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
}

/** Auth0's header for the language of mails; the mail itself falls back to one that it has. */
function languageOf(request: FastifyRequest): string | undefined {
  const language = request.headers['x-request-language']
  return typeof language === 'string' && /^[A-Za-z0-9-]{1,35}$/.test(language) ? language : undefined
}
