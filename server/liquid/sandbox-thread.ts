/** The thread of the sandbox: renders one task after the other, and knows nothing but what a task holds. */
import { parentPort } from 'node:worker_threads'
import { reasonOf, tenantLiquid } from './liquid.ts'
import { plainTextOf } from './plain-text.ts'
import type { SandboxAnswer, SandboxTask } from './sandbox.ts'

const LONGEST_TEXT = 500_000
const { html, plain } = tenantLiquid()

parentPort?.on('message', async (task: SandboxTask) => parentPort?.postMessage(await answerTo(task)))
parentPort?.postMessage('ready')

async function answerTo({ body, plain: texts, variables, slots }: SandboxTask): Promise<SandboxAnswer> {
  try {
    const globals = { slots }
    const rendered = body === undefined ? undefined : limited(await html.parseAndRender(body, variables, { globals }))
    const result: Record<string, string> = {}
    for (const [name, text] of Object.entries(texts))
      result[name] = limited(await plain.parseAndRender(text, variables))
    return { result: { html: rendered, text: rendered && plainTextOf(rendered), plain: result } }
  } catch (error) {
    return { error: reasonOf(error) }
  }
}

function limited(text: string): string {
  if (text.length > LONGEST_TEXT) throw new Error('The template makes too much.')
  return text
}
