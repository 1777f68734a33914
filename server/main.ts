/** Starts the server. What it loads is kept compiled beside the installed packages, so that the next start is faster. */
import cluster from 'node:cluster'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/tenantry'))
// A process that another one of ours has started to share its work.
if (cluster.isWorker) {
  const { serveAsWorker } = await import('./start/worker.ts')
  await serveAsWorker()
} else {
  const { serve } = await import('./start/serve.ts')
  await serve()
}
