/** TABLE: our words of the mails, by language. `{name}` is filled in. German is formal. */
import { topic } from '../pages/texts.ts'
import type { EmailTemplateName } from './templates.ts'

/** The words of one mail. `act` stands on its button; `aside` is a second way, by the address `{sign_in_url}`. */
export type MailWords = {
  subject: string
  title: string
  lines: readonly string[]
  act?: string
  aside?: string
  note: string
}

const en: Record<EmailTemplateName, MailWords> = {
  verify_email: {
    subject: 'Confirm your e-mail address for {application}',
    title: 'Confirm your e-mail address',
    lines: ['There is an account for {application} with the address {email}. Confirm that the address is yours.'],
    act: 'Confirm address',
    note: 'You did not expect this mail? Do nothing: the address is not confirmed.',
  },
  reset_email: {
    subject: 'Choose a new password for {application}',
    title: 'Choose a new password',
    lines: [
      'A new password was asked for, for your account {email}. The link leads to the page on which you choose it.',
      'Your present password works until you have saved the new one.',
    ],
    act: 'Choose a password',
    note: 'You did not ask for it? Do nothing: your password stays as it is.',
  },
  welcome_email: {
    subject: 'Welcome to {application}',
    title: 'Your account is ready',
    lines: ['You can sign in to {application} with the address {email}.'],
    note: 'This mail comes once.',
  },
  blocked_account: {
    subject: 'Too many wrong passwords for your account',
    title: 'Too many wrong passwords',
    lines: [
      'For your account {email}, a wrong password was entered too often from the address {ip}. Sign-in from there is closed now; from elsewhere it works as before.',
      'Was it you? Open your account again with the link. A new password opens it as well.',
    ],
    act: 'Open my account again',
    note: 'It was not you? Nobody got in, and you need do nothing. A long password that you use nowhere else keeps it so.',
  },
  stolen_credentials: {
    subject: 'Change your password for {application}',
    title: 'Your password is known to others',
    lines: [
      'The password of your account {email} stands in a list of passwords that were made public when other services were broken into. Others may try it.',
      'Choose a new one with the link, one that you use nowhere else.',
    ],
    act: 'Choose a new password',
    note: 'Change it at every other service where you use it, too.',
  },
  existing_account: {
    subject: 'You already have an account for {application}',
    title: 'You already have an account',
    lines: [
      'Somebody tried to sign up for {application} with the address {email}. It has an account already, and nothing was changed.',
      'If you have forgotten your password, choose a new one with the link.',
    ],
    act: 'Choose a new password',
    aside: 'To sign in with the password that you have, open this address:',
    note: 'It was not you? Do nothing: nobody has learned anything about your account.',
  },
  account_deletion: {
    subject: 'Your account will be deleted',
    title: 'Your account will be deleted',
    lines: [
      'You have asked us to delete your account {email}. That happens on {due_at}, with everything that is kept of you, and cannot be taken back then.',
      'Until then your account works as before.',
    ],
    aside: 'Do you want to keep it? Sign in and call it off:',
    note: 'It was not you? Somebody is signed in to your account. Call it off, and change your password.',
  },
  terms_reminder: {
    subject: 'New terms wait for you',
    title: 'New terms wait for you',
    lines: [
      '{title}: your account {email} has not accepted the present version. Please read it.',
      'You need it to sign in from {needed_at} on.',
    ],
    aside: 'Read and accept it in your account:',
    note: 'This mail comes when somebody asks for it, once a day at most. Whoever has accepted gets none.',
  },
  import_completed: {
    subject: 'The import of users into {into} is done',
    title: 'The import is done',
    lines: [
      'The import of users into the connection {into} has come to its end. New: {inserted}. Known already, and as in the file now: {updated}. Not taken, since the row was wrong: {failed}. Rows in all: {total}.',
      'What was wrong with single rows can be read for a day: ask for the errors of the job {job_id}.',
    ],
    note: 'This mail was asked for together with the import.',
  },
  import_failed: {
    subject: 'The import of users into {into} has failed',
    title: 'The import has failed',
    lines: [
      'The import of users into the connection {into} could not be done. The server says: {reason}',
      'What was imported before stays. New: {inserted}. Known already, and as in the file now: {updated}. Not taken: {failed}. The job is {job_id}.',
    ],
    note: 'This mail was asked for together with the import.',
  },
  user_invitation: {
    subject: 'Invitation to {organization}',
    title: 'You are invited to {organization}',
    lines: [
      'You are invited to become a member of {organization}. The invitation is for the address {email}.',
      'Invited by: {inviter}',
      'Accept it with the link. If you have no account with this address yet, you make one on the way.',
    ],
    act: 'Accept invitation',
    note: 'You do not know who invites you? Do nothing: without you nothing happens.',
  },
}

