/**
 * A customer as it is after some time, for browsers: an organization with its look, people with roles in it, and
 * invitations. Made through the Management API, as an operator makes one.
 */

/** Calls a server's Management API: method, path below `/api/v2`, body. */
// biome-ignore lint/suspicious/noExplicitAny: answers have the shape of whatever is called.
export type ManagementApi = (method: string, path: string, body?: unknown) => Promise<any>

/** A person of the organization. */
export type AcmePerson = { id: string; email: string; name: string }

/** The organization, with people by what they are in it. */
export type Acme = {
  id: string
  administrator: AcmePerson
  auditor: AcmePerson
  member: AcmePerson
  unverified: AcmePerson
}

/** TABLE: its people. A built-in role's name, or none. */
const PEOPLE = [
  { name: 'Amara Okafor', role: 'Administrator' },
  { name: 'Beatriz Almeida' },
  { name: 'Callum Reid', isUnverified: true },
  { name: 'Dmitra Pappas', role: 'Helper' },
  { name: 'Étienne Marchand' },
  { name: 'Hannah Brandt', role: 'Auditor' },
  { name: 'Ingrid Sørensen' },
  { name: 'Jun Watanabe' },
  { name: 'Mehmet Yıldız' },
  { name: 'Noor El-Amin', role: 'Operator' },
  { name: 'Priya Raghunathan', role: 'Helper' },
  { name: 'Tomasz Kowalczyk' },
  { name: 'Yusra Haddad' },
] as const satisfies { name: string; role?: string; isUnverified?: true }[]

/**
 * Makes it.
 *
 * @param domain of the addresses, which tells organizations apart
 * @param person what else everybody has
 */
export async function makeAcme(api: ManagementApi, domain: string, person: Everybody, language = 'en'): Promise<Acme> {
  const name = domain.split('.')[0] ?? domain
  const { id } = await api('POST', '/organizations', {
    name,
    display_name: 'Acme Freight',
    branding: { colors: { primary: '#23408e', page_background: '#fbfaf8' } },
  })
  const [connection] = await api('GET', `/connections?name=${person.connection}`)
  await api('POST', `/organizations/${id}/enabled_connections`, { connection_id: connection.id })
  const roles = await api('GET', '/roles?per_page=100')
  const people = new Map<string, AcmePerson>()
  for (const row of PEOPLE) {
    const one = await makePerson(api, row, { domain, person, language })
    people.set(row.name, one)
    await api('POST', `/organizations/${id}/members`, { members: [one.id] })
    if (!('role' in row)) continue
    const role = roles.find((known: { name: string }) => known.name === row.role)
    await api('POST', `/organizations/${id}/members/${encodeURIComponent(one.id)}/roles`, { roles: [role.id] })
  }
  for (const invited of ['oskar.lindqvist', 'sara.tomas']) {
    await api('POST', `/organizations/${id}/invitations`, {
      inviter: { name: 'Amara Okafor' },
      invitee: { email: `${invited}@${domain}` },
      client_id: 'tenantry-account',
      send_invitation_email: false,
    })
  }
  const named = (wanted: (typeof PEOPLE)[number]['name']) => {
    const found = people.get(wanted)
    if (!found) throw new Error(`Nobody is called ${wanted}.`)
    return found
  }
  return {
    id,
    administrator: named('Amara Okafor'),
    auditor: named('Hannah Brandt'),
    member: named('Tomasz Kowalczyk'),
    unverified: named('Callum Reid'),
  }
}

/** What all have in common. */
type Everybody = { connection: string; password: string }

type Row = { name: string; isUnverified?: true }

async function makePerson(
  api: ManagementApi,
  { name, isUnverified = undefined }: Row,
  { domain, person, language }: { domain: string; person: Everybody; language: string },
): Promise<AcmePerson> {
  const [given_name = '', ...family] = name.split(' ')
  const mailbox = name
    .toLowerCase()
    .normalize('NFD')
    .replaceAll('ı', 'i')
    .replaceAll('ø', 'o')
    .replace(/[^a-z ]/g, '')
    .replaceAll(' ', '.')
  const email = `${mailbox}@${domain}`
  const { user_id: id } = await api('POST', '/users', {
    ...person,
    email,
    name,
    given_name,
    family_name: family.join(' '),
    email_verified: !isUnverified,
    verify_email: false,
    user_metadata: { locale: language },
  })
  return { id, email, name }
}
