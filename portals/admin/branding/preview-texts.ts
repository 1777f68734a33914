import type { Language } from '../../shared/language.ts'

/** TABLE: what the pictured pages say, in the language that members read. */
export const PREVIEW_TEXTS: Readonly<Record<Language, Readonly<Record<PreviewText, string>>>> = {
  en: {
    title: 'Sign in',
    email: 'E-mail address',
    address: 'name@example.com',
    go: 'Continue',
    question: 'No account yet?',
    link: 'Sign up',
    mailTitle: 'Confirm your e-mail address',
    mailText: 'You use this address at {name}. Confirm that it is yours.',
    mailAct: 'Confirm address',
    mailFoot: 'You did not ask for this? Leave this mail unanswered.',
  },
  de: {
    title: 'Anmelden',
    email: 'E-Mail-Adresse',
    address: 'name@example.com',
    go: 'Weiter',
    question: 'Noch kein Konto?',
    link: 'Registrieren',
    mailTitle: 'Bestätigen Sie Ihre E-Mail-Adresse',
    mailText: 'Sie verwenden diese Adresse bei {name}. Bestätigen Sie, dass sie Ihnen gehört.',
    mailAct: 'Adresse bestätigen',
    mailFoot: 'Sie haben das nicht angefordert? Lassen Sie diese E-Mail unbeantwortet.',
  },
}

type PreviewText =
  | 'title'
  | 'email'
  | 'address'
  | 'go'
  | 'question'
  | 'link'
  | 'mailTitle'
  | 'mailText'
  | 'mailAct'
  | 'mailFoot'
