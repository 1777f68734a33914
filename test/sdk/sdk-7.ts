/** `auth0` 7 and 6, which have the same methods: a list is a page that loads the next one itself. */
import * as auth0 from 'auth0-7'
import { AuthApiError, AuthenticationClient } from 'auth0-7/legacy'
import type { Look, Sdk, SdkPackage } from './sdk.ts'
import { organizations7 } from './sdk-organizations.ts'
import { people7 } from './sdk-people.ts'
import { roles7, usage7 } from './sdk-roles.ts'

/** What a package of this generation exports; `Authentication` is its own in 6, and from `auth0/legacy` in 7. */
export type Modern = {
  ManagementClient: typeof auth0.ManagementClient
  Management: typeof auth0.Management
  AuthenticationClient: typeof AuthenticationClient
  AuthApiError: typeof AuthApiError
}

/** `auth0` 7. */
export const sdk7 = modernPackage({ ...auth0, AuthenticationClient, AuthApiError })

/** Makes a package of its exports. */
export function modernPackage(exported: Modern): SdkPackage {
  const { ManagementClient, Management } = exported
  // TABLE: the class that a status must come as.
  const classes = new Map<number, new (...args: never) => Error>([
    [400, Management.BadRequestError],
    [401, Management.UnauthorizedError],
    [403, Management.ForbiddenError],
    [404, Management.NotFoundError],
    [409, Management.ConflictError],
  ])
  return {
    open: (caller) => open(new ManagementClient(caller)),
    token: async (caller) => {
      const { oauth } = new exported.AuthenticationClient(caller)
      const { data } = await oauth.clientCredentialsGrant({ audience: `https://${caller.domain}/api/v2/` })
      return data
    },
    errorOf: (error) => {
      if (error instanceof exported.AuthApiError) {
        const { name, statusCode, error: errorCode, error_description: message } = error
        return { isTyped: true, name, statusCode, errorCode, message }
      }
      const { name, statusCode = 0, body } = error as auth0.ManagementError
      const expected = classes.get(statusCode)
      const isTyped = expected !== undefined && error instanceof expected
      // The body stays as it came: `errorCode` and `message` are read from it.
      const { errorCode, error: phrase, message = String(error) } = (body ?? {}) as Record<string, string | undefined>
      return { isTyped, name, statusCode, errorCode, error: phrase, message }
    },
  }
}

function open(management: auth0.ManagementClient): Sdk {
  const { users, clients, clientGrants, resourceServers, connections, jobs, tenants, logs, keys } = management
  return {
    users: {
      create: (body) => users.create(body),
      get: (id, query) => users.get(id, query),
      update: (id, body) => users.update(id, body),
      list: async (query) => (await users.list(query)).response,
      delete: (id) => users.delete(id),
      byEmail: (email) => users.listUsersByEmail({ email }),
      everyId: async (query) => {
        const ids: string[] = []
        for await (const { user_id = '' } of await users.list(query)) ids.push(user_id)
        return ids
      },
    },
    people: people7(management),
    roles: roles7(management),
    usage: usage7(management),
    organizations: organizations7(management),
    clients: {
      create: (body) => clients.create(body),
      get: (id) => clients.get(id),
      update: (id, body) => clients.update(id, body),
      list: async () => (await clients.list()).response,
      delete: (id) => clients.delete(id),
      rotateSecret: (id) => clients.rotateSecret(id),
    },
    clientGrants: {
      create: (body) => clientGrants.create(body),
      update: (id, body) => clientGrants.update(id, body),
      list: async (query) => (await clientGrants.list(query)).response,
      delete: (id) => clientGrants.delete(id),
    },
    resourceServers: {
      create: (body) => resourceServers.create(body),
      get: (id) => resourceServers.get(id),
      update: (id, body) => resourceServers.update(id, body),
      list: async () => (await resourceServers.list()).response,
      delete: (id) => resourceServers.delete(id),
    },
    connections: {
      create: (body) => connections.create(body),
      get: (id) => connections.get(id),
      update: (id, body) => connections.update(id, body),
      list: async () => (await connections.list()).response,
      delete: (id) => connections.delete(id),
    },
    jobs: {
      importUsers: (form) => jobs.usersImports.create(form),
      exportUsers: (body) => jobs.usersExports.create(body),
      get: (id) => jobs.get(id),
      errors: (id) => jobs.errors.get(id),
      verifyEmail: (user_id) => jobs.verificationEmail.create({ user_id }),
    },
    tenant: { read: () => tenants.settings.get(), update: (body) => tenants.settings.update(body) },
    logs: { list: async () => (await logs.list()).response, get: (id) => logs.get(id) },
    keys: {
      list: () => keys.signing.list(),
      get: (kid) => keys.signing.get(kid),
      rotate: () => keys.signing.rotate(),
      revoke: (kid) => keys.signing.revoke(kid),
    },
    look: lookOf(management),
  }
}

function lookOf({ branding, prompts }: auth0.ManagementClient): Look {
  return {
    branding: () => branding.get(),
    updateBranding: (body) => branding.update(body),
    // The test's theme is of the right shape.
    createTheme: (body) => branding.themes.create(body as unknown as Parameters<typeof branding.themes.create>[0]),
    defaultTheme: () => branding.themes.getDefault(),
    deleteTheme: (id) => branding.themes.delete(id),
    template: () => branding.templates.getUniversalLogin(),
    setTemplate: (template) => branding.templates.updateUniversalLogin({ template }),
    deleteTemplate: () => branding.templates.deleteUniversalLogin(),
    prompts: () => prompts.getSettings(),
    updatePrompts: (body) => prompts.updateSettings(body),
    texts: () => prompts.customText.get('login-id', 'en'),
    setTexts: (body) => prompts.customText.set('login-id', 'en', body),
  }
}
