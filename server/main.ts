/** Starts the server. What it loads is kept compiled beside the installed packages, so that the next start is faster. */
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/tenantry'))
const { serve } = await import('./start/serve.ts')
await serve()
