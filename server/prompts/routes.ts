/** `/api/v2/prompts`. */
import { Type } from 'typebox'
import { type Route, route } from '../http/define-route.ts'
import {
  PartialsOf,
  PromptPartials,
  PromptSettings,
  PromptSettingsChange,
  PromptTexts,
  promptSettingsAfter,
  TextsOf,
} from './prompts.ts'
import {
  lockPrompts,
  readPromptPartials,
  readPromptSettings,
  readPromptTexts,
  savePromptPartials,
  savePromptSettings,
  savePromptTexts,
} from './store.ts'

export const promptRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/prompts',
    operationId: 'get_prompts',
    summary: 'Get prompt settings',
    scope: ['read:prompts'],
    withinOrganization: 'refused',
    reply: { 200: PromptSettings },
    handler: async ({ db }) => await readPromptSettings(db),
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/prompts',
    operationId: 'patch_prompts',
    summary: 'Update prompt settings',
    scope: ['update:prompts'],
    withinOrganization: 'refused',
    event: 'sapi',
    body: PromptSettingsChange,
    reply: { 200: PromptSettings },
    partly: 'Kept and given back; the pages always ask for the identifier first.',
    handler: async ({ tx, body, audit }) => {
      await lockPrompts(tx)
      const before = await readPromptSettings(tx)
      const after = promptSettingsAfter(before, body)
      await savePromptSettings(tx, after)
      Object.assign(audit, { target: { kind: 'prompts', id: 'settings' }, before })
      return after
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/prompts/:prompt/custom-text/:language',
    operationId: 'get_custom-text_by_language',
    summary: 'Get custom text for a prompt',
    scope: ['read:prompts'],
    withinOrganization: 'refused',
    params: TextsOf,
    reply: { 200: PromptTexts },
    handler: async ({ db, params }) => await readPromptTexts(db, params),
  }),
  route({
    kind: 'change',
    method: 'PUT',
    url: '/prompts/:prompt/custom-text/:language',
    operationId: 'put_custom-text_by_language',
    summary: 'Set custom text for a prompt',
    scope: ['update:prompts'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: TextsOf,
    body: PromptTexts,
    reply: { 200: Type.Object({}) },
    partly: 'Texts that our pages have are shown, in English and German and without markup; others are kept.',
    handler: async ({ tx, params, body, audit }) => {
      await lockPrompts(tx)
      const before = await readPromptTexts(tx, params)
      await savePromptTexts(tx, params, body)
      const target = { kind: 'prompt_texts', id: `${params.prompt}/${params.language}` }
      Object.assign(audit, { target, before, after: body })
      return {}
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/prompts/:prompt/partials',
    operationId: 'get_partials',
    summary: 'Get partials for a prompt',
    scope: ['read:prompts'],
    withinOrganization: 'refused',
    params: PartialsOf,
    reply: { 200: PromptPartials },
    handler: async ({ db, params }) => await readPromptPartials(db, params.prompt),
  }),
  route({
    kind: 'change',
    method: 'PUT',
    url: '/prompts/:prompt/partials',
    operationId: 'put_partials',
    summary: 'Set partials for a prompt',
    scope: ['update:prompts'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: PartialsOf,
    body: PromptPartials,
    reply: { 200: Type.Object({}) },
    partly: 'Kept and given back, not shown.',
    handler: async ({ tx, params, body, audit }) => {
      await lockPrompts(tx)
      const before = await readPromptPartials(tx, params.prompt)
      await savePromptPartials(tx, params.prompt, body)
      Object.assign(audit, { target: { kind: 'prompt_partials', id: params.prompt }, before, after: body })
      return {}
    },
  }),
]
