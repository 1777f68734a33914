/** TABLE: the texts of the page on which a person allows an application something. */
import { SCOPE_WORDS } from '../../pages/scope-words.ts'
import { topic } from '../../pages/texts.ts'

export const CONSENT_TEXTS = topic(
  {
    en: {
      title: 'Allow {application} access?',
      lead: '{application} asks to do this in your name:',
      allow: 'Allow',
      deny: 'Deny',
      effect: 'You can take this back at any time in your account, under Security.',
      of_api: '{description} ({api})',
      ...SCOPE_WORDS.en,
    },
    de: {
      title: '{application} Zugriff erlauben?',
      lead: '{application} möchte in Ihrem Namen:',
      allow: 'Erlauben',
      deny: 'Ablehnen',
      effect: 'In Ihrem Konto können Sie das jederzeit zurücknehmen, unter Sicherheit.',
      of_api: '{description} ({api})',
      ...SCOPE_WORDS.de,
    },
  },
  {
    title: 'consent.consent.title',
    allow: 'consent.consent.acceptButtonText',
    deny: 'consent.consent.declineButtonText',
  },
)
