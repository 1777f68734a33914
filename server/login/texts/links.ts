/** TABLE: the texts of the pages of other links, and of signing out. */
import { topic } from '../../pages/texts.ts'

export const LINK_TEXTS = topic(
  {
    en: {
      sign_in_title: 'Sign in with this link',
      sign_in_1: 'The button signs you in as the person below, on this device. The link works once.',
      sign_in: 'Sign in',
      person: 'Person',
      email: 'E-mail address',
      blocked_title: 'This access is blocked',
      blocked_1: 'An administrator has blocked it. Nobody was signed in, and the link was not used up.',

      unblock_title: 'Open your account again',
      unblock_1:
        'After many wrong passwords, signing in to this account was closed for the device they came from. If that was you, open it again.',
      unblock_2:
        'If it was not you, leave it closed. Your password was not guessed, and you can still sign in elsewhere.',
      unblock: 'Open it again',
      unblocked_title: 'Your account is open again',
      unblocked_1: 'Go back to your application and sign in. You can close this page.',
      account: 'Account',
      sign_in_now: 'Sign in',

      sign_out_title: 'Sign out?',
      sign_out_1: 'You are signed in on this device. The button ends that.',
      sign_out_by: '{application} asks for you to be signed out on this device. The button does that.',
      sign_out_2: 'If you do not want that, close this page. You stay signed in.',
      sign_out: 'Sign out',
      signed_out_title: 'You are signed out',
      signed_out_1: 'On this device nobody is signed in here any more. You can close this page.',
      sign_in_again: 'Sign in again',
    },
    de: {
      sign_in_title: 'Mit diesem Link anmelden',
      sign_in_1: 'Der Knopf meldet Sie auf diesem Gerät als die unten genannte Person an. Der Link gilt einmal.',
      sign_in: 'Anmelden',
      person: 'Person',
      email: 'E-Mail-Adresse',
      blocked_title: 'Dieser Zugang ist gesperrt',
      blocked_1: 'Die Administration hat ihn gesperrt. Niemand wurde angemeldet, und der Link ist nicht verbraucht.',

      unblock_title: 'Konto wieder öffnen',
      unblock_1:
        'Nach vielen falschen Passwörtern wurde die Anmeldung an diesem Konto für das Gerät geschlossen, von dem sie kamen. Waren Sie das, öffnen Sie es wieder.',
      unblock_2:
        'Waren Sie es nicht, lassen Sie es geschlossen. Ihr Passwort wurde nicht erraten, und von anderswo können Sie sich weiterhin anmelden.',
      unblock: 'Wieder öffnen',
      unblocked_title: 'Ihr Konto ist wieder offen',
      unblocked_1: 'Gehen Sie zurück zu Ihrer Anwendung und melden Sie sich an. Diese Seite können Sie schließen.',
      account: 'Konto',
      sign_in_now: 'Anmelden',

      sign_out_title: 'Abmelden?',
      sign_out_1: 'Sie sind auf diesem Gerät angemeldet. Der Knopf beendet das.',
      sign_out_by: '{application} möchte Sie auf diesem Gerät abmelden. Der Knopf tut das.',
      sign_out_2: 'Möchten Sie das nicht, schließen Sie diese Seite. Sie bleiben angemeldet.',
      sign_out: 'Abmelden',
      signed_out_title: 'Sie sind abgemeldet',
      signed_out_1: 'Auf diesem Gerät ist hier niemand mehr angemeldet. Diese Seite können Sie schließen.',
      sign_in_again: 'Wieder anmelden',
    },
  },
  {
    unblock_title: 'brute-force-protection.brute-force-protection-unblock.title',
    unblock_1: 'brute-force-protection.brute-force-protection-unblock.description',
    unblock: 'brute-force-protection.brute-force-protection-unblock.buttonText',
    unblocked_title: 'brute-force-protection.brute-force-protection-unblock-success.title',
    unblocked_1: 'brute-force-protection.brute-force-protection-unblock-success.description',
  },
)
