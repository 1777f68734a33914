/** TABLE: the texts of signing in. */
import { topic } from '../../pages/texts.ts'

export const SIGN_IN_TEXTS = topic(
  {
    en: {
      title: 'Sign in',
      to_continue: 'to continue to {application}',
      email: 'E-mail address',
      email_or_username: 'E-mail address or user name',
      username: 'User name',
      any_identifier: 'E-mail address, user name or phone number',
      continue: 'Continue',
      continue_with: 'Continue with {provider}',
      or: 'or',
      no_provider: '{label}: no sign-in is known for this address. Use the address of your company',
      provider_title: '{provider} did not let you in',
      provider_1: 'The sign-in at your identity provider did not come to its end. Nothing was changed.',
      provider_2: 'Try again. If it does not work, tell your administrator the reference below.',
      provider_again: 'Try again',
      no_account: 'No account yet?',
      sign_up: 'Sign up',
      empty_title: 'There is a problem with one field',
      empty_line: '{label}: write what you sign in with',

      password_title: 'Enter your password',
      signing_in_as: 'Signing in as',
      change: 'Change',
      password: 'Password',
      sign_in: 'Sign in',
      forgot: 'Forgot your password?',
      refused_title: 'You were not signed in',
      refused_line: 'Wrong e-mail address or password. Check both and try again.',
      refused_plain: 'Wrong user name or password. Check both and try again.',
      throttled_title: 'Too many attempts at the moment',
      throttled_line: 'The password was not checked. Wait {seconds} seconds, then try again.',
      throttled_line_one: 'The password was not checked. Wait a second, then try again.',

      tries_title: 'Too many wrong passwords',
      tries_1: 'Signing in to this account from where you are is closed for now. Nothing else was changed.',
      tries_2:
        'If the account exists, a mail with a link that opens it again was sent to its address. A new password opens it as well.',
      new_password: 'Choose a new password',
      other_account: 'Sign in with another account',

      breached_title: 'Choose a new password',
      breached_1:
        'Your password was made public when another service was broken into, and others may try it. So you were not signed in. Nothing was changed.',
      breached_2: 'Choose a new one by mail, one that you use nowhere else, and sign in with it.',

      blocked_title: 'Your access is blocked',
      blocked_1:
        'An administrator has blocked your access. Your data is kept. Only an administrator can open it again.',
      closed_title: '{application} is not open to you',
      closed_1:
        'Your password was right, but your account is not among those that may use {application}. Nothing was changed. Ask an administrator.',
      signed_in_as: 'Account',
      back: 'Back to {application}',

      nowhere_title: 'You cannot sign in here',
      nowhere_1:
        '{application} has no connection through which anybody could sign in. Whoever runs the application has to open one to it.',
    },
    de: {
      title: 'Anmelden',
      to_continue: 'Weiter zu {application}',
      email: 'E-Mail-Adresse',
      email_or_username: 'E-Mail-Adresse oder Benutzername',
      username: 'Benutzername',
      any_identifier: 'E-Mail-Adresse, Benutzername oder Telefonnummer',
      continue: 'Weiter',
      continue_with: 'Weiter mit {provider}',
      or: 'oder',
      no_provider: '{label}: Für diese Adresse ist keine Anmeldung bekannt. Nehmen Sie die Adresse Ihrer Firma',
      provider_title: '{provider} hat Sie nicht eingelassen',
      provider_1: 'Die Anmeldung bei Ihrem Identitätsanbieter ist nicht zu Ende gekommen. Es wurde nichts geändert.',
      provider_2: 'Versuchen Sie es noch einmal. Wenn es nicht geht, nennen Sie Ihrer Verwaltung die Kennung unten.',
      provider_again: 'Noch einmal versuchen',
      no_account: 'Noch kein Konto?',
      sign_up: 'Registrieren',
      empty_title: 'Ein Feld ist noch nicht richtig',
      empty_line: '{label}: Schreiben Sie, womit Sie sich anmelden',

      password_title: 'Passwort eingeben',
      signing_in_as: 'Anmeldung als',
      change: 'Ändern',
      password: 'Passwort',
      sign_in: 'Anmelden',
      forgot: 'Passwort vergessen?',
      refused_title: 'Sie wurden nicht angemeldet',
      refused_line: 'E-Mail-Adresse oder Passwort ist falsch. Prüfen Sie beides und versuchen Sie es noch einmal.',
      refused_plain: 'Benutzername oder Passwort ist falsch. Prüfen Sie beides und versuchen Sie es noch einmal.',
      throttled_title: 'Im Augenblick zu viele Versuche',
      throttled_line:
        'Das Passwort wurde nicht geprüft. Warten Sie {seconds} Sekunden und versuchen Sie es dann noch einmal.',
      throttled_line_one:
        'Das Passwort wurde nicht geprüft. Warten Sie eine Sekunde und versuchen Sie es dann noch einmal.',

      tries_title: 'Zu oft ein falsches Passwort',
      tries_1: 'Die Anmeldung an diesem Konto ist von hier aus vorerst geschlossen. Sonst wurde nichts geändert.',
      tries_2:
        'Wenn es das Konto gibt, ist eine E-Mail mit einem Link an seine Adresse gegangen, der es wieder öffnet. Auch ein neues Passwort öffnet es.',
      new_password: 'Neues Passwort wählen',
      other_account: 'Mit einem anderen Konto anmelden',

      breached_title: 'Wählen Sie ein neues Passwort',
      breached_1:
        'Ihr Passwort wurde bei einem Einbruch in einen anderen Dienst öffentlich, und andere könnten es ausprobieren. Deshalb wurden Sie nicht angemeldet. Es wurde nichts geändert.',
      breached_2: 'Wählen Sie per E-Mail ein neues, das Sie sonst nirgends benutzen, und melden Sie sich damit an.',

      blocked_title: 'Ihr Zugang ist gesperrt',
      blocked_1:
        'Die Administration hat Ihren Zugang gesperrt. Ihre Daten bleiben erhalten. Nur die Administration kann ihn wieder öffnen.',
      closed_title: '{application} ist für Sie nicht freigegeben',
      closed_1:
        'Ihr Passwort war richtig, aber Ihr Konto gehört nicht zu denen, die {application} benutzen dürfen. Es wurde nichts geändert. Fragen Sie die Administration.',
      signed_in_as: 'Konto',
      back: 'Zurück zu {application}',

      nowhere_title: 'Hier können Sie sich nicht anmelden',
      nowhere_1:
        'Für {application} ist keine Verbindung freigegeben, über die sich jemand anmelden könnte. Das kann nur ändern, wer die Anwendung betreibt.',
    },
  },
  {
    title: 'login-id.login-id.title',
    to_continue: 'login-id.login-id.description',
    continue: 'login-id.login-id.buttonText',
    no_account: 'login-id.login-id.footerText',
    sign_up: 'login-id.login-id.footerLinkText',
    email: 'login-id.login-id.emailPlaceholder',
    username: 'login-id.login-id.usernameOnlyPlaceholder',
    email_or_username: 'login-id.login-id.usernameOrEmailPlaceholder',
    password_title: 'login-password.login-password.title',
    change: 'login-password.login-password.editEmailText',
    password: 'login-password.login-password.passwordPlaceholder',
    sign_in: 'login-password.login-password.buttonText',
    forgot: 'login-password.login-password.forgotPasswordText',
    refused_line: 'login-password.login-password.wrong-email-credentials',
    refused_plain: 'login-password.login-password.wrong-credentials',
    blocked_1: 'login-password.login-password.user-blocked',
  },
)
