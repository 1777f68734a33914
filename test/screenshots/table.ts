/** TABLE: every page there is, with its states. A test compares it with the routes and with the mails that are sent. */
import { ACCOUNT } from './pages/account.ts'
import { ACCOUNT_DATA } from './pages/account-data.ts'
import { ACCOUNT_PRIVACY } from './pages/account-privacy.ts'
import { ADMIN } from './pages/admin.ts'
import { ADMIN_JOBS } from './pages/admin-jobs.ts'
import { ADMIN_MEMBER } from './pages/admin-member.ts'
import { ADMIN_NEW_MEMBER } from './pages/admin-new-member.ts'
import { ADMIN_TERMS } from './pages/admin-terms.ts'
import { DEMO } from './pages/demo.ts'
import { LINKS } from './pages/links.ts'
import { MAILS } from './pages/mails.ts'
import { ORGANIZATIONS } from './pages/organizations.ts'
import { PROVIDERS } from './pages/providers.ts'
import { SIGN_IN } from './pages/sign-in.ts'
import { TERMS } from './pages/terms.ts'
import type { PagePictures } from './scene.ts'

export const PAGES: readonly PagePictures[] = [
  ...DEMO,
  ...SIGN_IN,
  ...PROVIDERS,
  ...TERMS,
  ...ORGANIZATIONS,
  ...LINKS,
  ...MAILS,
  ...ACCOUNT,
  ...ACCOUNT_PRIVACY,
  ...ACCOUNT_DATA,
  ...ADMIN,
  ...ADMIN_MEMBER,
  ...ADMIN_NEW_MEMBER,
  ...ADMIN_JOBS,
  ...ADMIN_TERMS,
]
