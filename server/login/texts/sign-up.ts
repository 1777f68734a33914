/** TABLE: the texts of making an account. */
import { topic } from '../../pages/texts.ts'

export const SIGN_UP_TEXTS = topic({
  en: {
    title: 'Create your account',
    to_continue: 'to continue to {application}',
    email: 'E-mail address',
    username: 'User name',
    phone_number: 'Phone number',
    given_name: 'Given name',
    family_name: 'Family name',
    password: 'Password',
    optional: '(optional)',
    create: 'Create account',
    have_account: 'Have an account?',
    sign_in: 'Sign in',

    hint_username: '{min} to {max} letters, digits and signs such as _ - .',
    hint_phone_number: 'With the country code, such as +46 31 555 01 40',

    one_problem: 'There is a problem with one field',
    problems: '{count} fields need another look',
    missing: 'Fill this in',
    wrong_email: 'Write the whole address, such as name@company.com',
    wrong_username: 'Choose another one: {min} to {max} characters, and not an e-mail address',
    wrong_phone_number: 'Write the country code first, such as +46',
    wrong_given_name: 'Write at most 150 characters',
    wrong_family_name: 'Write at most 150 characters',
    taken_username: 'Somebody has this name already. Choose another one',
    refused_title: 'The account was not created',
    refused_line: 'A field was not accepted. Nothing was saved. Check the fields and try again.',
    wrong_password: 'choose another one',

    closed_title: 'Nobody can sign up here',
    closed_1: '{application} does not let people create accounts by themselves. Ask an administrator for an account.',
  },
  de: {
    title: 'Konto anlegen',
    to_continue: 'Weiter zu {application}',
    email: 'E-Mail-Adresse',
    username: 'Benutzername',
    phone_number: 'Telefonnummer',
    given_name: 'Vorname',
    family_name: 'Nachname',
    password: 'Passwort',
    optional: '(freiwillig)',
    create: 'Konto anlegen',
    have_account: 'Haben Sie schon ein Konto?',
    sign_in: 'Anmelden',

    hint_username: '{min} bis {max} Zeichen: Buchstaben ohne Umlaute, Ziffern, Zeichen wie _ - .',
    hint_phone_number: 'Mit Landesvorwahl, zum Beispiel +49 40 555 01 40',

    one_problem: 'Ein Feld ist noch nicht richtig',
    problems: '{count} Felder sind noch nicht richtig',
    missing: 'Füllen Sie das aus',
    wrong_email: 'Schreiben Sie die ganze Adresse, zum Beispiel name@firma.de',
    wrong_username: 'Wählen Sie einen anderen: {min} bis {max} Zeichen, und keine E-Mail-Adresse',
    wrong_phone_number: 'Schreiben Sie zuerst die Landesvorwahl, zum Beispiel +49',
    wrong_given_name: 'Schreiben Sie höchstens 150 Zeichen',
    wrong_family_name: 'Schreiben Sie höchstens 150 Zeichen',
    taken_username: 'Diesen Namen hat schon jemand. Wählen Sie einen anderen',
    refused_title: 'Das Konto wurde nicht angelegt',
    refused_line:
      'Ein Feld wurde nicht angenommen. Es wurde nichts gespeichert. Prüfen Sie die Felder und versuchen Sie es noch einmal.',
    wrong_password: 'Wählen Sie ein anderes',

    closed_title: 'Hier kann sich niemand registrieren',
    closed_1: 'Bei {application} kann niemand selbst ein Konto anlegen. Bitten Sie die Administration um ein Konto.',
  },
})
