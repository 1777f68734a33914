/**
 * The start page of the demo: a first story to live, step by step, and the people one can be. Being one of them is a
 * button only where the browser runs on this machine.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { BUILT_IN_CLIENTS } from '../clients/built-in.ts'
import type { Server } from '../http/server.ts'
import { isFromThisMachine } from '../http/this-machine.ts'
import { formTokenOf } from '../pages/form-guard.ts'
import { pageSender } from '../pages/render.ts'
import { surroundingsOf } from '../pages/surroundings.ts'
import { fill, type Texts } from '../pages/texts.ts'
import { DEMO_APPLICATIONS } from './applications.ts'
import { administers } from './organizations.ts'
import { DEMO_COMPANIES, nameOf } from './people.ts'
import { PERSONAS } from './personas.ts'
import { DEMO_TEXTS } from './texts.ts'

/** Where the buttons are sent to. */
export const PERSONA_PATH = '/demo/sign-in'

const folder = join(import.meta.dirname, 'pages')
const send = pageSender(folder, ['start'])
const own = { style: readFileSync(join(folder, 'start.css'), 'utf8') }
const { 'demo-acme': ACME, 'demo-globex': GLOBEX } = DEMO_APPLICATIONS

/** TABLE: the steps of the story, and where each one is taken. */
const STEPS = [
  { name: 'step_1', href: `${ACME.path}?screen_hint=signup` },
  { name: 'step_2', href: '/inbox' },
  { name: 'step_3', href: ACME.path },
  { name: 'step_4', href: BUILT_IN_CLIENTS['tenantry-account'].path },
  { name: 'step_5', href: '/u/reset-password/request?client_id=demo-acme' },
] as const

/** Sends it. */
export async function sendStartPage(server: Server, request: FastifyRequest, reply: FastifyReply) {
  const surroundings = await surroundingsOf(server, request)
  const texts = DEMO_TEXTS[surroundings.language]
  const isHere = isFromThisMachine(request)
  return await send(reply, 200, surroundings, {
    template: 'start',
    title: texts.title,
    text: texts,
    own,
    steps: STEPS.map(({ name, href }, at) => ({
      title: texts[name],
      text: texts[`${name}_text`],
      act: texts[`${name}_act`],
      href,
      class: at === 0 ? 'primary' : 'secondary',
    })),
    people: peopleOf(texts),
    people_hint: isHere ? texts.people_here : texts.people_elsewhere,
    form: isHere ? { action: PERSONA_PATH, formToken: personaFormToken(server) } : undefined,
    other: GLOBEX.path,
    api: '/api/v2/openapi.json',
  })
}

/** The token of the buttons' form. */
export function personaFormToken({ secrets }: Server): string {
  return formTokenOf(secrets, PERSONA_PATH, 'demo')
}

function peopleOf(texts: Texts<'sign_in_as' | 'be' | 'be_administrator'>) {
  return PERSONAS.map((person) => ({
    id: person.mailbox,
    name: nameOf(person),
    title: person.title,
    act: administers(person) ? texts.be_administrator : texts.be,
    company: DEMO_COMPANIES[person.company].name,
    label: fill(texts.sign_in_as, { name: nameOf(person) }),
  }))
}
