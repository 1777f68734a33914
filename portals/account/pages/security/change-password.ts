/** Changes the password, and says in the portal's words how that went. */
import { ApiProblem } from '../../../shared/api-client.ts'
import { causeOf } from '../../../shared/components/fault.tsx'
import { api } from '../../api.ts'
import { renewToken } from '../../auth.ts'
import { queries } from '../../profile.ts'
import type { TextKey } from '../../texts/texts.ts'

/** How it went: the present password was wrong, the new one refused, or it failed for another reason. */
export type Outcome =
  | { kind: 'changed' }
  | { kind: 'wrong' }
  | { kind: 'refused'; refusal: string }
  | { kind: 'failed'; text: TextKey }

/** Tries it. A change ends every token, the present one among them, so a new one is fetched. */
export async function changePassword(current: string, next: string): Promise<Outcome> {
  try {
    await api.changePassword(current, next)
  } catch (error) {
    if (error instanceof ApiProblem) return outcomeOf(error)
    throw error
  }
  // If it cannot be had now, the next call asks for it again.
  await renewToken().catch(() => {})
  await Promise.all([
    queries.invalidateQueries({ queryKey: ['password'] }),
    queries.invalidateQueries({ queryKey: ['sessions'] }),
  ])
  return { kind: 'changed' }
}

function outcomeOf(problem: ApiProblem): Outcome {
  if (problem.code === 'wrong_password') return { kind: 'wrong' }
  if (problem.code === 'password_refused') return { kind: 'refused', refusal: String(problem.body.refusal) }
  return { kind: 'failed', text: problem.code === 'too_many_attempts' ? 'password.blocked' : causeOf(problem) }
}
