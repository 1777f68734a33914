/**
 * TABLE: the scopes of the My Account API (`/me/v1`), by which a person's own token looks after his own account.
 * Named as Auth0 names them, `<verb>:me:<resource>`; `profile`, `password`, `sessions`, `applications` and `terms` are ours, and leaving organizations.
 */
export const MY_ACCOUNT_SCOPES = [
  { value: 'read:me:profile', description: 'See your profile' },
  { value: 'update:me:profile', description: 'Change your profile' },
  { value: 'update:me:password', description: 'Change your password' },
  { value: 'read:me:sessions', description: 'See where you are signed in' },
  { value: 'delete:me:sessions', description: 'Sign you out' },
  { value: 'read:me:activity', description: 'See what happened to your account' },
  { value: 'read:me:organizations', description: 'See the organizations you belong to' },
  { value: 'delete:me:organizations', description: 'Take you out of organizations' },
  { value: 'read:me:applications', description: 'See which applications you have allowed something' },
  { value: 'delete:me:applications', description: 'Take back what you have allowed applications' },
  { value: 'read:me:personal_data', description: 'Take a copy of everything that is kept of you' },
  { value: 'delete:me:account', description: 'Have your account deleted' },
  { value: 'read:me:terms', description: 'See the terms you have accepted' },
  { value: 'update:me:terms', description: 'Accept terms, and give and withdraw consents' },
] as const satisfies readonly { value: `${string}:me:${string}`; description: string }[]

/** A scope of the table. */
export type MyAccountScope = (typeof MY_ACCOUNT_SCOPES)[number]['value']
