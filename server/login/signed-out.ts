/** The page after signing out, where no application has an address of its own for that; and the one about errors. */
import type { FastifyInstance } from 'fastify'
import type { StoredClient } from '../clients/client.ts'
import { clientBrand } from '../clients/client-brand.ts'
import { signInAddressOf } from '../clients/sign-in-address.ts'
import { findClient } from '../clients/store.ts'
import { fieldsOf, textOf } from '../http/sent-fields.ts'
import type { Server } from '../http/server.ts'
import { sendErrorPage } from '../pages/error-page.ts'
import { sendNotice } from '../pages/notice.ts'
import { surroundingsOf } from '../pages/surroundings.ts'
import { wordsOf } from '../pages/texts.ts'
import { LINK_TEXTS } from './texts/links.ts'

/** Mounts both. */
export function signedOutRoutes(app: FastifyInstance, server: Server): void {
  app.get('/u/signed-out', async (request, reply) => {
    const { db } = server.database
    const clientId = textOf(fieldsOf(request.query), 'client_id')
    const client = clientId === undefined ? undefined : await findClient(db, clientId)
    const surroundings = await surroundingsOf(server, request, { brand: clientBrand(client) })
    const texts = wordsOf(LINK_TEXTS, surroundings)
    const address =
      (await signInAddressOf(db, server.config, clientId)) ??
      homeOf(client) ??
      (await signInAddressOf(db, server.config, undefined))
    return await sendNotice(reply, 200, surroundings, {
      title: texts.signed_out_title,
      paragraphs: [texts.signed_out_1],
      links: [address === undefined ? undefined : { href: address, label: texts.sign_in_again }],
    })
  })
  app.get('/u/error', async (request, reply) => {
    // Whatever stands in the address was written by whoever made it; none of it is shown.
    return await sendErrorPage(server, request, reply, 400, { error: 'invalid_request' })
  })
}

/** Where the application lives, as far as its first address to come back to says so. */
function homeOf(client: StoredClient | undefined): string | undefined {
  const callbacks: unknown = client?.settings.callbacks
  const [first] = Array.isArray(callbacks) ? callbacks : []
  if (typeof first !== 'string' || /[{*]/.test(first) || !URL.canParse(first)) return undefined
  const { protocol, origin } = new URL(first)
  return /^https?:$/.test(protocol) ? origin : undefined
}
