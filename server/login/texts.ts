/** TABLE: every text of the pages, by language. `{name}` is filled in. German is formal. */

const en = {
  error_prefix: 'Error: ',
  reference: 'When you ask for help, give this reference:',

  choose_title: 'Choose a new password',
  for_account: 'for {account}',
  new_password: 'New password',
  show: 'Show',
  hide: 'Hide',
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
  refused_kept: 'Nothing was changed, and this link is still good.',

  changed_title: 'Password changed',
  changed_1: 'You were signed out everywhere.',
  changed_2: 'Go back to your application and sign in with the new password. You can close this page.',

  dead_title: 'This link no longer works',
  dead_1: 'It was used, replaced by a newer link, or is past its time. This page changed nothing.',
  dead_2: 'If you have just saved a password, it counts: sign in with it.',
  dead_3:
    'If not, ask for a new link where you got this one: with “Forgot password” on the sign-in page, or from whoever sent it to you.',

  tries_title: 'Too many tries',
  tries_1: 'Nothing was changed, and your link is still good.',
  tries_2: 'Wait {seconds} seconds, then open the link again.',

  busy_title: 'The server is busy',
  busy_1: 'The password was not saved. Nothing was changed, and your link is still good.',
  busy_2: 'Wait a moment, then open the link again.',

  forged_title: 'This form could not be accepted',
  forged_1: 'It is incomplete or was sent from another page. Nothing was changed.',
  forged_2: 'Open your link again and fill in the form there.',

  fault_title: 'Something went wrong on our side',
  fault_1:
    'It may be that nothing was changed. Open your link again: if the form is there, the password was not saved.',
}

/** A text's key. */
export type TextKey = keyof typeof en

/** The texts of one language. */
export type Texts = Readonly<Record<TextKey, string>>

const de: Texts = {
  error_prefix: 'Fehler: ',
  reference: 'Nennen Sie diese Nummer, wenn Sie um Hilfe bitten:',

  choose_title: 'Neues Passwort wählen',
  for_account: 'für {account}',
  new_password: 'Neues Passwort',
  show: 'Zeigen',
  hide: 'Verbergen',
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
  refused_kept: 'Es wurde nichts geändert, und dieser Link gilt weiter.',

  changed_title: 'Passwort geändert',
  changed_1: 'Sie wurden überall abgemeldet.',
  changed_2:
    'Gehen Sie zurück zu Ihrer Anwendung und melden Sie sich mit dem neuen Passwort an. Diese Seite können Sie schließen.',

  dead_title: 'Dieser Link gilt nicht mehr',
  dead_1: 'Er wurde benutzt, durch einen neueren ersetzt, oder seine Zeit ist um. Diese Seite hat nichts geändert.',
  dead_2: 'Wenn Sie gerade ein Passwort gespeichert haben, gilt es: Melden Sie sich damit an.',
  dead_3:
    'Wenn nicht, lassen Sie sich dort einen neuen Link geben, wo Sie diesen bekommen haben: mit „Passwort vergessen“ auf der Anmeldeseite oder von der Stelle, die ihn geschickt hat.',

  tries_title: 'Zu viele Versuche',
  tries_1: 'Es wurde nichts geändert, und Ihr Link gilt weiter.',
  tries_2: 'Warten Sie {seconds} Sekunden und öffnen Sie den Link dann noch einmal.',

  busy_title: 'Der Server ist ausgelastet',
  busy_1: 'Das Passwort wurde nicht gespeichert. Es wurde nichts geändert, und Ihr Link gilt weiter.',
  busy_2: 'Warten Sie einen Augenblick und öffnen Sie den Link dann noch einmal.',

  forged_title: 'Dieses Formular kann nicht angenommen werden',
  forged_1: 'Es ist unvollständig oder kam von einer anderen Seite. Es wurde nichts geändert.',
  forged_2: 'Öffnen Sie Ihren Link noch einmal und füllen Sie das Formular dort aus.',

  fault_title: 'Bei uns ist etwas schiefgegangen',
  fault_1:
    'Vielleicht wurde nichts geändert. Öffnen Sie Ihren Link noch einmal: Steht das Formular noch da, wurde das Passwort nicht gespeichert.',
}

/** The languages there are, English first: it is used when none of the reader's is there. */
export const LANGUAGES = { en, de } as const satisfies Record<string, Texts>

/** A language's code. */
export type Language = keyof typeof LANGUAGES

/** The text with its braces filled. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}
