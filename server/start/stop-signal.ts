/** Turns SIGTERM and SIGINT into a request to stop, and makes sure that stopping ends. */

/** A supervisor commonly kills after ten seconds; who is not done before is better ended by himself. */
const FORCE_AFTER_MS = 9_000
/** npm passes a Ctrl-C on that has reached us already: the same wish, not a second one. */
const SAME_WISH_MS = 1_000

/** A signal that is aborted once somebody asks us to stop. Who asks again, or nine seconds later, ends us at once. */
export function stopSignal(): AbortSignal {
  const stopping = new AbortController()
  let askedAt = 0
  function ask(): void {
    if (!stopping.signal.aborted) {
      askedAt = performance.now()
      setTimeout(force, FORCE_AFTER_MS).unref()
      stopping.abort()
    } else if (performance.now() - askedAt > SAME_WISH_MS) force()
  }
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, ask)
  return stopping.signal
}

function force(): void {
  process.stderr.write('Stopped at once; what was under way was cut off.\n')
  process.exit(1)
}
