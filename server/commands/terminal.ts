/** What a command tells: a result in words or as JSON, how far it is, and what went wrong. */
import { StartError } from '../base/start-error.ts'
import { explain } from '../start/explain.ts'

/** How a command is to tell it. */
export type Telling = { json?: boolean | undefined }

/** How a command ends: with 0 when all is well, else with 1. */
export type Result = { words: string; facts: object; isFailure?: boolean }

const WIDTH = 30
const CLEAR_LINE = '\r\u001B[K'

/** Runs a command and tells its result on the standard output; a failure is told in words, as JSON if that was asked for. */
export async function tell({ json = false }: Telling, work: () => Promise<Result>): Promise<void> {
  try {
    const { words, facts, isFailure = false } = await work()
    process.stdout.write(json ? `${JSON.stringify(facts)}\n` : `${words}\n`)
    if (isFailure) process.exitCode = 1
  } catch (error) {
    const said = explain(error)
    if (json) process.stdout.write(`${JSON.stringify({ error: said })}\n`)
    else process.stderr.write(`${said}\n`)
    process.exitCode = 1
  }
}

/** A line that shows how far a long work is, where somebody is looking. `end` takes it away. */
export function progressBar(what: string, { json = false }: Telling) {
  const isSeen = process.stderr.isTTY === true && !json
  return {
    show: (done: number, of: number, more: string) => {
      if (!isSeen) return
      const share = of === 0 ? 1 : Math.min(done / of, 1)
      const bar = '█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '░')
      process.stderr.write(`${CLEAR_LINE}${what} ${bar} ${Math.floor(share * 100)} % · ${more}`)
    },
    end: () => {
      if (isSeen) process.stderr.write(CLEAR_LINE)
    },
  }
}

/** @throws StartError unless the output goes to a terminal */
export function refusePipe(why: string): void {
  if (!process.stdout.isTTY) throw new StartError(`${why} Run the command in a terminal. Nothing was changed.`)
}

/** A number of things: "1 table", "2 tables". */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : several}`
}