const de: Record<EmailTemplateName, MailWords> = {
  verify_email: {
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse für {application}',
    title: 'Bestätigen Sie Ihre E-Mail-Adresse',
    lines: ['Für {application} gibt es ein Konto mit der Adresse {email}. Bestätigen Sie, dass sie Ihnen gehört.'],
    act: 'Adresse bestätigen',
    note: 'Sie haben diese E-Mail nicht erwartet? Tun Sie nichts: Die Adresse bleibt unbestätigt.',
  },
  reset_email: {
    subject: 'Neues Passwort für {application} wählen',
    title: 'Wählen Sie ein neues Passwort',
    lines: [
      'Für Ihr Konto {email} wurde ein neues Passwort angefordert. Der Link führt zu der Seite, auf der Sie es wählen.',
      'Ihr bisheriges Passwort gilt, bis Sie das neue gespeichert haben.',
    ],
    act: 'Passwort wählen',
    note: 'Sie haben es nicht angefordert? Tun Sie nichts: Ihr Passwort bleibt, wie es ist.',
  },
  welcome_email: {
    subject: 'Willkommen bei {application}',
    title: 'Ihr Konto ist bereit',
    lines: ['Sie können sich bei {application} mit der Adresse {email} anmelden.'],
    note: 'Diese E-Mail kommt nur einmal.',
  },
  blocked_account: {
    subject: 'Zu viele falsche Passwörter für Ihr Konto',
    title: 'Zu viele falsche Passwörter',
    lines: [
      'Für Ihr Konto {email} wurde von der Adresse {ip} aus zu oft ein falsches Passwort eingegeben. Von dort ist die Anmeldung jetzt gesperrt; von anderswo geht sie wie bisher.',
      'Waren Sie das? Heben Sie die Sperre mit dem Link auf. Auch ein neues Passwort hebt sie auf.',
    ],
    act: 'Sperre aufheben',
    note: 'Sie waren es nicht? Niemand ist hineingekommen, und Sie müssen nichts tun. Ein langes Passwort, das Sie sonst nirgends benutzen, hält es so.',
  },
  stolen_credentials: {
    subject: 'Ändern Sie Ihr Passwort für {application}',
    title: 'Ihr Passwort ist anderen bekannt',
    lines: [
      'Das Passwort Ihres Kontos {email} steht in einer Liste von Passwörtern, die bei Einbrüchen in andere Dienste öffentlich wurden. Andere könnten es ausprobieren.',
      'Wählen Sie mit dem Link ein neues, das Sie sonst nirgends benutzen.',
    ],
    act: 'Neues Passwort wählen',
    note: 'Ändern Sie es auch bei allen anderen Diensten, bei denen Sie es benutzen.',
  },
  existing_account: {
    subject: 'Sie haben schon ein Konto für {application}',
    title: 'Sie haben schon ein Konto',
    lines: [
      'Mit der Adresse {email} wurde versucht, bei {application} ein Konto anzulegen. Sie hat schon eines, und es wurde nichts geändert.',
      'Wenn Sie Ihr Passwort vergessen haben, wählen Sie mit dem Link ein neues.',
    ],
    act: 'Neues Passwort wählen',
    aside: 'Um sich mit Ihrem bisherigen Passwort anzumelden, öffnen Sie diese Adresse:',
    note: 'Sie waren es nicht? Tun Sie nichts: Über Ihr Konto hat niemand etwas erfahren.',
  },
  account_deletion: {
    subject: 'Ihr Konto wird gelöscht',
    title: 'Ihr Konto wird gelöscht',
    lines: [
      'Sie haben uns gebeten, Ihr Konto {email} zu löschen. Das geschieht am {due_at}, mit allem, was wir über Sie aufbewahren, und lässt sich dann nicht mehr rückgängig machen.',
      'Bis dahin funktioniert Ihr Konto wie bisher.',
    ],
    aside: 'Möchten Sie es behalten? Melden Sie sich an und nehmen Sie den Auftrag zurück:',
    note: 'Das waren nicht Sie? Dann ist jemand in Ihrem Konto angemeldet. Nehmen Sie den Auftrag zurück und ändern Sie Ihr Passwort.',
  },
  terms_reminder: {
    subject: 'Neue Bedingungen warten auf Sie',
    title: 'Neue Bedingungen warten auf Sie',
    lines: [
      '{title}: Der gültigen Fassung wurde mit Ihrem Konto {email} noch nicht zugestimmt. Bitte lesen Sie sie.',
      'Sie brauchen sie für die Anmeldung ab {needed_at}.',
    ],
    aside: 'In Ihrem Konto lesen und zustimmen:',
    note: 'Diese E-Mail kommt auf Anforderung, höchstens einmal am Tag. Wer zugestimmt hat, bekommt keine.',
  },
  import_completed: {
    subject: 'Der Import von Personen in {into} ist fertig',
    title: 'Der Import ist fertig',
    lines: [
      'Der Import von Personen in die Verbindung {into} ist abgeschlossen. Neu: {inserted}. Schon bekannt und jetzt wie in der Datei: {updated}. Nicht übernommen, weil die Zeile fehlerhaft war: {failed}. Zeilen insgesamt: {total}.',
      'Was an einzelnen Zeilen falsch war, lässt sich einen Tag lang lesen: Fragen Sie nach den Fehlern des Auftrags {job_id}.',
    ],
    note: 'Diese E-Mail wurde zusammen mit dem Import bestellt.',
  },
  import_failed: {
    subject: 'Der Import von Personen in {into} ist gescheitert',
    title: 'Der Import ist gescheitert',
    lines: [
      'Der Import von Personen in die Verbindung {into} war nicht möglich. Der Server meldet: {reason}',
      'Was vorher importiert wurde, bleibt. Neu: {inserted}. Schon bekannt und jetzt wie in der Datei: {updated}. Nicht übernommen: {failed}. Der Auftrag heißt {job_id}.',
    ],
    note: 'Diese E-Mail wurde zusammen mit dem Import bestellt.',
  },
  user_invitation: {
    subject: 'Einladung zu {organization}',
    title: 'Sie sind zu {organization} eingeladen',
    lines: [
      'Sie sind eingeladen, Mitglied von {organization} zu werden. Die Einladung gilt für die Adresse {email}.',
      'Eingeladen von: {inviter}',
      'Nehmen Sie sie mit dem Link an. Haben Sie noch kein Konto mit dieser Adresse, legen Sie es dabei an.',
    ],
    act: 'Einladung annehmen',
    note: 'Sie wissen nicht, wer Sie einlädt? Tun Sie nichts: Ohne Sie geschieht nichts.',
  },
}

/** The words, by language. */
export const MAIL_WORDS: Readonly<Record<'en' | 'de', Record<EmailTemplateName, MailWords>>> = { en, de }

/** What stands around them, by language. */
export const MAIL_FRAME = topic({
  en: {
    greeting: 'Hello {name},',
    plain_greeting: 'Hello,',
    until: 'The link works once, until {time}.',
    link_as_text: 'If the button does nothing, open this address:',
    contact: 'Questions? {contact}',
    sent_by: 'Sent by {brand}.',
  },
  de: {
    greeting: 'Guten Tag {name},',
    plain_greeting: 'Guten Tag,',
    until: 'Der Link gilt einmal, bis {time}.',
    link_as_text: 'Wenn die Schaltfläche nicht reagiert, öffnen Sie diese Adresse:',
    contact: 'Fragen? {contact}',
    sent_by: 'Gesendet von {brand}.',
  },
})
