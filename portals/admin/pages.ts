/** TABLE: the pages of an organization, in their groups, and the rights of which one is needed to open each. */
import { ArrowUpDown, FileCheck, House, KeyRound, Mail, Palette, ScrollText, Settings, Users } from 'lucide-react'
import type { Right } from './access.ts'
import type { TextKey } from './texts/texts.ts'

/** A page that the navigation leads to. */
export type PageRow = {
  to: '/' | '/members' | '/invitations' | '/jobs' | '/roles' | '/activity' | '/terms' | '/branding' | '/settings'
  key: TextKey
  icon: typeof House
  rights: readonly Right[]
  /** The key that follows a `g`. */
  letter: string
}

export const PAGE_GROUPS: readonly (readonly PageRow[])[] = [
  [
    { to: '/', key: 'nav.home', icon: House, rights: [], letter: 'h' },
    { to: '/members', key: 'nav.members', icon: Users, rights: ['read:users'], letter: 'm' },
    {
      to: '/invitations',
      key: 'nav.invitations',
      icon: Mail,
      rights: ['read:organization_invitations'],
      letter: 'i',
    },
    { to: '/jobs', key: 'nav.jobs', icon: ArrowUpDown, rights: ['read:users'], letter: 'j' },
    { to: '/roles', key: 'nav.roles', icon: KeyRound, rights: ['read:roles'], letter: 'r' },
    { to: '/activity', key: 'nav.activity', icon: ScrollText, rights: ['read:logs', 'read:logs_users'], letter: 'a' },
  ],
  [
    { to: '/terms', key: 'nav.terms', icon: FileCheck, rights: ['read:terms'], letter: 't' },
    { to: '/branding', key: 'nav.branding', icon: Palette, rights: ['read:organizations'], letter: 'b' },
    { to: '/settings', key: 'nav.settings', icon: Settings, rights: ['read:organizations'], letter: 's' },
  ],
]

/** All of them. */
export const PAGES: readonly PageRow[] = PAGE_GROUPS.flat()
