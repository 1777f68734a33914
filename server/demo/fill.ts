/** Fills an empty tenant with the demo, by the same use cases that serve everybody else. */
import type { SystemActor } from '../authorization/actor.ts'
import { newClientSecret } from '../base/ids.ts'
import type { Secrets } from '../base/secrets.ts'
import { ensureMachineClient, grantApi } from '../clients/machine-client.ts'
import type { Config } from '../config.ts'
import type { Connection } from '../connections/connection.ts'
import { createConnection } from '../connections/create.ts'
import { findConnectionByName } from '../connections/store.ts'
import type { Tx } from '../db/database.ts'
import { createResourceServer } from '../resource-servers/create.ts'
import { FIRST_CONNECTION } from '../setup.ts'
import { createUser, type NewUser } from '../users/create.ts'
import { NAME_CONNECTION } from './applications.ts'
import { fillOrganizations, type MadePerson } from './organizations.ts'
import { DEMO_COMPANIES, DEMO_PEOPLE, type DemoPerson, emailOf, nameOf } from './people.ts'

/** The application whose id and secret the start prints. */
export const DEMO_CLIENT_ID = 'demo-backend'

const ACTOR: SystemActor = { kind: 'system', name: 'demo' }

/** Its people are made by their company; nobody signs up. */
const DEMO_CONNECTION = {
  name: NAME_CONNECTION,
  strategy: 'auth0',
  display_name: 'Globex Käserei, Lager',
  options: { requires_username: true, disable_signup: true },
} as const

const DEMO_API = {
  name: 'Acme Robotics API',
  identifier: 'https://api.acme-robotics.example/',
  scopes: [
    { value: 'read:robots', description: 'Read robots' },
    { value: 'move:robots', description: 'Move robots' },
  ],
}

/** Fills the tenant: people in two connections and two organizations, an API, and a backend that may use it. */
export async function fillDemo(tx: Tx, secrets: Secrets, config: Config): Promise<void> {
  const connection = await findConnectionByName(tx, FIRST_CONNECTION)
  if (!connection) throw new Error('A new tenant has its first connection.')
  const byName = await createConnection(tx, secrets, DEMO_CONNECTION)
  const people: MadePerson[] = []
  for (const person of DEMO_PEOPLE) {
    const user = await createUser(tx, ACTOR, newUserOf(person, person.username ? byName : connection))
    people.push({ person, userId: user.user_id })
  }
  await fillOrganizations(tx, people, {
    acme: [{ connection }],
    globex: [{ connection }, { connection: byName, isOwn: true }],
  })
  await ensureDemoBackend(tx, secrets)
  const { id, scopes } = await createResourceServer(tx, secrets, config, DEMO_API)
  const granted = scopes.map(({ value }) => value)
  await grantApi(tx, DEMO_CLIENT_ID, { resourceServerId: id, scope: granted })
}

/** Makes the backend, or makes it again for who has tried out how to delete it. */
export async function ensureDemoBackend(tx: Tx, secrets: Secrets): Promise<void> {
  const known = await tx.selectFrom('clients').where('client_id', '=', DEMO_CLIENT_ID).select('name').executeTakeFirst()
  if (known) return
  await ensureMachineClient(tx, secrets, { id: DEMO_CLIENT_ID, secret: newClientSecret(), name: 'Demo backend' })
}

function newUserOf(person: DemoPerson, connection: Connection): NewUser {
  const { name, locale, zoneinfo, plan } = DEMO_COMPANIES[person.company]
  return {
    connection,
    email: emailOf(person),
    email_verified: !person.isUnverified,
    name: nameOf(person),
    given_name: person.given,
    family_name: person.family,
    ...(person.username ? { username: person.username } : {}),
    ...(person.isBlocked ? { blocked: true } : {}),
    user_metadata: {
      locale: person.locale ?? locale,
      zoneinfo: person.zoneinfo ?? zoneinfo,
      title: person.title,
    },
    app_metadata: { company: name, plan, roles: [...person.roles] },
  }
}
