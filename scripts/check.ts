/** `npm run check`: style, then types. */
import { spawnSync } from 'node:child_process'

for (const [command, ...flags] of [
  ['biome', 'check', '.'],
  ['tsc', '--noEmit'],
  ['tsc', '--noEmit', '--project', 'portals'],
] as const) {
  const { status } = spawnSync(command, flags, { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
