/** The look of an organization as it is edited: what is in it, what is wrong with it, and how it is saved. */
import { organizations } from '../api/api.ts'
import type { Organization, OrganizationSettings } from '../api/types.ts'
import { queries, refresh } from '../data.ts'

type Look = { logo_url: string; primary: string; page_background: string }
/** What is edited. */
export type Draft = Look & { language: string }

/** Where an organization names none. */
export const OUR_COLOUR = '#016869'

/** What an organization has. */
export function draftOf(organization: Organization, { language }: OrganizationSettings): Draft {
  return { ...lookOf(organization), language: language ?? '' }
}

function lookOf({ branding = {} }: Organization): Look {
  return {
    logo_url: branding.logo_url ?? '',
    primary: branding.colors?.primary ?? '',
    page_background: branding.colors?.page_background ?? '',
  }
}

/** What cannot be saved so. */
export function faultsOf({ logo_url: logo, primary, page_background: ground }: Draft) {
  const faults: {
    key: 'logo_url' | 'primary' | 'page_background'
    cure: 'shared.fault_url' | 'branding.fault_colour'
  }[] = []
  if (logo && !(/^https:\/\//i.test(logo) && URL.canParse(logo)))
    faults.push({ key: 'logo_url', cure: 'shared.fault_url' })
  if (primary && !isColour(primary)) faults.push({ key: 'primary', cure: 'branding.fault_colour' })
  if (ground && !isColour(ground)) faults.push({ key: 'page_background', cure: 'branding.fault_colour' })
  return faults
}

/** Whether it is one, as six hex digits. */
export function isColour(text: string): boolean {
  return /^#[0-9a-f]{6}$/i.test(text)
}

/** The change that takes a change back. Colours are kept together, so both are put back. */
export function backOf(before: Draft, names: readonly (keyof Draft)[]): Partial<Draft> {
  const isOfColours = (key: string) => key === 'primary' || key === 'page_background'
  const both = names.some(isOfColours) ? (['primary', 'page_background'] as const) : []
  return Object.fromEntries([...names, ...both].map((key) => [key, before[key]]))
}

/** Saves what was changed and nothing else: somebody else may have changed the rest meanwhile. @throws ApiProblem */
export async function storeChange(id: string, { language, ...look }: Partial<Draft>): Promise<void> {
  if (Object.keys(look).length > 0) {
    // The branding is replaced as a whole.
    const { logo_url: logo, primary, page_background: ground } = { ...lookOf(await organizations.get(id)), ...look }
    const colors =
      primary || ground ? { colors: { primary: primary || OUR_COLOUR, page_background: ground || '#fbfaf8' } } : {}
    const changed = await organizations.change(id, { branding: { ...(logo ? { logo_url: logo } : {}), ...colors } })
    queries.setQueryData(['organization', id], changed)
  }
  if (language !== undefined) {
    queries.setQueryData(['settings', id], await organizations.changeSettings(id, { language: language || null }))
  }
  await refresh('own-organizations', 'logs')
}
