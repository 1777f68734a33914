/** TABLE: the texts of the page on which a person allows an application something; scopes in plain words. */
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
      scope_openid: 'Know that it is you',
      scope_profile: 'Read your profile: name, picture, language',
      scope_email: 'Read your e-mail address',
      scope_phone: 'Read your phone number',
      scope_address: 'Read your postal address',
      scope_offline_access: 'Do this also while you are not there',
    },
    de: {
      title: '{application} Zugriff erlauben?',
      lead: '{application} möchte in Ihrem Namen:',
      allow: 'Erlauben',
      deny: 'Ablehnen',
      effect: 'In Ihrem Konto können Sie das jederzeit zurücknehmen, unter Sicherheit.',
      of_api: '{description} ({api})',
      scope_openid: 'Wissen, dass Sie es sind',
      scope_profile: 'Ihr Profil lesen: Name, Bild, Sprache',
      scope_email: 'Ihre E-Mail-Adresse lesen',
      scope_phone: 'Ihre Telefonnummer lesen',
      scope_address: 'Ihre Postanschrift lesen',
      scope_offline_access: 'Das auch tun, während Sie nicht da sind',
    },
  },
  {
    title: 'consent.consent.title',
    allow: 'consent.consent.acceptButtonText',
    deny: 'consent.consent.declineButtonText',
  },
)
