/**
 * Being one of the demo's people: links that sign in as them. A start makes one for each and prints it; the newest of a
 * person is the only one that works.
 */
import type { SystemActor } from '../authorization/actor.ts'
import { ADMIN_CLIENT, BUILT_IN_CLIENTS } from '../clients/built-in.ts'
import { findConnectionByName } from '../connections/store.ts'
import type { Tx } from '../db/database.ts'
import { recordEvent } from '../logs/record.ts'
import { FIRST_CONNECTION } from '../setup.ts'
import { issueTicket } from '../tickets/issue.ts'
import { ticketUrl } from '../tickets/ticket.ts'
import { findAccount } from '../users/find-account.ts'
import { NAME_CONNECTION } from './applications.ts'
import { administers } from './organizations.ts'
import { DEMO_COMPANIES, DEMO_PEOPLE, type DemoPerson, emailOf, nameOf } from './people.ts'

const PURPOSE = 'sign_in'
const LIFETIME_SECONDS = 86_400
const ACTOR: SystemActor = { kind: 'system', name: 'demo' }

/** A person, and the link with which one is this person. */
export type Persona = { person: DemoPerson; url: string }

/** Those who can be chosen. */
export const PERSONAS: readonly DemoPerson[] = DEMO_PEOPLE.filter(({ isPersona }) => isPersona)

/** Makes the links of all; whoever is blocked, was deleted or has another address now has none. */
export async function issuePersonaLinks(tx: Tx, publicUrl: string): Promise<Persona[]> {
  const personas: Persona[] = []
  for (const person of PERSONAS) {
    const url = await issuePersonaLink(tx, publicUrl, person)
    if (url !== undefined) personas.push({ person, url })
  }
  return personas
}

/** Makes the link of one. */
export async function issuePersonaLink(tx: Tx, publicUrl: string, person: DemoPerson): Promise<string | undefined> {
  const connection = await findConnectionByName(tx, connectionNameOf(person))
  const account = connection && (await findAccount(tx, connection.id, 'email', emailOf(person)))
  if (!account || account.blocked) return undefined
  const { userId, identityId } = account
  const token = await issueTicket(tx, {
    purpose: PURPOSE,
    userId,
    connectionId: connection.id,
    identityId,
    // It is handed over here and not by mail, so it proves nothing about a mailbox.
    address: undefined,
    marksEmailVerified: false,
    details: {
      leadsTo: BUILT_IN_CLIENTS[administers(person) ? ADMIN_CLIENT : 'tenantry-account'].path,
      language: person.locale ?? DEMO_COMPANIES[person.company].locale,
    },
    lifetimeSeconds: LIFETIME_SECONDS,
  })
  await recordEvent(tx, {
    type: 'sapi',
    actor: ACTOR,
    description: 'Make a sign-in link of the demo',
    userId,
    userName: nameOf(person),
    target: { kind: 'user', id: userId },
    connection,
  })
  return ticketUrl(publicUrl, PURPOSE, token)
}

function connectionNameOf({ username }: DemoPerson): string {
  return username === undefined ? FIRST_CONNECTION : NAME_CONNECTION
}
