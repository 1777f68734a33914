/** The wish to have the account deleted, as the pages know it: whether there is one, uttering it, and calling it off. */
import { useQuery } from '@tanstack/react-query'
import { textOf } from '../shared/fields/field.ts'
import { api, type Profile } from './api.ts'
import { fieldOf, queries } from './profile.ts'

const KEY = ['deletion']

/** Whether the account is going to be deleted, and whether that can be asked for. */
export function useDeletion() {
  return useQuery({ queryKey: KEY, queryFn: api.deletion })
}

/** Asks the server anew whether deletion is offered to the person. */
export async function reloadDeletion(): Promise<void> {
  await queries.invalidateQueries({ queryKey: KEY })
}

/** Asks for it. Answers when the account goes. @throws ApiProblem with nothing changed */
export async function requestDeletion(typed: string): Promise<string> {
  const deletion = await api.requestDeletion(typed)
  queries.setQueryData(KEY, deletion)
  void queries.invalidateQueries({ queryKey: ['activity'] })
  return deletion.due_at ?? ''
}

/** Calls it off. @throws ApiProblem */
export async function keepAccount(): Promise<void> {
  await api.cancelDeletion()
  void queries.invalidateQueries({ queryKey: ['activity'] })
  await reloadDeletion()
}

/** What has to be typed: what one signs in with, or the id of an account that has nothing of the kind. */
export function proofOf(profile: Profile): string {
  const textIn = (name: string) => {
    const field = fieldOf(profile, name)
    return field && textOf(field)
  }
  return profile.email || textIn('username') || textIn('phone_number') || profile.user_id
}
