/**
 * TABLE: the people of the demo tenant, at two customers of a made-up supplier. Every address ends in `.example`,
 * which belongs to nobody (RFC 2606). They have no password: one gets in as one of them through a link that a start made.
 */

/** A customer of the demo. */
export type DemoCompany = {
  name: string
  /** Its brand's colour, `#rrggbb`. */
  colour: string
  mailDomain: string
  locale: string
  zoneinfo: string
  plan: string
}

export const DEMO_COMPANIES = {
  acme: {
    name: 'Acme Robotics',
    colour: '#23408e',
    mailDomain: 'acme-robotics.example',
    locale: 'en',
    zoneinfo: 'America/Chicago',
    plan: 'enterprise',
  },
  globex: {
    name: 'Globex Käserei',
    colour: '#f2c200',
    mailDomain: 'globex-kaeserei.example',
    locale: 'de',
    zoneinfo: 'Europe/Zurich',
    plan: 'team',
  },
} as const satisfies Record<string, DemoCompany>

/** A person of the demo. What is not said follows from the company. */
export type DemoPerson = {
  company: keyof typeof DEMO_COMPANIES
  given: string
  family: string
  /** The part of the address before the at sign. */
  mailbox: string
  title: string
  roles: readonly string[]
  isUnverified?: true
  isBlocked?: true
  /** Whether each start makes a link with which one can be this person. */
  isPersona?: true
  username?: string
  /** The other customer, where he works for both. */
  alsoAt?: keyof typeof DEMO_COMPANIES
  locale?: string
  zoneinfo?: string
}

export const DEMO_PEOPLE: readonly DemoPerson[] = [
  person('acme', 'Ada', 'Okafor', 'ada', 'Chief Executive', ['owner'], { isPersona: true }),
  person('acme', 'Samuel', 'Lindqvist', 'sam', 'Head of IT', ['administrator'], { isPersona: true }),
  person('acme', 'Priya', 'Raghunathan', 'priya', 'Support Lead', ['helper']),
  person('acme', 'Noah', 'Beaumont', 'noah', 'Auditor', ['auditor'], { isPersona: true }),
  person('acme', 'Mei-Ling', 'Chen', 'mei-ling', 'Motion Engineer', ['engineer']),
  person('acme', 'Tomás', 'Fernández', 'tomas', 'Robot Programmer', ['engineer'], { locale: 'es' }),
  person('acme', 'Fatima', 'Al-Sayed', 'fatima', 'Safety Engineer', ['engineer', 'safety']),
  person('acme', 'Oluwaseun', 'Adeyemi', 'seun', 'Field Technician', ['technician'], { zoneinfo: 'Africa/Lagos' }),
  person('acme', 'Grace', "O'Neill", 'grace', 'Buyer for both customers', ['purchasing'], { alsoAt: 'globex' }),
  person('acme', 'Łukasz', 'Wójcik', 'lukasz', 'Field Technician', ['technician'], { zoneinfo: 'Europe/Warsaw' }),
  person('acme', 'さくら', '田中', 'sakura', 'Vision Engineer', ['engineer'], {
    locale: 'ja',
    zoneinfo: 'Asia/Tokyo',
  }),
  person('acme', 'Victor', 'Hale', 'victor', 'Contractor, left in spring', [], { isBlocked: true }),
  person('acme', 'Zoë', 'van der Berg', 'zoe', 'Apprentice', ['technician'], { isUnverified: true }),
  person('globex', 'Käthe', 'Müller', 'kaethe', 'Geschäftsführerin', ['owner'], { isPersona: true }),
  person('globex', 'Jürgen', 'Weiß', 'juergen', 'Leiter IT', ['administrator'], { isPersona: true }),
  person('globex', 'Élodie', 'Favre', 'elodie', 'Kundendienst', ['helper'], { locale: 'fr' }),
  person('globex', 'Björn', 'Åkesson', 'bjoern', 'Käsermeister', ['production']),
  person('globex', 'Søren', 'Østergård', 'soeren', 'Affineur', ['production']),
  person('globex', 'Chiara', "D'Angelo", 'chiara', 'Verkauf Süd', ['sales'], { locale: 'it' }),
  person('globex', 'Ayşe', 'Yıldırım', 'ayse', 'Qualitätssicherung', ['quality']),
  person('globex', 'Đorđe', 'Nikolić', 'djordje', 'Lagerist', ['logistics'], {
    username: 'lager.djordje',
    isPersona: true,
  }),
  person('globex', 'Ὀδυσσεύς', 'Παπαδόπουλος', 'odysseas', 'Fahrer', ['logistics'], { locale: 'el' }),
  person('globex', 'Лариса', 'Коваленко', 'larysa', 'Buchhaltung', ['finance'], { locale: 'uk' }),
  person('globex', 'Heidi', 'Zgraggen', 'heidi', 'Lernende Milchtechnologin', ['production'], { isUnverified: true }),
]

/** The address of a person of the demo. */
export function emailOf({ company, mailbox }: DemoPerson): string {
  return `${mailbox}@${DEMO_COMPANIES[company].mailDomain}`
}

/** The whole name of a person of the demo. */
export function nameOf({ given, family }: DemoPerson): string {
  return `${given} ${family}`
}

type Particulars = Partial<Omit<DemoPerson, 'company' | 'given' | 'family' | 'mailbox' | 'title' | 'roles'>>

/** One row on one line. */
function person(
  company: DemoPerson['company'],
  given: string,
  family: string,
  mailbox: string,
  title: string,
  roles: readonly string[],
  particulars: Particulars = {},
): DemoPerson {
  return { company, given, family, mailbox, title, roles, ...particulars }
}
