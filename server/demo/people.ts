/**
 * TABLE: the people of the demo tenant, at two customers of a made-up supplier. Every address ends in `.example`,
 * which belongs to nobody (RFC 2606). They have no password: a person gets in through a link, an operator sends it.
 */

/** A customer of the demo. */
export type DemoCompany = { name: string; mailDomain: string; language: string; timeZone: string; plan: string }

export const DEMO_COMPANIES = {
  acme: {
    name: 'Acme Robotics',
    mailDomain: 'acme-robotics.example',
    language: 'en',
    timeZone: 'America/Chicago',
    plan: 'enterprise',
  },
  globex: {
    name: 'Globex Käserei',
    mailDomain: 'globex-kaeserei.example',
    language: 'de',
    timeZone: 'Europe/Zurich',
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
  username?: string
  language?: string
  timeZone?: string
}

export const DEMO_PEOPLE: readonly DemoPerson[] = [
  person('acme', 'Ada', 'Okafor', 'ada', 'Chief Executive', ['owner']),
  person('acme', 'Samuel', 'Lindqvist', 'sam', 'Head of IT', ['administrator']),
  person('acme', 'Priya', 'Raghunathan', 'priya', 'Support Lead', ['helper']),
  person('acme', 'Noah', 'Beaumont', 'noah', 'Auditor', ['auditor']),
  person('acme', 'Mei-Ling', 'Chen', 'mei-ling', 'Motion Engineer', ['engineer']),
  person('acme', 'Tomás', 'Fernández', 'tomas', 'Robot Programmer', ['engineer'], { language: 'es' }),
  person('acme', 'Fatima', 'Al-Sayed', 'fatima', 'Safety Engineer', ['engineer', 'safety']),
  person('acme', 'Oluwaseun', 'Adeyemi', 'seun', 'Field Technician', ['technician'], { timeZone: 'Africa/Lagos' }),
  person('acme', 'Grace', "O'Neill", 'grace', 'Buyer', ['purchasing']),
  person('acme', 'Łukasz', 'Wójcik', 'lukasz', 'Field Technician', ['technician'], { timeZone: 'Europe/Warsaw' }),
  person('acme', 'さくら', '田中', 'sakura', 'Vision Engineer', ['engineer'], {
    language: 'ja',
    timeZone: 'Asia/Tokyo',
  }),
  person('acme', 'Victor', 'Hale', 'victor', 'Contractor, left in spring', [], { isBlocked: true }),
  person('acme', 'Zoë', 'van der Berg', 'zoe', 'Apprentice', ['technician'], { isUnverified: true }),
  person('globex', 'Käthe', 'Müller', 'kaethe', 'Geschäftsführerin', ['owner']),
  person('globex', 'Jürgen', 'Weiß', 'juergen', 'Leiter IT', ['administrator']),
  person('globex', 'Élodie', 'Favre', 'elodie', 'Kundendienst', ['helper'], { language: 'fr' }),
  person('globex', 'Björn', 'Åkesson', 'bjoern', 'Käsermeister', ['production']),
  person('globex', 'Søren', 'Østergård', 'soeren', 'Affineur', ['production']),
  person('globex', 'Chiara', "D'Angelo", 'chiara', 'Verkauf Süd', ['sales'], { language: 'it' }),
  person('globex', 'Ayşe', 'Yıldırım', 'ayse', 'Qualitätssicherung', ['quality']),
  person('globex', 'Đorđe', 'Nikolić', 'djordje', 'Lagerist', ['logistics'], { username: 'lager.djordje' }),
  person('globex', 'Ὀδυσσεύς', 'Παπαδόπουλος', 'odysseas', 'Fahrer', ['logistics'], { language: 'el' }),
  person('globex', 'Лариса', 'Коваленко', 'larysa', 'Buchhaltung', ['finance'], { language: 'uk' }),
  person('globex', 'Heidi', 'Zgraggen', 'heidi', 'Lernende Milchtechnologin', ['production'], { isUnverified: true }),
]

type Particulars = Pick<DemoPerson, 'isUnverified' | 'isBlocked' | 'username' | 'language' | 'timeZone'>

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
