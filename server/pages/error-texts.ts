/** TABLE: the texts of the page that says what went wrong on the way to an application. */
import { topic } from './texts.ts'

export const ERROR_TEXTS = topic({
  en: {
    gone_title: 'This sign-in is over',
    gone_1:
      'It took too long, was finished already, or was begun in another browser. Nothing was changed. Go back to the application and begin again.',
    gone_2: 'If this happens every time, allow cookies for this page: they tie a sign-in to your browser.',

    request_title: 'The application asked for something that does not work',
    request_1:
      'You were not signed in, and nothing was changed. You cannot mend this; whoever runs the application can.',

    denied_title: 'You cannot sign in here',
    denied_1: 'You were not signed in, and nothing was changed.',

    fault_title: 'Something went wrong on our side',
    fault_1: 'Go back and try again in a moment. It may be that nothing was changed.',

    again: 'Begin again',
    detail: 'Details',
  },
  de: {
    gone_title: 'Diese Anmeldung ist beendet',
    gone_1:
      'Sie hat zu lange gedauert, war schon abgeschlossen oder wurde in einem anderen Browser begonnen. Es wurde nichts geändert. Gehen Sie zurück zur Anwendung und beginnen Sie von vorn.',
    gone_2:
      'Wenn das jedes Mal geschieht, lassen Sie Cookies für diese Seite zu: Sie verbinden eine Anmeldung mit Ihrem Browser.',

    request_title: 'Die Anwendung hat etwas angefragt, das nicht geht',
    request_1:
      'Sie wurden nicht angemeldet, und es wurde nichts geändert. Beheben kann das nur, wer die Anwendung betreibt.',

    denied_title: 'Hier können Sie sich nicht anmelden',
    denied_1: 'Sie wurden nicht angemeldet, und es wurde nichts geändert.',

    fault_title: 'Bei uns ist etwas schiefgegangen',
    fault_1: 'Gehen Sie zurück und versuchen Sie es gleich noch einmal. Möglicherweise wurde nichts geändert.',

    again: 'Von vorn beginnen',
    detail: 'Einzelheiten',
  },
})

/** A text's key. */
export type ErrorTextKey = keyof (typeof ERROR_TEXTS)['en']
