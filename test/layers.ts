/**
 * TABLE: which part of the server may import which. Parts stand from the bottom up; a file imports from its own
 * folder and from parts that stand before its own, never from one beside or after.
 */
export type Layer = {
  name: string
  /** The first layer that fits a file is its own. */
  files: RegExp
  /** Its folders may import one another. */
  together?: true
}

const folders = (...names: string[]): Layer[] => names.map((name) => ({ name, files: new RegExp(`^server/${name}/`) }))

export const LAYERS: readonly Layer[] = [
  ...folders('base'),
  { name: 'config', files: /^server\/config(?:-kinds|-limits|-settings|-warnings)?\.ts$/ },
  ...folders('db', 'authorization', 'lucene'),
  // The routes of every noun, and what answers people and other protocols, stand far above their folders.
  { name: 'logs and http', files: /^server\/(?:http\/|logs\/(?!(?:export-)?routes\.ts))/, together: true },
  // The nouns: where two want each other, the lower one takes an id and the higher one joins them.
  ...['keys', 'tenants'].map(noun),
  // What a tenant may write; and what people see who are not in a portal, in the tenant's name.
  ...folders('liquid'),
  ...['branding', 'prompts'].map(noun),
  ...folders('pages', 'api-docs', 'metrics'),
  ...['stats', 'attack-protection', 'sessions', 'refresh-tokens', 'grants', 'terms', 'resource-servers', 'roles'].map(
    noun,
  ),
  ...['connections', 'tickets', 'emails', 'passwords', 'actions', 'clients', 'client-grants', 'organizations'].map(
    noun,
  ),
  ...['users', 'privacy'].map(noun),
  // The work that follows after the answer; and what people do to get in, whichever door they come through.
  ...['jobs', 'sign-in', 'identities', 'user-blocks', 'application-access'].map(noun),
  // The pages know how an authorization request goes on; other doors know nothing of one another.
  ...folders('oidc'),
  // The demo fills what the setup has made, and has pages of its own.
  { name: 'setup', files: /^server\/(?:setup|open-server)\.ts$/ },
  ...folders('demo'),
  {
    name: 'doors',
    files: /^server\/(?:(?:login|authentication-api|me|scim)\/|portals\.ts$|[^/]+\/(?:.+\/)?(?:[a-z-]+-)?routes\.ts$)/,
  },
  { name: 'app', files: /^server\/(?:app|other-routes)\.ts$/ },
  ...folders('backup', 'start', 'commands'),
  { name: 'main', files: /^server\/main\.ts$/ },
]

/** A noun's folder without its routes. */
function noun(name: string): Layer {
  return { name, files: new RegExp(`^server/${name}/(?!(?:.+/)?(?:[a-z-]+-)?routes\\.ts$)`) }
}
