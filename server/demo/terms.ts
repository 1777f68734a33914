/** TABLE: what a customer of the demo asks of its members, and who has not said yes. Whom one can be is asked for nothing. */
import { personActor, type SystemActor } from '../authorization/actor.ts'
import type { Tx } from '../db/database.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { addAnswers } from '../terms/acceptances.ts'
import { createTerms, publishVersion } from '../terms/publish.ts'
import type { Outcome } from '../terms/terms.ts'
import type { MadePerson } from './organizations.ts'
import { DEMO_COMPANIES, type DemoPerson } from './people.ts'

const ACTOR: SystemActor = { kind: 'system', name: 'demo' }

/** The demo runs on this machine alone, and so do its people. */
const REQUEST: RequestInfo = { id: 'demo', method: 'POST', path: '/demo', query: {}, ip: '127.0.0.1' }

/** Terms of a customer. `others` are members by their mailboxes who have not accepted; null for those who said nothing. */
type DemoTerms = {
  name: string
  required: boolean
  texts: Readonly<Record<string, { title: string; body: string }>>
  others: Readonly<Record<string, Outcome | null>>
}

export const DEMO_TERMS: Readonly<Partial<Record<DemoPerson['company'], readonly DemoTerms[]>>> = {
  acme: [
    {
      name: 'house-rules',
      required: true,
      texts: {
        en: {
          title: 'House rules of the robot hall',
          body: [
            '# Before you go in',
            '- Wear glasses and shoes that protect you.\n- Tell the shift lead that you are there.',
            '# Inside',
            'Stay behind the yellow line while a robot moves. Whoever sees something dangerous stops it, whoever that is.',
          ].join('\n\n'),
        },
        de: {
          title: 'Hausordnung der Roboterhalle',
          body: [
            '# Bevor Sie hineingehen',
            '- Tragen Sie Schutzbrille und Sicherheitsschuhe.\n- Melden Sie sich bei der Schichtleitung.',
            '# Drinnen',
            'Bleiben Sie hinter der gelben Linie, solange ein Roboter fährt. Wer eine Gefahr sieht, hält ihn an.',
          ].join('\n\n'),
        },
      },
      others: { seun: null, zoe: null },
    },
    {
      name: 'photographs',
      required: false,
      texts: {
        en: {
          title: 'Photographs in our newsletter',
          body: 'We may show photographs of you at work in the newsletter to our customers.',
        },
        de: {
          title: 'Fotos in unserem Rundbrief',
          body: 'Wir dürfen Fotos von Ihnen bei der Arbeit im Rundbrief an unsere Kundschaft zeigen.',
        },
      },
      others: { seun: null, zoe: 'declined' },
    },
  ],
}

/** Publishes what a customer asks, and has its members say what they say. */
export async function fillTerms(
  tx: Tx,
  company: DemoPerson['company'],
  organizationId: string,
  members: readonly MadePerson[],
): Promise<void> {
  for (const { name, required, texts, others } of DEMO_TERMS[company] ?? []) {
    const { id } = await createTerms(tx, ACTOR, { name, required, organization_id: organizationId })
    const { terms, version } = await publishVersion(tx, ACTOR, id, { texts })
    for (const { person, userId } of members) {
      const other = others[person.mailbox]
      if (other === null) continue
      const language = person.locale ?? DEMO_COMPANIES[person.company].locale
      await addAnswers(
        tx,
        { actor: personActor(userId, undefined), userId, clientId: undefined, organizationId, request: REQUEST },
        [{ terms, version, outcome: other ?? 'accepted', language }],
      )
    }
  }
}
