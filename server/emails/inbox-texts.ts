/** TABLE: the texts of the inbox, by language. */
import { topic } from '../pages/texts.ts'

export const INBOX_TEXTS = topic({
  en: {
    title: 'Inbox',
    note: 'All mail of this server lands here, since no mail provider is set. The links in it work.',
    sent: 'A provider delivers the mail now. This is what was caught before.',
    empty: 'No mail yet. Sign up or ask for a new password: the mail is here a second later.',
    refresh: 'The page looks for new mail every five seconds.',
    back: 'Inbox',
    from: 'From',
    to: 'To',
    at: 'Sent',
    content: 'The mail',
    plain: 'The same without HTML',
    gone_title: 'This mail is not here',
    gone_1: 'It has given way to newer mails, has gone with the account it was for, or the address is incomplete.',
  },
  de: {
    title: 'Posteingang',
    note: 'Alle E-Mails dieses Servers landen hier, weil kein Anbieter für E-Mail eingestellt ist. Die Links darin funktionieren.',
    sent: 'E-Mails stellt jetzt ein Anbieter zu. Hier steht, was vorher aufgefangen wurde.',
    empty:
      'Noch keine E-Mail. Registrieren Sie sich oder fordern Sie ein neues Passwort an: Eine Sekunde später ist sie hier.',
    refresh: 'Die Seite sieht alle fünf Sekunden nach neuen E-Mails.',
    back: 'Posteingang',
    from: 'Von',
    to: 'An',
    at: 'Gesendet',
    content: 'Die E-Mail',
    plain: 'Dasselbe ohne HTML',
    gone_title: 'Diese E-Mail ist nicht hier',
    gone_1:
      'Sie ist neueren gewichen, mit dem Konto gelöscht worden, für das sie war, oder die Adresse ist unvollständig.',
  },
})
