/** TABLE: terms and consents for the pictures, in both languages. */
import type { Language } from './scene.ts'

/** A text in one language. */
export type TermsText = { title: string; summary?: string; body: string }

type Texts = Readonly<Record<Language, TermsText>>

const LONG = {
  en: `These terms are between you and Harborline Shipping AB, Packhusplatsen 4, Gothenburg. They say what you may do with our services, and what we do for you.

# 1. Your account

Your account is yours alone. Keep your password to yourself, and tell us at once when somebody else knows it.

Each of these ends it:

- you delete it
- your employer takes you out of its organization and you belong to no other
- you have not signed in for 36 months, and two mails to you stayed without an answer

# 2. What you may not do

You may not read what is not yours, load our services more than your work needs, or take them apart to copy them.

# 3. What we answer for

We answer for what we break by intent or gross negligence. Freight that arrives late is the carrier’s matter.`,
  de: `Diese Bedingungen gelten zwischen Ihnen und der Harborline Shipping AB, Packhusplatsen 4, Göteborg. Sie sagen, was Sie mit unseren Diensten tun dürfen und was wir für Sie tun.

# 1. Ihr Konto

Ihr Konto gehört Ihnen allein. Behalten Sie Ihr Passwort für sich, und sagen Sie uns sofort, wenn jemand anderes es kennt.

Jedes davon beendet es:

- Sie löschen es
- Ihr Arbeitgeber nimmt Sie aus seiner Organisation, und Sie gehören zu keiner anderen
- Sie haben sich 36 Monate nicht angemeldet, und zwei E-Mails an Sie blieben ohne Antwort

# 2. Was Sie nicht dürfen

Sie dürfen nicht lesen, was nicht Ihnen gehört, unsere Dienste nicht mehr belasten, als Ihre Arbeit es braucht, und sie nicht zerlegen, um sie nachzubauen.

# 3. Wofür wir einstehen

Wir stehen für das ein, was wir mit Absicht oder grob fahrlässig verursachen. Fracht, die zu spät kommt, ist Sache der Spedition.`,
} as const satisfies Record<Language, string>

export const TERMS_TEXTS = {
  use: {
    en: {
      title: 'Terms of use',
      summary: 'Accounts that nobody has used for 36 months are deleted. Before that, we write to you twice.',
      body: LONG.en,
    },
    de: {
      title: 'Nutzungsbedingungen',
      summary: 'Konten, die 36 Monate niemand benutzt hat, werden gelöscht. Davor schreiben wir Ihnen zweimal.',
      body: LONG.de,
    },
  },
  warehouse: {
    en: { title: 'Rules for the use of forklift and crane bookings at the northern terminals', body: LONG.en },
    de: { title: 'Regeln für Gabelstapler- und Kranbuchungen an den nördlichen Hafenumschlaganlagen', body: LONG.de },
  },
  news: {
    en: {
      title: 'Mails about new routes',
      body: 'We write to you once a month about new routes and prices. We tell nobody your address, and each mail has a link that ends them.',
    },
    de: {
      title: 'E-Mails über neue Routen',
      body: 'Wir schreiben Ihnen einmal im Monat über neue Routen und Preise. Ihre Adresse nennen wir niemandem, und in jeder E-Mail steht ein Link, der sie beendet.',
    },
  },
  figures: {
    en: {
      title: 'Figures on how you use our services',
      summary: 'We keep the figures for 6 months instead of 12.',
      body: 'We count which pages you open, to see where people get lost. The figures are kept for 6 months.',
    },
    de: {
      title: 'Zahlen darüber, wie Sie unsere Dienste nutzen',
      summary: 'Wir bewahren die Zahlen 6 statt 12 Monate auf.',
      body: 'Wir zählen, welche Seiten Sie öffnen, um zu sehen, wo man sich verläuft. Die Zahlen bewahren wir 6 Monate auf.',
    },
  },
  photos: {
    en: { title: 'Pictures of me on the page of the team', body: 'Your picture stands on the page of your team.' },
    de: { title: 'Bilder von mir auf der Seite des Teams', body: 'Ihr Bild steht auf der Seite Ihres Teams.' },
  },
} as const satisfies Record<string, Texts>

/** One of the table. */
export type TermsName = keyof typeof TERMS_TEXTS
