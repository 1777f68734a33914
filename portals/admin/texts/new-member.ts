/** TABLE: making an account for somebody. */
export const newMemberEn = {
  'new.title': 'Create a member',
  'new.lead': 'An account that {organization} manages. The person is a member at once.',
  'new.act': 'Create member',
  'new.connections': 'What can be made here',
  'new.none': 'People are invited here',
  'new.none_text':
    '{organization} has no connection of its own, so accounts are not made here. The operator can set one up.',
  'new.account': 'Account',
  'new.into': 'Connection',
  'new.at': 'At {organization}',
  'new.entry': 'First sign-in',
  'new.by_link': 'Send a link to choose a password',
  'new.by_link_note': 'It goes to the e-mail address.',
  'new.by_password': 'Set a temporary password',
  'new.by_password_note': 'You hand it over. Another one has to be chosen at the first sign-in.',
  'new.password': 'Temporary password',
  'new.mailed': '{email} gets a mail with a link to choose a password.',
  'new.handed': 'No link is sent. Hand over the temporary password.',
  'new.taken':
    'an account with it exists already in {connection}. Look among the members; whoever is not there can be invited',
  'new.taken_either':
    'an account with this address or user name exists already in {connection}. Look among the members; whoever is not there can be invited',
  'new.password_refused': 'this password does not keep the rules of {connection}. Make it longer and harder to guess',
  'new.closed':
    'Accounts are not made in this connection any more. Nothing was changed. Invite the person, or ask the operator.',
  'new.password_closed':
    'Passwords are no longer yours to set. Nothing was changed. Send a link to choose one instead.',
  'new.done': '{name} is a member. A link to choose a password is on its way to {email}.',
  'new.done_password': '{name} is a member. Hand over the temporary password.',
  'new.half': '{name} is a member, but this could not be saved: {what}. Add it on this page.',
  'new.half_attributes': 'what your organization says of the member',
  'new.half_roles': 'the roles',
} as const

/** TABLE: the same in German; formal. */
export const newMemberDe: Readonly<Record<keyof typeof newMemberEn, string>> = {
  'new.title': 'Mitglied anlegen',
  'new.lead': 'Ein Konto, das {organization} verwaltet. Die Person ist sofort Mitglied.',
  'new.act': 'Mitglied anlegen',
  'new.connections': 'Was sich hier anlegen lässt',
  'new.none': 'Hier werden Personen eingeladen',
  'new.none_text':
    '{organization} hat keine eigene Verbindung, daher werden hier keine Konten angelegt. Der Betreiber kann eine einrichten.',
  'new.account': 'Konto',
  'new.into': 'Verbindung',
  'new.at': 'Bei {organization}',
  'new.entry': 'Erste Anmeldung',
  'new.by_link': 'Einen Link senden, um ein Passwort zu wählen',
  'new.by_link_note': 'Er geht an die E-Mail-Adresse.',
  'new.by_password': 'Ein vorläufiges Passwort setzen',
  'new.by_password_note': 'Sie geben es weiter. Bei der ersten Anmeldung muss ein anderes gewählt werden.',
  'new.password': 'Vorläufiges Passwort',
  'new.mailed': '{email} bekommt eine E-Mail mit einem Link, um ein Passwort zu wählen.',
  'new.handed': 'Es geht kein Link hinaus. Geben Sie das vorläufige Passwort weiter.',
  'new.taken':
    'ein Konto damit gibt es in {connection} schon. Suchen Sie unter den Mitgliedern; wer dort fehlt, kann eingeladen werden',
  'new.taken_either':
    'ein Konto mit dieser Adresse oder diesem Benutzernamen gibt es in {connection} schon. Suchen Sie unter den Mitgliedern; wer dort fehlt, kann eingeladen werden',
  'new.password_refused':
    'dieses Passwort hält die Regeln von {connection} nicht ein. Wählen Sie ein längeres, schwerer zu erratendes',
  'new.closed':
    'In dieser Verbindung werden keine Konten mehr angelegt. Nichts wurde geändert. Laden Sie die Person ein, oder fragen Sie den Betreiber.',
  'new.password_closed':
    'Passwörter dürfen Sie nicht mehr setzen. Nichts wurde geändert. Senden Sie stattdessen einen Link, um eines zu wählen.',
  'new.done': '{name} ist Mitglied. Ein Link, um ein Passwort zu wählen, ist unterwegs an {email}.',
  'new.done_password': '{name} ist Mitglied. Geben Sie das vorläufige Passwort weiter.',
  'new.half': '{name} ist Mitglied, aber nicht gespeichert wurde: {what}. Ergänzen Sie es auf dieser Seite.',
  'new.half_attributes': 'was Ihre Organisation über das Mitglied führt',
  'new.half_roles': 'die Rollen',
}
