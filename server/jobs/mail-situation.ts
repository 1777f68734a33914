/** What is known of queued mails whoever they are for. Mails that were taken together share what they have in common. */
import { findClients } from '../clients/store.ts'
import { findProvider, findTemplates, type QueuedEmail, type StoredProvider } from '../emails/store.ts'
import { isSentTemplate, type TemplateSettings, templateRow } from '../emails/templates.ts'
import type { Server } from '../http/server.ts'
import { sandboxOf } from '../liquid/sandbox.ts'
import { findOrganizations } from '../organizations/store.ts'
import { readTenantSettings } from '../tenants/store.ts'
import { type MailSituation, tenantVariables } from './mail-content.ts'

/** What is known of one. `own` is what the tenant has said of the template. */
export type Situation = MailSituation & {
  provider: StoredProvider | undefined
  own: TemplateSettings | undefined
  /** Where the page behind the link leads on to; undefined where the template names no address. */
  resultUrl: string | undefined
}

/** Reads it, by the mail's id. Left out are mails whose template is sent no more. */
export async function readSituations(server: Server, emails: readonly QueuedEmail[]): Promise<Map<string, Situation>> {
  const { config, database } = server
  const { db } = database
  const clientIds = new Set(emails.flatMap(({ client_id }) => client_id ?? []))
  const organizationIds = new Set(emails.flatMap(({ organization_id }) => organization_id ?? []))
  const [settings, provider, clients, organizations, templates] = await Promise.all([
    readTenantSettings(db),
    findProvider(db),
    findClients(db, [...clientIds]),
    findOrganizations(db, [...organizationIds]),
    findTemplates(db, [...new Set(emails.map(({ template }) => template))]),
  ])
  const addressOf = addressMaker(server)
  const situations = emails.map(async (email): Promise<[string, Situation] | undefined> => {
    const { template, client_id, organization_id } = email
    if (!isSentTemplate(template)) return undefined
    const client = client_id === null ? undefined : clients.get(client_id)
    const own = templates.get(template)
    const organization = organizations.get(organization_id ?? '')
    const known = { config, email, template, settings, client, organization }
    return [email.id, { ...known, provider, own, resultUrl: await addressOf(known, own) }]
  })
  return new Map((await Promise.all(situations)).filter((entry) => entry !== undefined))
}

type AddressMaker = (known: MailSituation, own: TemplateSettings | undefined) => Promise<string | undefined>

/** Makes each address once: it may depend on application and organization, and on nothing else of a mail. */
function addressMaker(server: Server): AddressMaker {
  const made = new Map<string, Promise<string | undefined>>()
  return (known, own) => {
    if (!own?.resultUrl || !templateRow(known.template).leadsOn) return Promise.resolve(undefined)
    const key = `${known.template}|${known.client?.client_id}|${known.organization?.id}`
    const address = made.get(key) ?? resultUrlOf(server, known, own.resultUrl)
    made.set(key, address)
    return address
  }
}

async function resultUrlOf(server: Server, known: MailSituation, pattern: string): Promise<string | undefined> {
  const { application, client } = tenantVariables(known)
  const made = await sandboxOf(server)
    .render({ body: undefined, plain: { address: pattern }, variables: { application, client } })
    .catch(() => undefined)
  const address = made?.plain.address?.trim() ?? ''
  return /^https?:\/\//i.test(address) && URL.canParse(address) ? address : undefined
}
