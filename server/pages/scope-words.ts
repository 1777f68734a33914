import type { Language } from './texts.ts'

/** TABLE: what the scopes of OpenID Connect allow, in plain words. Portals use it as well. */
export const SCOPE_WORDS = {
  en: {
    scope_openid: 'Know that it is you',
    scope_profile: 'Read your profile: name, picture, language',
    scope_email: 'Read your e-mail address',
    scope_phone: 'Read your phone number',
    scope_address: 'Read your postal address',
    scope_offline_access: 'Do this also while you are not there',
  },
  de: {
    scope_openid: 'Wissen, dass Sie es sind',
    scope_profile: 'Ihr Profil lesen: Name, Bild, Sprache',
    scope_email: 'Ihre E-Mail-Adresse lesen',
    scope_phone: 'Ihre Telefonnummer lesen',
    scope_address: 'Ihre Postanschrift lesen',
    scope_offline_access: 'Das auch tun, während Sie nicht da sind',
  },
} as const satisfies Record<Language, object>
