/** What the pages know of the person, and how it is changed. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { FieldChange } from '../shared/fields/use-save.ts'
import { chooseLanguage, chosenLanguage, type Language, languageAmong, presentLanguage } from '../shared/language.ts'
import { openQueries } from '../shared/queries.ts'
import { api, type Profile, type ProfileField } from './api.ts'

/** What was asked of the API, for all pages. */
export const queries = openQueries()

/** The profile. */
export function useProfile() {
  return useQuery({ queryKey: ['profile'], queryFn: loadProfile })
}

/** How the password stands, and the rules for a new one. */
export function usePassword() {
  return useQuery({ queryKey: ['password'], queryFn: api.password })
}

/** Where the person is signed in. */
export function useSessions() {
  return useQuery({ queryKey: ['sessions'], queryFn: api.sessions })
}

/** The applications of others that the person has allowed something. */
export function useAllowedApplications() {
  return useQuery({ queryKey: ['applications'], queryFn: api.applications })
}

/** What happened to the account, of these kinds, page by page. */
export function useActivity(kinds: readonly string[]) {
  return useInfiniteQuery({
    queryKey: ['activity', ...kinds],
    queryFn: ({ pageParam }) => api.activity(kinds, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  })
}

/** Changes the profile. A language of ours that is chosen in it is that of the portal too. @throws ApiProblem */
export async function saveProfile(change: FieldChange): Promise<void> {
  const profile = await api.changeProfile(change)
  queries.setQueryData(['profile'], profile)
  const language = languageAmong([String(change.locale ?? '')])
  if (language && language !== presentLanguage()) chooseLanguage(language)
}

/** Switches the portal's language at once, and then the profile's, where it can be changed. @throws ApiProblem */
export async function switchLanguage(language: Language): Promise<void> {
  chooseLanguage(language)
  const profile = queries.getQueryData<Profile>(['profile'])
  const locale = profile && fieldOf(profile, 'locale')
  if (locale?.editable && languageAmong([String(locale.value ?? '')]) !== language)
    await saveProfile({ locale: language })
}

/** A field by its name. */
export function fieldOf(profile: Profile, name: string): ProfileField | undefined {
  return profile.fields.find((field) => field.name === name)
}

/** What a person is called on the pages. */
export function displayNameOf({ name, email, user_id: id }: Profile): string {
  return name || email || id
}

async function loadProfile(): Promise<Profile> {
  const profile = await api.profile()
  const language = languageAmong([String(fieldOf(profile, 'locale')?.value ?? '')])
  // Somebody who has not chosen here reads the portal in the language of his profile.
  if (language && !chosenLanguage() && language !== presentLanguage()) chooseLanguage(language)
  return profile
}
