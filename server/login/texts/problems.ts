/** TABLE: the texts of pages that say why nothing was done. */
import { topic } from '../../pages/texts.ts'

export const PROBLEM_TEXTS = topic({
  en: {
    dead_title: 'This link no longer works',
    dead_1: 'It was used, replaced by a newer link, or is past its time. This page changed nothing.',
    dead_2: 'If you have just used it yourself, it has worked: sign in, with the new password if you saved one.',
    dead_3:
      'If not, ask for a new link where you got this one: with “Forgot your password?” on the sign-in page, or from whoever sent it to you.',

    tries_title: 'Too many tries',
    tries_1: 'Nothing was changed. What you were sent is still good.',
    tries_2: 'Wait {seconds} seconds, then try again.',
    tries_2_one: 'Wait a second, then try again.',

    busy_title: 'The server is busy',
    busy_1: 'Nothing was changed. What you were sent is still good.',
    busy_2: 'Wait a moment, then open the page again.',

    forged_title: 'This form could not be accepted',
    forged_1: 'It is incomplete or was sent from another page. Nothing was changed.',
    forged_2: 'Open the page again and fill in the form there.',

    fault_title: 'Something went wrong on our side',
    fault_1: 'It may be that nothing was changed. Open the page again: if the form is there, nothing was saved.',

    missing_title: 'There is no such page',
    missing_1: 'The address is incomplete or out of date. Nothing was changed.',
  },
  de: {
    dead_title: 'Dieser Link gilt nicht mehr',
    dead_1: 'Er wurde benutzt, durch einen neueren ersetzt, oder seine Zeit ist um. Diese Seite hat nichts geändert.',
    dead_2:
      'Wenn Sie ihn gerade selbst benutzt haben, hat er gewirkt: Melden Sie sich an, mit dem neuen Passwort, falls Sie eines gespeichert haben.',
    dead_3:
      'Wenn nicht, lassen Sie sich dort einen neuen Link geben, wo Sie diesen bekommen haben: mit „Passwort vergessen?“ auf der Anmeldeseite oder von der Stelle, die ihn geschickt hat.',

    tries_title: 'Zu viele Versuche',
    tries_1: 'Es wurde nichts geändert. Was Sie bekommen haben, gilt weiter.',
    tries_2: 'Warten Sie {seconds} Sekunden und versuchen Sie es dann noch einmal.',
    tries_2_one: 'Warten Sie eine Sekunde und versuchen Sie es dann noch einmal.',

    busy_title: 'Der Server ist ausgelastet',
    busy_1: 'Es wurde nichts geändert. Was Sie bekommen haben, gilt weiter.',
    busy_2: 'Warten Sie einen Augenblick und öffnen Sie die Seite dann noch einmal.',

    forged_title: 'Dieses Formular kann nicht angenommen werden',
    forged_1: 'Es ist unvollständig oder kam von einer anderen Seite. Es wurde nichts geändert.',
    forged_2: 'Öffnen Sie die Seite noch einmal und füllen Sie das Formular dort aus.',

    fault_title: 'Bei uns ist etwas schiefgegangen',
    fault_1:
      'Vielleicht wurde nichts geändert. Öffnen Sie die Seite noch einmal: Steht das Formular noch da, wurde nichts gespeichert.',

    missing_title: 'Diese Seite gibt es nicht',
    missing_1: 'Die Adresse ist unvollständig oder veraltet. Es wurde nichts geändert.',
  },
})

/** A text's key. */
export type ProblemTextKey = keyof (typeof PROBLEM_TEXTS)['en']
