/** `auth0` 4: answers come as `{ data }`, lists as bare arrays, and pages are the caller's own affair. */
import { AuthApiError, AuthenticationClient, ManagementApiError, ManagementClient } from 'auth0-4'
import type { ListQuery, Look, Sdk, SdkPackage } from './sdk.ts'
import { organizations4 } from './sdk-organizations.ts'
import { people4 } from './sdk-people.ts'
import { roles4, usage4 } from './sdk-roles.ts'

/** `auth0` 4. */
export const sdk4: SdkPackage = {
  open: (caller) => open(new ManagementClient(caller)),
  token: async (caller) => {
    const { oauth } = new AuthenticationClient(caller)
    const { data } = await oauth.clientCredentialsGrant({ audience: `https://${caller.domain}/api/v2/` })
    return data
  },
  errorOf: (error) => {
    if (error instanceof ManagementApiError) {
      const { name, statusCode, errorCode, error: phrase, message } = error
      return { isTyped: true, name, statusCode, errorCode, error: phrase, message }
    }
    if (error instanceof AuthApiError) {
      const { name, statusCode, error: errorCode, error_description: message } = error
      return { isTyped: true, name, statusCode, errorCode, message }
    }
    return { isTyped: false, name: String(error), message: String(error) }
  },
}

function open(management: ManagementClient): Sdk {
  const { users, usersByEmail, clients, clientGrants, resourceServers, connections, jobs, tenants, logs, keys } =
    management
  return {
    users: {
      create: async (body) => (await users.create(body)).data,
      get: async (id, query) => (await users.get({ id, ...query })).data,
      // The published type knows no null; the API takes one to remove an attribute.
      update: async (id, body) => (await users.update({ id }, body as Parameters<typeof users.update>[1])).data,
      list: async (query) => (await users.getAll(query)).data,
      delete: async (id) => (await users.delete({ id })).data,
      byEmail: async (email) => (await usersByEmail.getByEmail({ email })).data,
      everyId: (query) => everyId(users, query),
    },
    people: people4(management),
    roles: roles4(management),
    usage: usage4(management),
    organizations: organizations4(management),
    clients: {
      create: async (body) => (await clients.create(body)).data,
      get: async (client_id) => (await clients.get({ client_id })).data,
      update: async (client_id, body) => (await clients.update({ client_id }, body)).data,
      list: async () => (await clients.getAll()).data,
      delete: async (client_id) => (await clients.delete({ client_id })).data,
      rotateSecret: async (client_id) => (await clients.rotateClientSecret({ client_id })).data,
    },
    clientGrants: {
      create: async (body) => (await clientGrants.create(body)).data,
      update: async (id, body) => (await clientGrants.update({ id }, body)).data,
      list: async (query) => (await clientGrants.getAll(query)).data,
      delete: async (id) => (await clientGrants.delete({ id })).data,
    },
    resourceServers: {
      create: async (body) => (await resourceServers.create(body)).data,
      get: async (id) => (await resourceServers.get({ id })).data,
      update: async (id, body) => (await resourceServers.update({ id }, body)).data,
      list: async () => (await resourceServers.getAll()).data,
      delete: async (id) => (await resourceServers.delete({ id })).data,
    },
    connections: {
      create: async (body) => (await connections.create(body)).data,
      get: async (id) => (await connections.get({ id })).data,
      update: async (id, body) => (await connections.update({ id }, body)).data,
      list: async () => (await connections.getAll()).data,
      delete: async (id) => (await connections.delete({ id })).data,
    },
    jobs: {
      importUsers: async (form) => (await jobs.importUsers(form)).data,
      exportUsers: async (body) => (await jobs.exportUsers(body as Parameters<typeof jobs.exportUsers>[0])).data,
      get: async (id) => (await jobs.get({ id })).data,
      errors: async (id) => (await jobs.getErrors({ id })).data,
      verifyEmail: async (user_id) => (await jobs.verifyEmail({ user_id })).data,
    },
    tenant: {
      read: async () => (await tenants.getSettings()).data,
      update: async (body) => (await tenants.updateSettings(body)).data,
    },
    logs: { list: async () => (await logs.getAll()).data, get: async (id) => (await logs.get({ id })).data },
    keys: {
      list: async () => (await keys.getAll()).data,
      get: async (kid) => (await keys.get({ kid })).data,
      rotate: async () => (await keys.rotate()).data,
      revoke: async (kid) => (await keys.revoke({ kid })).data,
    },
    look: lookOf(management),
  }
}

const TEXTS = { prompt: 'login-id', language: 'en' } as const

function lookOf({ branding, prompts }: ManagementClient): Look {
  return {
    branding: async () => (await branding.getSettings()).data,
    // The published type knows no null; the API takes one to remove a setting.
    updateBranding: async (body) =>
      (await branding.updateSettings(body as Parameters<typeof branding.updateSettings>[0])).data,
    // The test's theme is of the right shape.
    createTheme: async (body) =>
      (await branding.createTheme(body as unknown as Parameters<typeof branding.createTheme>[0])).data,
    defaultTheme: async () => (await branding.getDefaultTheme()).data,
    deleteTheme: async (themeId) => (await branding.deleteTheme({ themeId })).data,
    template: async () => (await branding.getUniversalLoginTemplate()).data,
    setTemplate: async (template) => (await branding.setUniversalLoginTemplate({ template })).data,
    deleteTemplate: async () => (await branding.deleteUniversalLoginTemplate()).data,
    prompts: async () => (await prompts.get()).data,
    updatePrompts: async (body) => (await prompts.update(body)).data,
    texts: async () => (await prompts.getCustomTextByLanguage(TEXTS)).data,
    setTexts: async (body) => (await prompts.updateCustomTextByLanguage(TEXTS, body)).data,
  }
}

async function everyId(users: ManagementClient['users'], query: ListQuery): Promise<string[]> {
  const ids: string[] = []
  for (let page = 0; ; page += 1) {
    const { data } = await users.getAll({ per_page: 50, ...query, page, include_totals: true })
    ids.push(...data.users.map(({ user_id }) => user_id))
    if (ids.length >= data.total) return ids
  }
}
