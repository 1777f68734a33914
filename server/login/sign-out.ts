/** The page that asks whether one wants to be signed out, where an application did not say by whom it was asked. */
import type { FastifyInstance } from 'fastify'
import { isBuiltInClient } from '../clients/built-in.ts'
import { clientBrand } from '../clients/client-brand.ts'
import { findClient } from '../clients/store.ts'
import { fieldsOf, textOf } from '../http/sent-fields.ts'
import type { Server } from '../http/server.ts'
import { CONFIRM_SIGN_OUT, confirmationQuery, sessionCookieOf, signOutByOidc } from '../oidc/logout.ts'
import { formTokenOf, guardForm } from '../pages/form-guard.ts'
import { sendNotice } from '../pages/notice.ts'
import { surroundingsOf } from '../pages/surroundings.ts'
import { fill, wordsOf } from '../pages/texts.ts'
import { LINK_TEXTS } from './texts/links.ts'

/** Mounts it. */
export function signOutRoutes(app: FastifyInstance, server: Server): void {
  const { config, database, secrets } = server
  const tokenFor = (session: string | undefined, query: string) =>
    formTokenOf(secrets, CONFIRM_SIGN_OUT, `${session ?? ''}|${query}`)
  app.get(CONFIRM_SIGN_OUT, async (request, reply) => {
    const fields = fieldsOf(request.query)
    const query = confirmationQuery(fields)
    const clientId = textOf(fields, 'client_id')
    const client = clientId === undefined ? undefined : await findClient(database.db, clientId)
    const surroundings = await surroundingsOf(server, request, { brand: clientBrand(client) })
    const texts = wordsOf(LINK_TEXTS, surroundings)
    return await sendNotice(reply, 200, surroundings, {
      title: texts.sign_out_title,
      paragraphs: [
        client && !isBuiltInClient(client.client_id)
          ? fill(texts.sign_out_by, { application: client.name })
          : texts.sign_out_1,
        texts.sign_out_2,
      ],
      form: {
        action: `${CONFIRM_SIGN_OUT}?${query}`,
        formToken: tokenFor(await sessionCookieOf(server, request), query),
        label: texts.sign_out,
      },
      // To wherever the application wants its people afterwards, which is compared when the form is sent.
      formTargets: 'anywhere',
    })
  })
  app.post(CONFIRM_SIGN_OUT, async (request, reply) => {
    const fields = fieldsOf(request.query)
    const expected = tokenFor(await sessionCookieOf(server, request), confirmationQuery(fields))
    guardForm(request, config.publicUrl, fieldsOf(request.body).form_token, expected)
    return await signOutByOidc(server, request, reply, fields, true)
  })
}
