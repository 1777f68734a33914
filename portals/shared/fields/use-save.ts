import { useState } from 'react'
import { ApiProblem, type ProblemBody } from '../api-client.ts'
import { causeOf } from '../components/fault.tsx'
import { showToast } from '../components/toasts.tsx'
import { useSay } from '../use-language.ts'

/** A change by names; null takes a value away. */
export type FieldChange = Readonly<Record<string, unknown>>

/** A change, the change that takes it back, and the names of what it changes, as the API names them. */
type Save = { change: FieldChange; back: FieldChange; names: readonly string[] }

/** Whether it was saved; otherwise the names of the fields that were refused, if it was for them. */
type SaveResult = { isSaved: true } | { isSaved: false; refused: readonly string[] }

/**
 * Saves changes, says so, and offers for ten seconds to take them back.
 *
 * @param store sends a change to the API, and throws `ApiProblem`
 */
export function useSave(store: (change: FieldChange) => Promise<unknown>) {
  const say = useSay()
  const [isSaving, setSaving] = useState(false)

  const undo = async (back: FieldChange) => {
    try {
      await store(back)
      showToast({ text: say('shared.undone') })
    } catch {
      showToast({ text: say('shared.not_saved'), isProblem: true })
    }
  }

  const save = async ({ change, back, names }: Save): Promise<SaveResult> => {
    setSaving(true)
    try {
      await store(change)
      showToast({ text: say('shared.saved', { count: names.length }), onUndo: () => void undo(back) })
      return { isSaved: true }
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      const refused = refusedFields(error.body).filter((field) => names.includes(field))
      if (refused.length === 0) showToast({ text: say(causeOf(error)), isProblem: true })
      return { isSaved: false, refused }
    } finally {
      setSaving(false)
    }
  }
  return { isSaving, save }
}

/** Names of fields that were refused: the My Account API lists them, the Management API names the first in its sentence. */
export function refusedFields({ validation_errors: listed = [], message = '' }: ProblemBody): string[] {
  const [, named] = /on property (?:\w+\.)*(\w+)/.exec(message) ?? []
  return [...listed.map(({ field }) => field), ...(named ? [named] : [])]
}
