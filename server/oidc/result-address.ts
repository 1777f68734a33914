/**
 * Where the page behind a ticket may lead on to: an address that an application or the tenant has registered as one to come
 * back to, or one of our own. Whoever may ask for tickets could send people anywhere from our pages otherwise.
 */
import { sql } from 'kysely'
import type { Config } from '../config.ts'
import type { Db } from '../db/database.ts'
import { readTenantSettings } from '../tenants/store.ts'
import { isRegisteredLogout } from './redirects.ts'

/** Whether it may. Query and fragment are left out of the comparison; a `*` stands for the left-most label. */
export async function isResultAddress(db: Db, { publicUrl }: Config, address: string): Promise<boolean> {
  if (!URL.canParse(address)) return false
  const { origin, username, password } = new URL(address)
  if (username !== '' || password !== '') return false
  if (origin === publicUrl) return true
  const { allowed_logout_urls = [], default_redirection_uri = '' } = await readTenantSettings(db)
  if (isRegisteredLogout([...allowed_logout_urls, default_redirection_uri], address)) return true
  return isRegisteredLogout(await registeredByClients(db, origin), address)
}

/** The addresses of all applications that can be meant: on the same origin, or with a `*`. */
async function registeredByClients(db: Db, origin: string): Promise<string[]> {
  const listed = (name: string) => sql`select jsonb_array_elements_text(
    case jsonb_typeof(settings->${name}) when 'array' then settings->${name} else '[]' end)`
  const { rows } = await sql<{ address: string }>`
    select distinct address from clients, lateral (
      ${listed('callbacks')} union all ${listed('allowed_logout_urls')}
      union all select settings->>'initiate_login_uri') a(address)
    where starts_with(lower(address), ${origin}) or address like '%*%'`.execute(db)
  return rows.map(({ address }) => address)
}
