#!/usr/bin/env node
/** `npx tenantry`: the commands. An older Node is told so before anything it could not read is loaded. */
const NEEDED = 24

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(`Tenantry needs Node ${NEEDED} or newer; this is ${process.version}. Use \`npx tenantry\`.\n`)
  process.exit(1)
}
const { runCommand } = await import('./commands.ts')
await runCommand(process.argv.slice(2))
