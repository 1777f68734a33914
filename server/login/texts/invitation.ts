/** TABLE: the texts of accepting an invitation. */
import { topic } from '../../pages/texts.ts'

export const INVITATION_TEXTS = topic({
  en: {
    title: 'Join {organization}',
    lead: '{inviter} invites you to {organization}.',
    for_whom: 'Invitation for',
    role: 'Role',
    roles: 'Roles',
    until: 'Open until',
    continue_new: 'Create your account',
    continue_known: 'Sign in and accept',
    accept: 'Accept invitation',
    go_on: 'Continue to {application}',

    other_title: 'This invitation is for somebody else',
    other_1: 'It is for {email}. You are signed in with another account, which cannot accept it.',
    other_2: 'The invitation stays open. Sign in with the account of that address, or ask for an invitation to yours.',
    signed_in_as: 'Signed in as',
    other_account: 'Use another account',

    refused_title: 'This account cannot accept the invitation',
    refused_1: 'Your password was right, but the invitation is for {email}, and cannot be accepted by another account.',
    refused_own: 'Your account cannot join {organization} at present. Ask whoever administers {organization}.',
    refused_2: 'The invitation stays open. Nothing was changed.',

    expired_title: 'This invitation has expired',
    expired_1: 'Invitations are open for a limited time, and this one is past it. Nothing was changed.',
    revoked_title: 'This invitation was withdrawn',
    revoked_1: 'Whoever invited you has taken it back. Nothing was changed.',
    used_title: 'This invitation was accepted already',
    used_1: 'An invitation works once. If you have accepted it, sign in as usual. Nothing was changed.',
    unknown_title: 'There is no such invitation',
    unknown_1: 'The link may be incomplete. Open it from the mail once more, whole. Nothing was changed.',
    ask_again: 'Ask {organization} for a new one.',
    back: 'Back to {application}',

    sign_up_lead: 'and join {organization}',
    fixed_email: 'The invitation is for this address',
  },
  de: {
    title: '{organization} beitreten',
    lead: '{inviter} lädt Sie zu {organization} ein.',
    for_whom: 'Einladung für',
    role: 'Rolle',
    roles: 'Rollen',
    until: 'Offen bis',
    continue_new: 'Konto anlegen',
    continue_known: 'Anmelden und annehmen',
    accept: 'Einladung annehmen',
    go_on: 'Weiter zu {application}',

    other_title: 'Diese Einladung ist für jemand anderen',
    other_1: 'Sie ist für {email}. Sie sind mit einem anderen Konto angemeldet, das sie nicht annehmen kann.',
    other_2:
      'Die Einladung bleibt offen. Melden Sie sich mit dem Konto dieser Adresse an, oder bitten Sie um eine Einladung an Ihre.',
    signed_in_as: 'Angemeldet als',
    other_account: 'Anderes Konto verwenden',

    refused_title: 'Dieses Konto kann die Einladung nicht annehmen',
    refused_1:
      'Ihr Passwort war richtig, aber die Einladung ist für {email} und kann mit keinem anderen Konto angenommen werden.',
    refused_own:
      'Ihr Konto kann {organization} zurzeit nicht beitreten. Fragen Sie die Administration von {organization}.',
    refused_2: 'Die Einladung bleibt offen. Es wurde nichts geändert.',

    expired_title: 'Diese Einladung ist abgelaufen',
    expired_1: 'Einladungen sind eine begrenzte Zeit offen, und diese ist vorbei. Es wurde nichts geändert.',
    revoked_title: 'Diese Einladung wurde zurückgezogen',
    revoked_1: 'Wer Sie eingeladen hat, hat sie zurückgenommen. Es wurde nichts geändert.',
    used_title: 'Diese Einladung wurde schon angenommen',
    used_1:
      'Eine Einladung gilt einmal. Wenn Sie sie angenommen haben, melden Sie sich wie gewohnt an. Es wurde nichts geändert.',
    unknown_title: 'Diese Einladung gibt es nicht',
    unknown_1:
      'Der Link ist vielleicht unvollständig. Öffnen Sie ihn noch einmal ganz aus der E-Mail. Es wurde nichts geändert.',
    ask_again: 'Bitten Sie {organization} um eine neue.',
    back: 'Zurück zu {application}',

    sign_up_lead: 'und {organization} beitreten',
    fixed_email: 'Die Einladung gilt für diese Adresse',
  },
})
