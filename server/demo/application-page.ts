/**
 * The page of an application of the demo. It signs its visitors in by itself, in the browser, as any page without a server
 * does it; without JavaScript its links still lead through signing in and up.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { newToken } from '../base/ids.ts'
import { BUILT_IN_CLIENTS } from '../clients/built-in.ts'
import { fieldsOf, textOf } from '../http/sent-fields.ts'
import type { Server } from '../http/server.ts'
import { pageSender } from '../pages/render.ts'
import { surroundingsOf } from '../pages/surroundings.ts'
import type { DemoApplication } from './applications.ts'
import { DEMO_COMPANIES } from './people.ts'
import { DEMO_TEXTS } from './texts.ts'

const folder = join(import.meta.dirname, 'pages')
const send = pageSender(folder, ['application'])
const own = {
  style: readFileSync(join(folder, 'application.css'), 'utf8'),
  script: readFileSync(join(folder, 'application.js'), 'utf8'),
}

/** Sends it. */
export async function sendApplicationPage(
  server: Server,
  request: FastifyRequest,
  reply: FastifyReply,
  clientId: string,
  application: DemoApplication,
): Promise<FastifyReply> {
  const { name, company, asksFor, path } = application
  const brand = { name: DEMO_COMPANIES[company].name, colour: DEMO_COMPANIES[company].colour }
  const surroundings = await surroundingsOf(server, request, { uiLocales: asksFor, brand })
  const texts = DEMO_TEXTS[surroundings.language]
  const home = `${server.config.publicUrl}${path}`
  const query = fieldsOf(request.query)
  const [invitation, organization] = [textOf(query, 'invitation'), textOf(query, 'organization')]
  const invited = invitation !== undefined && organization !== undefined ? { invitation, organization } : {}
  return await send(reply, 200, surroundings, {
    template: 'application',
    title: name,
    text: texts,
    own,
    has_code: query.code !== undefined,
    sign_in: signInAddress(server, clientId, application, invited),
    sign_up: signInAddress(server, clientId, application, { screen_hint: 'signup' }),
    account: BUILT_IN_CLIENTS['tenantry-account'].path,
    sign_out: `/v2/logout?${new URLSearchParams({ client_id: clientId, returnTo: home })}`,
  })
}

/** The script puts its own challenge in the place of this one, whose verifier nobody has. */
function signInAddress(
  { config }: Server,
  clientId: string,
  { path, asksFor }: DemoApplication,
  more: Record<string, string>,
): string {
  const parameters = new URLSearchParams({
    client_id: clientId,
    redirect_uri: `${config.publicUrl}${path}`,
    response_type: 'code',
    scope: 'openid profile email',
    code_challenge: newToken(),
    code_challenge_method: 'S256',
    ...(asksFor === undefined ? {} : { ui_locales: asksFor }),
    ...more,
  })
  return `/authorize?${parameters}`
}
