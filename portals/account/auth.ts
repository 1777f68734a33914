/** Signing in to this portal, and out. */
import { PUBLIC_URL } from '../shared/page-facts.ts'
import { openSignIn } from '../shared/sign-in.ts'

export const { enter, signIn, signOut, renewToken, tokens } = openSignIn({
  clientId: 'tenantry-account',
  path: '/account',
  audience: `${PUBLIC_URL}/me/`,
  // The account is the person's, wherever he is a member.
  isOfNoOrganization: true,
  scope: [
    'openid profile email',
    'read:me:profile update:me:profile update:me:password read:me:sessions delete:me:sessions read:me:activity',
    'read:me:applications delete:me:applications read:me:terms update:me:terms',
    'read:me:personal_data delete:me:account',
  ].join(' '),
})
