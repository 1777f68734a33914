/** TABLE: the texts of pages that ask for a mail, say that one was sent, and of those that its link leads to. */
import { topic } from '../../pages/texts.ts'

export const MAIL_TEXTS = topic(
  {
    en: {
      forgot_title: 'Forgot your password?',
      forgot_1: 'Say what you sign in with. We send you a link with which you choose a new password.',
      send_link: 'Send the link',
      back_to_sign_in: 'Back to sign-in',
      no_reset_title: 'Passwords are not reset by mail here',
      no_reset_1: 'Ask an administrator for a link to choose a new password.',

      check_title: 'Check your mail',
      sign_up_1: 'Open the link in the mail we have sent to this address. Then sign in.',
      sign_up_plain: 'We have sent a mail to this address. You can sign in now.',
      reset_1:
        'If there is an account, we have sent a link to its address. Choose a new password with it, then sign in.',
      check_spam:
        'Nothing there after a few minutes? Look among the unwanted mails and check that it is spelled right.',
      sent_to: 'Sent to',
      asked_for: 'For',
      resend: 'Send again',
      sent_again: 'Sent again. Only the link in the newest mail works.',
      change_address: 'Change it',
      continue_to_sign_in: 'Continue to sign in',

      verify_title: 'Confirm your e-mail address',
      verify_1:
        'Before you go on to {application}, show that you read mail at this address. Open the link in the mail we sent there.',
      verify_continue: 'Continue',
      verify_not_yet: 'The address is not confirmed yet. Open the link in the mail first, or have a new one sent.',
      verify_not_yet_title: 'Not yet',
      verify_unsent_title: 'Nothing was sent',
      verify_many:
        'This address got several of these mails lately. Open the link in the newest one, or try again in {minutes} minutes.',
      verify_many_one:
        'This address got several of these mails lately. Open the link in the newest one, or try again in a minute.',
      verify_off: 'Mails that confirm an address are switched off here. Ask an administrator to confirm yours.',

      confirm_title: 'Confirm your e-mail address',
      confirm_1: 'With the button you confirm that this address is yours.',
      confirm: 'Confirm',
      address: 'Address',
      confirmed_title: 'Address confirmed',
      confirmed_1: 'You can go on where you came from, and close this page.',
      confirmed_already_title: 'This address is confirmed already',
      confirmed_already_1: 'There is nothing left to do. You can close this page.',
      continue: 'Continue to sign in',
    },
    de: {
      forgot_title: 'Passwort vergessen?',
      forgot_1:
        'Schreiben Sie, womit Sie sich anmelden. Wir schicken Ihnen einen Link, mit dem Sie ein neues Passwort wählen.',
      send_link: 'Link schicken',
      back_to_sign_in: 'Zurück zur Anmeldung',
      no_reset_title: 'Passwörter werden hier nicht per E-Mail zurückgesetzt',
      no_reset_1: 'Bitten Sie die Administration um einen Link, mit dem Sie ein neues Passwort wählen.',

      check_title: 'Sehen Sie in Ihr Postfach',
      sign_up_1:
        'Öffnen Sie den Link in der E-Mail, die wir an diese Adresse geschickt haben. Melden Sie sich dann an.',
      sign_up_plain: 'Wir haben eine E-Mail an diese Adresse geschickt. Sie können sich jetzt anmelden.',
      reset_1:
        'Wenn es ein Konto gibt, haben wir einen Link an seine Adresse geschickt. Wählen Sie damit ein neues Passwort und melden Sie sich dann an.',
      check_spam:
        'Ist nach ein paar Minuten nichts da? Sehen Sie bei den unerwünschten E-Mails nach und prüfen Sie die Schreibweise.',
      sent_to: 'Geschickt an',
      asked_for: 'Für',
      resend: 'Noch einmal schicken',
      sent_again: 'Noch einmal geschickt. Nur der Link in der neuesten E-Mail gilt.',
      change_address: 'Ändern',
      continue_to_sign_in: 'Weiter zur Anmeldung',

      verify_title: 'E-Mail-Adresse bestätigen',
      verify_1:
        'Bevor es mit {application} weitergeht, zeigen Sie, dass Sie unter dieser Adresse E-Mails lesen. Öffnen Sie den Link in der E-Mail, die wir dorthin geschickt haben.',
      verify_continue: 'Weiter',
      verify_not_yet:
        'Die Adresse ist noch nicht bestätigt. Öffnen Sie zuerst den Link in der E-Mail, oder lassen Sie sich eine neue schicken.',
      verify_not_yet_title: 'Noch nicht',
      verify_unsent_title: 'Nichts gesendet',
      verify_many:
        'Diese Adresse bekam zuletzt mehrere dieser E-Mails. Öffnen Sie den Link in der neuesten, oder versuchen Sie es in {minutes} Minuten noch einmal.',
      verify_many_one:
        'Diese Adresse bekam zuletzt mehrere dieser E-Mails. Öffnen Sie den Link in der neuesten, oder versuchen Sie es in einer Minute noch einmal.',
      verify_off:
        'E-Mails, die eine Adresse bestätigen, sind hier abgeschaltet. Bitten Sie die Administration, Ihre zu bestätigen.',

      confirm_title: 'E-Mail-Adresse bestätigen',
      confirm_1: 'Mit dem Knopf bestätigen Sie, dass diese Adresse Ihre ist.',
      confirm: 'Bestätigen',
      address: 'Adresse',
      confirmed_title: 'Adresse bestätigt',
      confirmed_1: 'Machen Sie dort weiter, woher Sie kamen. Diese Seite können Sie schließen.',
      confirmed_already_title: 'Diese Adresse ist schon bestätigt',
      confirmed_already_1: 'Es ist nichts mehr zu tun. Diese Seite können Sie schließen.',
      continue: 'Weiter zur Anmeldung',
    },
  },
  {
    forgot_title: 'reset-password.reset-password-request.title',
    forgot_1: 'reset-password.reset-password-request.descriptionEmail',
    send_link: 'reset-password.reset-password-request.buttonText',
    back_to_sign_in: 'reset-password.reset-password-request.backToLoginLinkText',
    check_title: 'reset-password.reset-password-email.title',
    reset_1: 'reset-password.reset-password-email.emailDescription',
    resend: 'reset-password.reset-password-email.resendText',
    confirmed_title: 'email-verification.email-verification-result.verifiedTitle',
    confirmed_1: 'email-verification.email-verification-result.verifiedDescription',
    confirmed_already_title: 'email-verification.email-verification-result.alreadyVerifiedTitle',
    confirmed_already_1: 'email-verification.email-verification-result.alreadyVerifiedDescription',
  },
)
