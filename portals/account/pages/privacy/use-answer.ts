import { useState } from 'react'
import { causeOf } from '../../../shared/components/fault.tsx'
import { showToast } from '../../../shared/components/toasts.tsx'
import type { OwnTerms } from '../../api.ts'
import { answerTerms, isOutdated } from '../../terms.ts'
import { type TextKey, useSay } from '../../texts/texts.ts'

const GONE = 'inexistent_terms'

/** Says yes or no to terms or a consent; a note tells what came of it. */
export function useAnswer(terms: OwnTerms) {
  const say = useSay()
  const [isBusy, setBusy] = useState(false)
  /** @param done what is said afterwards, with its title */
  const answer = async (accepted: boolean, done: TextKey): Promise<void> => {
    setBusy(true)
    try {
      await answerTerms(terms, accepted)
      showToast({ text: say(done, { title: terms.title }) })
    } catch (error) {
      if (!(error instanceof Error)) throw error
      showToast({ text: say(wordsFor(error)), isProblem: true })
      // The row is gone, and the button that had the focus with it.
      if (isOutdated(error) && error.code === GONE) document.querySelector('h1')?.focus({ preventScroll: true })
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, answer }
}

function wordsFor(error: Error): TextKey {
  if (!isOutdated(error)) return causeOf(error)
  return error.code === GONE ? 'privacy.gone' : 'privacy.changed'
}
