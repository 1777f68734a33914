/** TABLE: the texts about choosing a password, wherever one is chosen. */
import { topic } from '../../pages/texts.ts'

export const PASSWORD_TEXTS = topic(
  {
    en: {
      choose_title: 'Choose a new password',
      for_account: 'for {account}',
      new_password: 'New password',
      save: 'Save password',
      effect: 'Saving signs you out everywhere. Sign in again with the new password.',
      expires: 'This link works once, until {time}.',

      rule_nonEmpty: 'Not empty',
      rule_lengthAtLeast: 'At least {0} characters. Several words make a good password',
      rule_shouldContain: 'With each of these: {items}',
      rule_containsAtLeast: 'With at least {0} of these {1}: {items}',
      rule_identicalChars: 'No more than {0} equal characters in a row',
      rule_sequentialChars: 'Nothing like abc or 321 in it',
      rule_lengthAtMost: 'At most {0} characters ({1} bytes)',
      rule_wellFormed: 'Only characters that can be stored',
      rule_common: 'Not one of the common passwords',
      rule_personal: 'Without your name or e-mail address',
      rule_history: 'Not one of your last {0} passwords',
      kept: 'kept',
      broken: 'not kept',
      lowerCase: 'lower case letter',
      upperCase: 'upper case letter',
      numbers: 'number',
      specialCharacters: 'special character',

      refused_title: 'The password was not saved',
      refused_PasswordStrengthError: 'It does not keep the rules marked below. Choose another one.',
      refused_PasswordDictionaryError: 'It is one that many people use. Choose another one.',
      refused_PasswordNoUserInfoError: 'It contains your name or your e-mail address. Choose another one.',
      refused_PasswordHistoryError: 'You have used it before. Choose another one.',
      refused_PasswordLeakedError:
        'It was made public when another service was broken into. Choose one that you use nowhere else.',
      refused_kept: 'Nothing was changed, and this link is still good.',

      changed_title: 'Password changed',
      changed_1: 'You were signed out everywhere.',
      changed_2: 'Sign in with the new password. You can close this page.',
      changed_elsewhere: 'Go back to your application and sign in with the new password. You can close this page.',
      sign_in: 'Sign in',

      forced_title: 'Choose your own password',
      forced_1: 'An administrator gave you the one you have just used. Before you go on to {application}, replace it.',
      forced_effect: 'Saving signs you out on all your other devices.',
      forced_save: 'Save and continue',
    },
    de: {
      choose_title: 'Neues Passwort wählen',
      for_account: 'für {account}',
      new_password: 'Neues Passwort',
      save: 'Passwort speichern',
      effect: 'Mit dem Speichern werden Sie überall abgemeldet. Melden Sie sich danach mit dem neuen Passwort an.',
      expires: 'Dieser Link gilt einmal, bis {time}.',

      rule_nonEmpty: 'Nicht leer',
      rule_lengthAtLeast: 'Mindestens {0} Zeichen. Mehrere Wörter ergeben ein gutes Passwort',
      rule_shouldContain: 'Mit jedem davon: {items}',
      rule_containsAtLeast: 'Mit mindestens {0} von diesen {1}: {items}',
      rule_identicalChars: 'Höchstens {0} gleiche Zeichen hintereinander',
      rule_sequentialChars: 'Ohne Folgen wie abc oder 321',
      rule_lengthAtMost: 'Höchstens {0} Zeichen ({1} Byte)',
      rule_wellFormed: 'Nur Zeichen, die sich speichern lassen',
      rule_common: 'Keines der häufigen Passwörter',
      rule_personal: 'Ohne Ihren Namen und Ihre E-Mail-Adresse',
      rule_history: 'Keines Ihrer letzten {0} Passwörter',
      kept: 'erfüllt',
      broken: 'nicht erfüllt',
      lowerCase: 'Kleinbuchstabe',
      upperCase: 'Großbuchstabe',
      numbers: 'Ziffer',
      specialCharacters: 'Sonderzeichen',

      refused_title: 'Das Passwort wurde nicht gespeichert',
      refused_PasswordStrengthError: 'Es erfüllt die unten markierten Regeln nicht. Wählen Sie ein anderes.',
      refused_PasswordDictionaryError: 'Viele Menschen benutzen es. Wählen Sie ein anderes.',
      refused_PasswordNoUserInfoError: 'Es enthält Ihren Namen oder Ihre E-Mail-Adresse. Wählen Sie ein anderes.',
      refused_PasswordHistoryError: 'Sie haben es schon einmal benutzt. Wählen Sie ein anderes.',
      refused_PasswordLeakedError:
        'Es wurde bei einem Einbruch in einen anderen Dienst öffentlich. Wählen Sie eines, das Sie sonst nirgends benutzen.',
      refused_kept: 'Es wurde nichts geändert, und dieser Link gilt weiter.',

      changed_title: 'Passwort geändert',
      changed_1: 'Sie wurden überall abgemeldet.',
      changed_2: 'Melden Sie sich mit dem neuen Passwort an. Diese Seite können Sie schließen.',
      changed_elsewhere:
        'Gehen Sie zurück zu Ihrer Anwendung und melden Sie sich mit dem neuen Passwort an. Diese Seite können Sie schließen.',
      sign_in: 'Anmelden',

      forced_title: 'Eigenes Passwort wählen',
      forced_1:
        'Das Passwort, das Sie gerade benutzt haben, hat die Administration vergeben. Ersetzen Sie es, bevor es mit {application} weitergeht.',
      forced_effect: 'Mit dem Speichern werden Sie auf allen anderen Geräten abgemeldet.',
      forced_save: 'Speichern und weiter',
    },
  },
  {
    choose_title: 'reset-password.reset-password.title',
    new_password: 'reset-password.reset-password.passwordPlaceholder',
    save: 'reset-password.reset-password.buttonText',
    changed_title: 'reset-password.reset-password-success.eventTitle',
    changed_1: 'reset-password.reset-password-success.description',
    sign_in: 'reset-password.reset-password-success.buttonText',
  },
)

/** A text's key. */
export type PasswordTextKey = keyof (typeof PASSWORD_TEXTS)['en']

/** The texts in one language. */
export type PasswordTexts = (typeof PASSWORD_TEXTS)['en']
