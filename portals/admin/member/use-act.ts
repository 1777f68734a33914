import { useState } from 'react'
import { showToast, type Toast } from '../../shared/components/toasts.tsx'
import { refresh } from '../data.ts'
import { wordsOf } from '../pieces/problem-words.ts'
import { useSay } from '../texts/texts.ts'

/**
 * Does something, says what came of it, and has what it concerned read again. Answers whether it was done. What is said
 * may depend on the answer; then the note is made of it, if there is one.
 */
export function useAct(...kinds: readonly string[]) {
  const say = useSay()
  const [isBusy, setBusy] = useState(false)
  const act = async <Answer>(work: () => Promise<Answer>, done: Done<Answer>): Promise<boolean> => {
    setBusy(true)
    try {
      const answer = await work()
      await refresh(...kinds)
      const note = typeof done === 'function' ? done(answer) : done
      if (note) showToast(note)
      return true
    } catch (error) {
      showToast({ text: say(wordsOf(error)), isProblem: true })
      return false
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, act }
}

type Done<Answer> = Toast | ((answer: Answer) => Toast | undefined)
