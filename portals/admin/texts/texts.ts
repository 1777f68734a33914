/** The texts of this portal with those that portals share: a table a page and language. */
import type { AskedKey, Say, Texts } from '../../shared/language.ts'
import { sharedDe } from '../../shared/texts/de.ts'
import { type SharedKey, sharedEn } from '../../shared/texts/en.ts'
import { useSay as useAnySay } from '../../shared/use-language.ts'
import { activityDe, activityEn } from './activity.ts'
import { actsDe, actsEn } from './acts.ts'
import type { applicationAccessEn } from './application-access.ts'
import { brandingDe, brandingEn } from './branding.ts'
import { eventsDe, eventsEn } from './events.ts'
import { homeDe, homeEn } from './home.ts'
import { invitationsDe, invitationsEn } from './invitations.ts'
import type { jobsEn } from './jobs.ts'
import { memberDe, memberEn } from './member.ts'
import { membersDe, membersEn } from './members.ts'
import { newMemberDe, newMemberEn } from './new-member.ts'
import { rolesDe, rolesEn } from './roles.ts'
import { settingsDe, settingsEn } from './settings.ts'
import { shellDe, shellEn } from './shell.ts'
import type { termsEn } from './terms.ts'

const en = {
  ...shellEn,
  ...homeEn,
  ...membersEn,
  ...memberEn,
  ...newMemberEn,
  ...invitationsEn,
  ...rolesEn,
  ...activityEn,
  ...actsEn,
  ...eventsEn,
  ...brandingEn,
  ...settingsEn,
}
const de: Readonly<Record<keyof typeof en, string>> = {
  ...shellDe,
  ...homeDe,
  ...membersDe,
  ...memberDe,
  ...newMemberDe,
  ...invitationsDe,
  ...rolesDe,
  ...activityDe,
  ...actsDe,
  ...eventsDe,
  ...brandingDe,
  ...settingsDe,
}

/** Others come with their pages (add-texts.ts there), so that the portal itself comes fast. */
type AdminKey = keyof (typeof en & typeof jobsEn & typeof termsEn & typeof applicationAccessEn)

/** A key of any of them, as it is asked for. */
export type TextKey = AskedKey<AdminKey | SharedKey>

/** All that are there from the beginning. */
export const texts: Texts<keyof typeof en | SharedKey> = { en: { ...sharedEn, ...en }, de: { ...sharedDe, ...de } }

/** What says them. */
export const useSay: () => Say<AdminKey | SharedKey> = useAnySay<AdminKey>

/** Whether there is a text for a key that is made of what the API names. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(en, key)
}
