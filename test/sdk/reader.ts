/** Reads the report of a journey for the tests. */
import assert from 'node:assert/strict'
import type { Outcome, Report } from './journey.ts'
import { faultsOf } from './shapes.ts'

// TABLE: the class that an error must come as in the generations that have one for each status.
const CLASSES: Record<number, { name: string; phrase: string }> = {
  400: { name: 'BadRequestError', phrase: 'Bad Request' },
  401: { name: 'UnauthorizedError', phrase: 'Unauthorized' },
  403: { name: 'ForbiddenError', phrase: 'Forbidden' },
  404: { name: 'NotFoundError', phrase: 'Not Found' },
  409: { name: 'ConflictError', phrase: 'Conflict' },
}

/** A status, Auth0's code for it if there is one, and the whole message. */
export type Refusal = readonly [status: number, code: string | undefined, message: string]

/** What tests ask of a report. A step that was not gone, or came out otherwise, fails the test. */
export type Reader = {
  // biome-ignore lint/suspicious/noExplicitAny: answers are of every shape.
  answer: (step: string) => any
  /** The rows of a list: version 4 asks for a bare array, the others for an object around it, which must be this. */
  // biome-ignore lint/suspicious/noExplicitAny: rows are of every shape.
  rows: (step: string, key: string, around: Record<string, unknown>) => any[]
  /** The answers have a shape. */
  fit: (shape: Parameters<typeof faultsOf>[0], ...steps: string[]) => void
  /** The steps were refused by the Management API, and the SDK made its own error of the status of it. */
  refused: (expected: Record<string, Refusal>) => void
  /** The steps were refused by the token endpoint. */
  tokenRefused: (expected: Record<string, Refusal>) => void
}

/** Makes a reader. The report is asked for at each use, since it comes when the tests run. */
export function readerOf(generation: string, report: () => Report): Reader {
  const outcomeOf = (step: string): Outcome => {
    const outcome = report()[step]
    assert.ok(outcome, `no step is called ${step}`)
    return outcome
  }
  const answer = (step: string) => {
    const { answer, error } = outcomeOf(step)
    assert.equal(error, undefined, `${step}: ${JSON.stringify(error)}`)
    return answer
  }
  return {
    answer,
    rows: (step, key, around) => {
      // A list of another shape fails below, or where its rows are read.
      const list = answer(step) as Record<string, unknown[]> & unknown[]
      if (generation === '4') return list
      const { [key]: found = [], ...rest } = list
      assert.deepEqual(rest, around, step)
      return found
    },
    fit: (shape, ...steps) => {
      for (const step of steps) assert.deepEqual(faultsOf(shape, answer(step)), [], step)
    },
    refused: (expected) => {
      for (const [step, [statusCode, errorCode, message]] of Object.entries(expected)) {
        const { name, phrase } = CLASSES[statusCode] ?? {}
        const own = { isTyped: true, name: generation === '4' ? 'ManagementApiError' : name, statusCode }
        const code = errorCode ? { errorCode } : {}
        assert.deepEqual(outcomeOf(step), { error: { ...own, ...code, error: phrase, message } }, step)
      }
    },
    tokenRefused: (expected) => {
      for (const [step, [statusCode, errorCode, message]] of Object.entries(expected)) {
        const error = { isTyped: true, name: 'AuthApiError', statusCode, errorCode, message }
        assert.deepEqual(outcomeOf(step), { error }, step)
      }
    },
  }
}
