/**
 * What the pages of signing in say: settings of the prompts, texts that replace ours key by key, and partials. Auth0's
 * names are the wire's: a prompt is a part of the way, a screen one of its pages, a key one of the texts on it. Which
 * text of ours a key stands for is the pages' matter (the tables in `login/texts`); what fits none is kept and given back.
 */
import { type Static, Type } from 'typebox'
import { LOCALES } from '../tenants/locales.ts'

const closed = { additionalProperties: false } as const

/** TABLE: the prompts that have texts. */
const PROMPTS = [
  ...['login', 'login-id', 'login-password', 'login-passwordless', 'login-email-verification'],
  ...['signup', 'signup-id', 'signup-password', 'phone-identifier-enrollment', 'phone-identifier-challenge'],
  ...['email-identifier-challenge', 'reset-password', 'custom-form', 'consent', 'customized-consent', 'logout'],
  ...['mfa-push', 'mfa-otp', 'mfa-voice', 'mfa-phone', 'mfa-webauthn', 'mfa-sms', 'mfa-email', 'mfa-recovery-code'],
  ...['mfa', 'status', 'device-flow', 'email-verification', 'email-otp-challenge', 'organizations', 'invitation'],
  ...['common', 'passkeys', 'captcha', 'brute-force-protection', 'async-approval-flow'],
]

/** TABLE: the prompts that have partials. */
const WITH_PARTIALS = [
  ...['login', 'login-id', 'login-password', 'login-passwordless', 'signup', 'signup-id', 'signup-password'],
  ...['customized-consent', 'passkeys'],
]

/** Path of the texts of a prompt in a language. */
export const TextsOf = Type.Object({
  prompt: Type.Enum(PROMPTS, { description: 'Name of the prompt' }),
  language: Type.Enum(LOCALES, { description: 'Language of the texts' }),
})

/** Path of the partials of a prompt. */
export const PartialsOf = Type.Object({ prompt: Type.Enum(WITH_PARTIALS, { description: 'Name of the prompt' }) })

function bySection(maxLength: number, description: string) {
  const texts = Type.Record(Type.String(), Type.String({ maxLength, description }), { maxProperties: 500 })
  return Type.Record(Type.String(), texts, { maxProperties: 100, description: 'By screen' })
}

/** Texts of a prompt: by screen, then by key. */
export const PromptTexts = bySection(5_000, 'Text')
/** Texts of a prompt. */
export type PromptTexts = Static<typeof PromptTexts>

/** Partials of a prompt: by screen, then by the place where they go. */
export const PromptPartials = bySection(102_400, 'HTML with Liquid')
/** Partials of a prompt. */
export type PromptPartials = Static<typeof PromptPartials>

const Experience = Type.Enum(['new', 'classic'])

/** Body of a change of the settings. */
export const PromptSettingsChange = Type.Object(
  {
    universal_login_experience: Type.Optional(Experience),
    identifier_first: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
    webauthn_platform_first_factor: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  },
  closed,
)

/** The settings as they are answered. */
export const PromptSettings = Type.Object({
  universal_login_experience: Experience,
  identifier_first: Type.Boolean(),
  webauthn_platform_first_factor: Type.Boolean(),
})
/** The settings. */
export type PromptSettings = Static<typeof PromptSettings>

/** How the pages are while nobody has said anything: as they are. */
const DEFAULTS: PromptSettings = {
  universal_login_experience: 'new',
  identifier_first: true,
  webauthn_platform_first_factor: false,
}

/** Puts the defaults under what was said; null takes one back to its default. */
export function promptSettingsAfter(
  said: Partial<PromptSettings>,
  change: Static<typeof PromptSettingsChange> = {},
): PromptSettings {
  const merged = Object.entries({ ...said, ...change }).filter(([, value]) => value !== null)
  return { ...DEFAULTS, ...Object.fromEntries(merged) }
}
