/** The command of the README itself, from npm down to PostgreSQL: it starts, and it stops when it is told to. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { clearTestFolder, makeTestFolder, postgresProcesses } from '../server/db/embedded-postgres.testing.ts'
import { freePorts } from './start.testing.ts'

const skip = process.platform === 'linux' ? false : 'looks at processes through /proc'

describe('npm start', { skip }, () => {
  it('told to stop, npm takes the server and its PostgreSQL with it', async (t) => {
    const folder = makeTestFolder()
    const dataDir = join(folder, 'data')
    const ports = await freePorts()
    const npm = spawn('npm', ['start'], {
      cwd: join(import.meta.dirname, '..'),
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir, ...ports },
      stdio: 'ignore',
    })
    const isReady = () =>
      fetch(`http://127.0.0.1:${ports.PORT}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      )
    t.after(() => clearTestFolder(folder, []))
    while (!(await isReady())) {
      assert.equal(npm.exitCode, null, 'npm start ended')
      await sleep(100)
    }
    const ended = once(npm, 'exit')
    npm.kill('SIGTERM')
    await ended
    while (await isReady()) await sleep(50)
    while ((await postgresProcesses(dataDir)).length > 0) await sleep(50)
    assert.equal(await isReady(), false)
  })
})
