/** `npm run build`: the portals. The server runs from its sources. `-- --watch` builds again at each change. */
import { buildPortals } from './portals.ts'

await buildPortals({ watch: process.argv.includes('--watch') })
process.stdout.write('The portals are built. The server runs from its TypeScript sources.\n')
