/**
 * The browser for tests: the system's own Chromium, driven by `playwright-core`, which brings none. A machine for
 * tests (Debian, root, no browser yet) gets one by its package manager; anywhere else a sentence says how.
 */
import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { type Browser, chromium } from 'playwright-core'

const run = promisify(execFile)

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const ELSEWHERE = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]
const ADVICE =
  'The browser tests need Chromium or Google Chrome, and none was found on PATH. Install one: ' +
  '`sudo apt-get install chromium` on Debian and Ubuntu, `sudo dnf install chromium` on Fedora, ' +
  '`brew install --cask chromium` on macOS.'

/** The path of a browser that is installed; undefined when there is none. */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [...candidates, ...ELSEWHERE].find(isExecutable)
}

/**
 * The path of a browser, installed now if it may be. For the runner: called once, before the test files run.
 *
 * @throws Error that says how to get one
 */
export async function ensureChromium(): Promise<string> {
  const found = findChromium()
  if (found) return found
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) throw new Error(ADVICE)
  console.log('No Chromium on this machine; installing it with apt-get for the browser tests.')
  try {
    await run('apt-get', ['update', '-q'], { timeout: 300_000 })
    const options = { timeout: 600_000, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
    await run('apt-get', ['install', '-qy', '--no-install-recommends', 'chromium'], options)
  } catch (error) {
    throw new Error(`${ADVICE} (apt-get could not install it.)`, { cause: error })
  }
  const installed = findChromium()
  if (!installed) throw new Error(ADVICE)
  return installed
}

/** Starts the browser. @throws Error that says how to get one */
export async function launchChromium(): Promise<Browser> {
  const executablePath = await ensureChromium()
  // As root, and in containers with a small /dev/shm, Chromium needs these two to start; pages here are our own.
  return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'] })
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
