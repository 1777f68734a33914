/** TABLE: the applications that are open to a member, and those that are closed. */
export const applicationAccessEn = {
  'application_access.title': 'Applications',
  'application_access.note':
    'What members of {organization} use. Each can be closed to this one; the others stay open.',
  'application_access.what': 'The applications of the member',
  'application_access.open': 'Open',
  'application_access.closed': 'Closed',
  'application_access.since': 'since',
  'application_access.all': 'Show all {count}',
  'application_access.close': 'Close…',
  'application_access.close_named': 'Close {application}…',
  'application_access.close_ask': 'Close {application} to {name}?',
  'application_access.close_effect':
    'Signing in to it at {organization} is not possible any more; other applications work as before. A token that is out already is good until it ends.',
  'application_access.close_act': 'Close',
  'application_access.close_done': '{application} is closed to {name}.',
  'application_access.reason': 'Reason (optional)',
  'application_access.reason_note': 'Administrators see it. The person does not.',
  'application_access.reopen': 'Open again',
  'application_access.reopen_named': 'Open {application} again',
  'application_access.reopen_done': '{application} is open to {name} again.',
} as const

/** TABLE: the same in German; formal. */
export const applicationAccessDe: Readonly<Record<keyof typeof applicationAccessEn, string>> = {
  'application_access.title': 'Anwendungen',
  'application_access.note':
    'Was Mitglieder von {organization} verwenden. Jede lässt sich für dieses schließen; die anderen bleiben offen.',
  'application_access.what': 'Die Anwendungen des Mitglieds',
  'application_access.open': 'Offen',
  'application_access.closed': 'Geschlossen',
  'application_access.since': 'seit',
  'application_access.all': 'Alle {count} zeigen',
  'application_access.close': 'Schließen…',
  'application_access.close_named': '{application} schließen…',
  'application_access.close_ask': '{application} für {name} schließen?',
  'application_access.close_effect':
    'Eine Anmeldung dort bei {organization} ist nicht mehr möglich; andere Anwendungen funktionieren wie bisher. Ein Token, das schon ausgegeben ist, gilt bis zu seinem Ablauf.',
  'application_access.close_act': 'Schließen',
  'application_access.close_done': '{application} ist für {name} geschlossen.',
  'application_access.reason': 'Grund (freiwillig)',
  'application_access.reason_note': 'Die Verwaltung sieht ihn, die Person nicht.',
  'application_access.reopen': 'Wieder öffnen',
  'application_access.reopen_named': '{application} wieder öffnen',
  'application_access.reopen_done': '{application} ist für {name} wieder offen.',
}
