/** What the organization decides on for itself: its name, where members find help, how long sessions and invitations last. */
import { Loaded, Page } from '../../shared/components/page.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import type { Field } from '../../shared/fields/field.ts'
import { FieldGroup } from '../../shared/fields/field-group.tsx'
import type { FieldChange } from '../../shared/fields/use-save.ts'
import { LANGUAGES } from '../../shared/language.ts'
import { useMay, useOrganizationId } from '../access.ts'
import { organizations } from '../api/api.ts'
import type { Organization, OrganizationSettings } from '../api/types.ts'
import { queries, refresh, useOrganization, useRoles, useSettings } from '../data.ts'
import { Banner } from '../pieces/banner.tsx'
import { Guarded } from '../pieces/guarded.tsx'
import { useSay } from '../texts/texts.ts'
import { DefaultRoles } from './default-roles.tsx'

const DAY_SECONDS = 86_400

/** TABLE: what the API takes (server/organizations/settings.ts): a year, and thirty days. */
const RANGES = { minutes: [1, 525_600], days: [1, 30] } as const

/** Draws it. */
export function SettingsPage() {
  const say = useSay()
  return (
    <Guarded title={say('nav.settings')} rights={['read:organizations']}>
      <LoadedSettings />
    </Guarded>
  )
}

function LoadedSettings() {
  const say = useSay()
  const organization = useOrganization()
  const settings = useSettings()
  const query = {
    data: organization.data && settings.data && { organization: organization.data, settings: settings.data },
    error: organization.error ?? settings.error,
    refetch: () => Promise.all([organization.refetch(), settings.refetch()]),
  }
  return (
    <Page title={say('nav.settings')} lead={say('settings.lead')}>
      <Loaded query={query} what={say('settings.what')} skeleton={<SkeletonLines count={8} />}>
        {({ organization, settings }) => <Groups organization={organization} settings={settings} />}
      </Loaded>
    </Page>
  )
}

function Groups({ organization, settings }: { organization: Organization; settings: OrganizationSettings }) {
  const say = useSay()
  const may = useMay()
  const roles = useRoles()
  const editable = may('update:organizations')
  const { storeName, storeLanguage, storeContact, storeSession, storeInvitations } = useStores()
  const base = { editable, note: editable ? undefined : '' }
  const field = (name: string, more: Partial<Field>): Field => ({
    name,
    label: `settings.${name}`,
    type: 'text',
    editable: base.editable,
    removable: true,
    ...(base.note === undefined ? {} : { note: base.note }),
    ...more,
  })
  return (
    <>
      {settings.suspended && <Banner tone="warn">{say('settings.suspended')}</Banner>}
      <FieldGroup
        title={say('settings.organization')}
        note={say('settings.organization_note')}
        fields={[
          field('display_name', { value: organization.display_name, max_length: 255, removable: false }),
          field('name', { value: organization.name, editable: false, note: say('settings.by_operator') }),
        ]}
        store={storeName}
      />
      <FieldGroup
        title={say('branding.language')}
        note={say('settings.language_note')}
        fields={[
          field('language', {
            type: 'choice',
            value: settings.language ?? '',
            choices: Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })),
          }),
        ]}
        store={storeLanguage}
      />
      <FieldGroup
        title={say('settings.contact')}
        note={say('settings.contact_note')}
        fields={[
          field('email', { type: 'email', value: settings.support_contact?.email, max_length: 320 }),
          field('url', { type: 'url', value: settings.support_contact?.url, max_length: 2_048 }),
        ]}
        store={(change) => storeContact({ ...settings.support_contact }, change)}
      />
      <FieldGroup
        title={say('settings.sessions')}
        note={say('settings.sessions_note')}
        fields={[
          field('lifetime_minutes', {
            type: 'number',
            range: RANGES.minutes,
            value: settings.session?.lifetime_minutes ?? undefined,
            hint: say('settings.lifetime_hint'),
          }),
          field('idle_minutes', {
            type: 'number',
            range: RANGES.minutes,
            value: settings.session?.idle_minutes ?? undefined,
            hint: say('settings.idle_hint'),
          }),
        ]}
        store={(change) => storeSession({ ...settings.session }, change)}
      />
      <FieldGroup
        title={say('nav.invitations')}
        note={say('settings.invitations_note')}
        fields={[
          field('invitation_days', {
            type: 'number',
            removable: false,
            range: RANGES.days,
            value: Math.max(1, Math.round((settings.invitation_ttl_sec ?? 7 * DAY_SECONDS) / DAY_SECONDS)),
            hint: say('settings.invitation_hint'),
          }),
        ]}
        store={storeInvitations}
      />
      <DefaultRoles settings={settings} roles={roles.data ?? []} isEditable={editable} />
    </>
  )
}

/** How each group is stored. What is empty goes back to what the operator says. */
function useStores() {
  const id = useOrganizationId()
  const settle = async (change: object) => {
    queries.setQueryData(['settings', id], await organizations.changeSettings(id, change))
    await refresh('logs')
  }
  const merged = (before: FieldChange, change: FieldChange) => {
    const entries = Object.entries({ ...before, ...change }).filter(
      ([, value]) => value !== null && value !== undefined,
    )
    return entries.length > 0 ? Object.fromEntries(entries) : null
  }
  return {
    storeName: async (change: FieldChange) => {
      queries.setQueryData(['organization', id], await organizations.change(id, change))
      await refresh('own-organizations', 'logs')
    },
    storeLanguage: (change: FieldChange) => settle({ language: change.language || null }),
    storeContact: (before: FieldChange, change: FieldChange) => settle({ support_contact: merged(before, change) }),
    storeSession: (before: FieldChange, change: FieldChange) => settle({ session: merged(before, change) }),
    storeInvitations: ({ invitation_days: days }: FieldChange) =>
      settle({ invitation_ttl_sec: Number(days) * DAY_SECONDS }),
  }
}
