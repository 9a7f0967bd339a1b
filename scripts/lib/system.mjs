// What the operating system must have for Electron to start: shared libraries, and Xvfb where there is no display.
import { existsSync, readFileSync } from 'node:fs'
import { agree, run, say } from './terminal.mjs'

// Debian's names; where a release has a "t64" variant (Debian 13, Ubuntu 24.04), that is the one to install.
const LIBRARIES = [
  'libasound2',
  'libatk-bridge2.0-0',
  'libatk1.0-0',
  'libatspi2.0-0',
  'libcups2',
  'libdbus-1-3',
  'libdrm2',
  'libgbm1',
  'libgtk-3-0',
  'libnotify4',
  'libnss3',
  'libx11-xcb1',
  'libxcomposite1',
  'libxdamage1',
  'libxkbcommon0',
  'libxrandr2',
  'libxss1',
  'libxtst6',
]
const DISPLAY = ['xvfb', 'xauth']
const CHINESE = ['fonts-noto-cjk']

export const hasDisplay = () =>
  process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)

/** As root Chromium's sandbox cannot start; the same where the kernel forbids user namespaces to programs it does not know. */
export function sandboxArguments() {
  if (process.platform !== 'linux') return []
  if (process.getuid() === 0) return ['--no-sandbox']
  const setting = '/proc/sys/kernel/apparmor_restrict_unprivileged_userns'
  return existsSync(setting) && readFileSync(setting, 'utf8').trim() === '1' ? ['--no-sandbox'] : []
}

/**
 * Makes sure that `executable` can start, installing what is missing where that is possible.
 * @param needs.display also a virtual display, when there is no real one
 * @param needs.chinese also fonts for Chinese text, for screenshots
 * @returns {Promise<boolean>} false when something is missing and could not be installed; it was said what to do
 */
export async function ensureSystem(executable, needs) {
  if (process.platform !== 'linux') return true
  const wanted = await missingPackages(executable, needs)
  if (wanted.length === 0) return true
  const isDebian = existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get')
  if (!isDebian) {
    say('Electron needs libraries that this system lacks. On Debian and Ubuntu they are called:')
    say(`  ${wanted.join(' ')}`)
    return false
  }
  if (process.getuid() !== 0) {
    say('Electron needs packages that are not installed. Please run, then try again:')
    say(
      `  sudo apt-get update && sudo apt-get install --no-install-recommends ${(await named(wanted)).join(' ')}`,
    )
    return false
  }
  say(`Electron needs packages that are not installed: ${wanted.join(' ')}`)
  if (!(await agree('Install them with apt-get?'))) return false
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  say('Running apt-get update and apt-get install …')
  const update = await run('apt-get', ['update', '-q'], { show: 'captured', limitMs: 180_000, env })
  if (update.code !== 0) say(update.output)
  // Another installation on this machine is waited for; limitMs is the end of patience.
  const waiting = ['-o', 'DPkg::Lock::Timeout=300']
  const args = ['install', '-y', '-q', ...waiting, '--no-install-recommends', ...(await named(wanted))]
  const install = await run('apt-get', args, { show: 'captured', limitMs: 600_000, env })
  if (install.code !== 0) {
    say(install.output)
    return false
  }
  return (await missingPackages(executable, { ...needs, chinese: false })).length === 0
}

async function missingPackages(executable, { display, chinese }) {
  const linked = await run('ldd', [executable], { show: 'captured' })
  return [
    ...(linked.code !== 0 || linked.output.includes('not found') ? LIBRARIES : []),
    ...(display && !hasDisplay() && !(await canRun('xvfb-run')) ? DISPLAY : []),
    ...(chinese && !(await hasChineseFont()) ? CHINESE : []),
  ]
}

const canRun = async (name) =>
  (await run('sh', ['-c', `command -v ${name}`], { show: 'captured' })).code === 0

async function hasChineseFont() {
  if (existsSync('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc')) return true
  const list = await run('fc-list', [':lang=zh-tw', 'family'], { show: 'captured' })
  return list.code === 0 && list.output.trim() !== ''
}

/** Each package by the name that this release gives it. */
async function named(packages) {
  const candidates = packages.filter((name) => name.startsWith('lib')).map((name) => `${name}t64`)
  const known = await run('apt-cache', ['pkgnames'], { show: 'captured' })
  const names = new Set(known.output.split('\n'))
  const renamed = new Set(candidates.filter((name) => names.has(name)))
  return packages.map((name) => (renamed.has(`${name}t64`) ? `${name}t64` : name))
}

/** The command that runs `command` with a display: the real one, or Xvfb. */
export function withDisplay(command, args) {
  if (hasDisplay()) return [command, args]
  return ['xvfb-run', ['-a', '-s', '-screen 0 1600x1000x24', command, ...args]]
}
