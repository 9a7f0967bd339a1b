// From a fresh clone to something that can be built and run.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm, root, say, seconds, tool } from './terminal.mjs'

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  say(`Consilium needs Node 20.19 or newer; this is ${process.versions.node}.`)
  process.exit(1)
}

/** Installs the dependencies when node_modules does not hold what the lock file says. */
export async function ensureModules() {
  const reason = whyModulesAreStale()
  if (reason === null) return
  say(`${reason}: running npm ci …`)
  const since = performance.now()
  const { code } = await npm(['ci'])
  if (code !== 0) {
    say('npm ci failed; nothing else was done.')
    process.exit(1)
  }
  say(`Dependencies installed (${seconds(since)}).`)
}

/** Compares npm's own record of what it installed with the lock; times of files would say less. */
function whyModulesAreStale() {
  const record = join(root, 'node_modules/.package-lock.json')
  if (!existsSync(record)) return 'Dependencies are not installed'
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  for (const [path, { version, optional }] of Object.entries(locked)) {
    if (path === '' || (installed[path] === undefined && optional)) continue
    if (installed[path]?.version !== version) return `${path} is not the version of the lock file`
  }
  return null
}

const stamp = () => join(root, 'out/.built')

/** Builds when a source is newer than the last build. */
export async function ensureBuilt({ isForced = false } = {}) {
  if (!isForced && existsSync(stamp()) && newestSource() <= statSync(stamp()).mtimeMs) return true
  return build()
}

export async function build() {
  say('Building …')
  const since = performance.now()
  const startedAt = new Date()
  const { code, output } = await tool('electron-vite/bin/electron-vite.js', ['build'], { show: 'captured' })
  if (code !== 0) {
    say(output)
    say('The build failed.')
    return false
  }
  mkdirSync(join(root, 'out'), { recursive: true })
  writeFileSync(stamp(), `${startedAt.toISOString()}\n`)
  say(`Built (${seconds(since)}).`)
  return true
}

function newestSource() {
  const files = ['package.json', 'package-lock.json', 'electron.vite.config.ts'].map((name) =>
    join(root, name),
  )
  for (const entry of readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true }))
    if (entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      files.push(join(entry.parentPath ?? entry.path, entry.name))
  return Math.max(...files.map((file) => statSync(file).mtimeMs))
}
