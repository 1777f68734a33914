/** `npm start`: the whole product, with nothing to configure. */
const NEEDED = 24

const major = Number(process.versions.node.split('.')[0])
if (major < NEEDED) {
  process.stderr.write(
    `Tenantry needs Node ${NEEDED} or newer; this is ${process.version}. Run \`npm ci\` and then \`npm start\`: npm then ` +
      `brings and uses a Node ${NEEDED} of its own, and the one on this machine stays as it is.\n`,
  )
  process.exit(1)
}
// Only now: an older Node could not even read what follows.
const { ensurePortals } = await import('./portals.ts')
await ensurePortals((line) => process.stdout.write(`${line}\n`)).catch((error: unknown) => {
  // The APIs and the sign-in work without them; their addresses say how to build them.
  process.stderr.write(`The portals could not be built: ${String(error)}\n`)
})
await import('../server/main.ts')
