/**
 * Somebody types while the sign-in ends: by its time, by an administrator, or because somebody else signs in in this browser.
 * Leaving for the sign-in would lose what was typed, so the page stays and says so until a call is answered again.
 */
import { useSyncExternalStore } from 'react'
import { ApiProblem } from './api-client.ts'

/** What has become of the sign-in, and where another one begins. */
export type SignedOut = { isOther: boolean; again: string }

let present: SignedOut | undefined
const listeners = new Set<() => void>()

/**
 * Leaves for the sign-in, but where a form is open.
 * @throws ApiProblem with status 401 then
 */
export async function leaveUnlessTyping(leave: () => Promise<never>, signedOut: SignedOut): Promise<never> {
  // Dialogs ask for nothing that would be missed.
  if (!document.querySelector('form:not(dialog form) [type=submit]')) return await leave()
  change(signedOut)
  throw new ApiProblem(401, {}, undefined)
}

/** Somebody is signed in again. */
export function noteSignedIn(): void {
  if (present) change(undefined)
}

/** Whether the sign-in has ended while somebody types. */
export function presentSignedOut(): SignedOut | undefined {
  return present
}

/** The same, for components. */
export function useSignedOut(): SignedOut | undefined {
  return useSyncExternalStore(subscribe, presentSignedOut)
}

function change(next: SignedOut | undefined): void {
  present = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
