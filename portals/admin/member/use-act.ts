import { useState } from 'react'
import { showToast, type Toast } from '../../shared/components/toasts.tsx'
import { refresh } from '../data.ts'
import { wordsOf } from '../pieces/problem-words.ts'
import { useSay } from '../texts/texts.ts'

/** Does something, says what came of it, and has what it concerned read again. Answers whether it was done. */
export function useAct(...kinds: readonly string[]) {
  const say = useSay()
  const [isBusy, setBusy] = useState(false)
  const act = async (work: () => Promise<unknown>, done: Toast): Promise<boolean> => {
    setBusy(true)
    try {
      await work()
      await refresh(...kinds)
      showToast(done)
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
