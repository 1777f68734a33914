import { useState } from 'react'
import { ApiProblem } from '../../../shared/api-client.ts'
import { causeOf } from '../../../shared/components/fault.tsx'
import { showToast } from '../../../shared/components/toasts.tsx'
import type { ProfileChange } from '../../api.ts'
import { saveProfile } from '../../profile.ts'
import { useSay } from '../../texts/texts.ts'

/** A change of the profile, the change that takes it back, and the names of what it changes, as the API names them. */
type Save = { change: ProfileChange; back: ProfileChange; names: readonly string[] }

/** Whether it was saved; otherwise the names of the fields that were refused, if it was for them. */
type SaveResult = { isSaved: true } | { isSaved: false; refused: readonly string[] }

/** Saves changes of the profile, says so, and offers for ten seconds to take them back. */
export function useSave() {
  const say = useSay()
  const [isSaving, setSaving] = useState(false)

  const undo = async (back: ProfileChange) => {
    try {
      await saveProfile(back)
      showToast({ text: say('undone') })
    } catch {
      showToast({ text: say('shared.not_saved'), isProblem: true })
    }
  }

  const save = async ({ change, back, names }: Save): Promise<SaveResult> => {
    setSaving(true)
    try {
      await saveProfile(change)
      showToast({ text: say('saved', { count: names.length }), onUndo: () => void undo(back) })
      return { isSaved: true }
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      const refused = (error.body.validation_errors ?? [])
        .map(({ field }) => field)
        .filter((field) => names.includes(field))
      if (refused.length === 0) showToast({ text: say(causeOf(error)), isProblem: true })
      return { isSaved: false, refused }
    } finally {
      setSaving(false)
    }
  }
  return { isSaving, save }
}
