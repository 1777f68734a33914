/** TABLE: the texts of finding and choosing an organization, and of not getting in to one. */
import { topic } from '../../pages/texts.ts'

export const ORGANIZATION_TEXTS = topic(
  {
    en: {
      find_title: 'Which organization?',
      find_lead: 'to continue to {application}',
      name: 'Name of the organization',
      email: 'E-mail address',
      name_or_email: 'Name of the organization, or your e-mail address',
      continue: 'Continue',
      one_problem: 'There is a problem with one field',
      empty: '{label}: fill this in',
      unknown_title: 'No such organization was found',
      unknown_name: 'Check the spelling: it is a short name such as acme-freight. Nothing was changed.',
      unknown_email:
        'Your address leads to no organization here. Ask your administrator for the name. Nothing was changed.',

      choose_title: 'Choose an organization',
      choose_lead: 'to continue to {application}',
      administer_lead: 'that you want to administer',
      search: 'Search by name',
      find: 'Search',
      found: '{count} of {total} organizations',
      none_found: 'No organization of yours has “{text}” in its name.',
      show_all: 'Show all organizations',
      signed_in_as: 'Signed in as',

      no_organization_title: 'You are in no organization',
      no_organization_1:
        '{application} is for members of an organization, and your account is in none at present. Nothing was changed.',
      no_organization_2: 'Ask the administrator of your organization to invite you.',
      nothing_title: 'There is nothing for you to administer',
      nothing_1: 'Your account holds no right to administer people or organizations here. Nothing was changed.',
      nothing_2:
        'Rights are given by the administrators of your organization, or by whoever runs {brand}. Ask one of them.',
      back: 'Back to {application}',
      account: 'Account',

      shut_title: 'You cannot sign in to {organization}',
      shut_1:
        'Your password was right, but your account has no access to {organization} at present. Your data is kept. Nothing was changed.',
      shut_2: 'Ask whoever administers {organization}.',
    },
    de: {
      find_title: 'Welche Organisation?',
      find_lead: 'Weiter zu {application}',
      name: 'Name der Organisation',
      email: 'E-Mail-Adresse',
      name_or_email: 'Name der Organisation oder Ihre E-Mail-Adresse',
      continue: 'Weiter',
      one_problem: 'Ein Feld ist noch nicht richtig',
      empty: '{label}: Füllen Sie das aus',
      unknown_title: 'Diese Organisation wurde nicht gefunden',
      unknown_name: 'Prüfen Sie die Schreibweise: Es ist ein kurzer Name wie acme-freight. Es wurde nichts geändert.',
      unknown_email:
        'Ihre Adresse führt hier zu keiner Organisation. Fragen Sie Ihre Administration nach dem Namen. Es wurde nichts geändert.',

      choose_title: 'Organisation wählen',
      choose_lead: 'Weiter zu {application}',
      administer_lead: 'die Sie verwalten möchten',
      search: 'Nach Namen suchen',
      find: 'Suchen',
      found: '{count} von {total} Organisationen',
      none_found: 'Keine Ihrer Organisationen hat „{text}“ im Namen.',
      show_all: 'Alle Organisationen zeigen',
      signed_in_as: 'Angemeldet als',

      no_organization_title: 'Sie gehören zu keiner Organisation',
      no_organization_1:
        '{application} ist für Mitglieder einer Organisation, und Ihr Konto gehört zurzeit zu keiner. Es wurde nichts geändert.',
      no_organization_2: 'Bitten Sie die Administration Ihrer Organisation um eine Einladung.',
      nothing_title: 'Hier gibt es für Sie nichts zu verwalten',
      nothing_1: 'Ihr Konto hat kein Recht, hier Personen oder Organisationen zu verwalten. Es wurde nichts geändert.',
      nothing_2:
        'Rechte vergibt die Administration Ihrer Organisation, oder wer {brand} betreibt. Fragen Sie dort nach.',
      back: 'Zurück zu {application}',
      account: 'Konto',

      shut_title: 'Sie können sich bei {organization} nicht anmelden',
      shut_1:
        'Ihr Passwort war richtig, aber Ihr Konto hat zurzeit keinen Zugang zu {organization}. Ihre Daten bleiben erhalten. Es wurde nichts geändert.',
      shut_2: 'Fragen Sie die Administration von {organization}.',
    },
  },
  {
    find_title: 'organizations.organization-selection.title',
    continue: 'organizations.organization-selection.buttonText',
    choose_title: 'organizations.organization-picker.title',
  },
)
