/** The packaged application: what a shipped build refuses, and that the window works from inside the asar. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { expect, homeForAnybody, ordinaryUser, root, sandboxArguments, test } from './fixtures.ts'
import { executable, packagedFolder } from './pages/packaged.ts'

/** Starts the shipping build as a person would, with what an attacker would add. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const home = mkdtempSync(join(tmpdir(), 'consilium-packaged-'))
  try {
    const run = spawnSync(executable('shipping'), [...sandboxArguments(), '--disable-gpu', ...args], {
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...process.env, HOME: home, ...env },
    })
    return { code: run.status, out: run.stdout, error: run.stderr }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

test('the fuses of the shipping build are burnt as they must be (T31)', async () => {
  const wire = await getCurrentFuseWire(executable('shipping'))
  const isOn = (fuse: FuseV1Options) => String.fromCharCode(wire[fuse] as unknown as number) === '1'
  expect(isOn(FuseV1Options.RunAsNode)).toBe(false)
  expect(isOn(FuseV1Options.EnableNodeOptionsEnvironmentVariable)).toBe(false)
  expect(isOn(FuseV1Options.EnableNodeCliInspectArguments)).toBe(false)
  expect(isOn(FuseV1Options.GrantFileProtocolExtraPrivileges)).toBe(false)
  expect(isOn(FuseV1Options.EnableCookieEncryption)).toBe(true)
  expect(isOn(FuseV1Options.OnlyLoadAppFromAsar)).toBe(true)
})

test('its self-test finds everything in order, and NODE_OPTIONS changes nothing (T22: E2-E4, E8, E10; T30; T31)', () => {
  const { code, out } = start(['--self-test'], { NODE_OPTIONS: '--require=/does/not/exist.js' })
  const report = JSON.parse(out.trim().split('\n').at(-1)!) as {
    ok: boolean
    isPackaged: boolean
    checks: unknown[]
  }
  expect(report).toMatchObject({ ok: true, isPackaged: true })
  expect(report.checks.length).toBeGreaterThanOrEqual(process.platform === 'linux' ? 13 : 12)
  expect(code).toBe(0)
})

test("as an ordinary user Chromium's own sandbox is really on (T22: E2)", () => {
  const user = ordinaryUser(executable('shipping'))
  test.skip(
    user === undefined,
    'needs root to become another user, who may read this folder and open a user namespace',
  )
  const home = mkdtempSync(join(tmpdir(), 'consilium-nobody-'))
  try {
    const settings = Object.entries(homeForAnybody(home)).map(([name, value]) => `${name}=${value}`)
    const { stdout } = spawnSync(
      'runuser',
      ['-u', user!, '--', 'env', ...settings, executable('shipping'), '--disable-gpu', '--self-test'],
      { encoding: 'utf8', timeout: 60_000 },
    )
    const report = JSON.parse(stdout.trim().split('\n').at(-1)!) as { checks: { name: string }[] }
    expect(report).toMatchObject({ ok: true })
    expect(report.checks.find((check) => check.name === 'sandbox')).toMatchObject({
      isOk: true,
      detail: { isAsked: true, seccomp: 2 },
    })
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})

test('it is no Node, even when asked to be (T31)', () => {
  const { out } = start(['--self-test', '-e', 'console.log("ran as node")'], { ELECTRON_RUN_AS_NODE: '1' })
  expect(out).not.toContain('ran as node')
  expect(out).toContain('"isPackaged":true')
})

test('it does not start for a debugger (T22: E13; T31)', () => {
  for (const flag of [
    '--inspect=0',
    '--inspect-brk=0',
    '--remote-debugging-port=0',
    '--remote-debugging-pipe',
  ]) {
    const { code, out, error } = start([flag, '--self-test'])
    expect(code, flag).toBe(2)
    expect(out + error).not.toMatch(/Debugger listening|DevTools listening/)
  }
})

test('one flipped byte of the code is refused, at the start and by the self-test (T30)', async () => {
  const asar = join(packagedFolder('shipping'), 'resources', 'app.asar')
  const whole = readFileSync(asar)
  try {
    const changed = Buffer.from(whole)
    changed[placeOf(whole, '/out/renderer/index.html')]! ^= 1
    writeFileSync(asar, changed)
    const { code, out } = start(['--self-test'])
    expect(code).not.toBe(0)
    // Elsewhere Electron itself ends; on Linux it is our own list of what was built.
    if (process.platform !== 'linux') return
    const report = JSON.parse(out.trim().split('\n').at(-1)!) as {
      checks: { name: string; isOk: boolean; detail?: unknown }[]
    }
    expect(report.checks).toContainEqual({ name: 'contents', isOk: false, detail: ['app.asar'] })
    expect(await firstWords()).toContain('Consilium does not start: altered are app.asar')
  } finally {
    writeFileSync(asar, whole)
  }
})

/** What the shipping build says when it is started for a person, until it says something or has ended. */
async function firstWords(): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'consilium-packaged-'))
  const child = spawn(executable('shipping'), [...sandboxArguments(), '--disable-gpu'], {
    env: { ...process.env, HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  try {
    let said = ''
    const ended = new Promise((resolve) => child.once('exit', resolve))
    const late = new Promise((resolve) => setTimeout(resolve, 30_000))
    const spoke = new Promise<void>((resolve) =>
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        if (said.includes('Consilium')) resolve()
      }),
    )
    await Promise.race([ended, late, spoke])
    return said
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL') // it waits for whoever reads its box
      await ended
    }
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Chromium's pickle: four lengths, then the header as JSON. */
const headerOf = (asar: Buffer): AsarFolder =>
  JSON.parse(asar.subarray(16, 16 + asar.readUInt32LE(12)).toString()) as AsarFolder

/** @returns the first byte of a file in the archive */
function placeOf(asar: Buffer, path: string): number {
  let at: AsarFolder = headerOf(asar)
  for (const name of path.split('/').filter((part) => part !== '')) at = at.files![name]!
  return 8 + asar.readUInt32LE(4) + Number(at.offset)
}

test('the parts list names every package that lies in the asar (T32)', async () => {
  const { readSupply, shippedPackages } = (await import(
    pathToFileURL(join(root, 'scripts/lib/supply.mjs')).href
  )) as { readSupply(): unknown; shippedPackages(supply: unknown): ReadonlyMap<string, unknown> }
  // By name: the packager may lay them out otherwise than they are installed.
  const nameOf = (path: string) => path.replace(/^.*node_modules\//, '')
  const listed = new Set([...shippedPackages(readSupply()).keys()].map(nameOf))
  const header = headerOf(readFileSync(join(packagedFolder('shipping'), 'resources', 'app.asar')))
  const inside: string[] = []
  const look = (folder: AsarFolder, path: string): void => {
    for (const [name, entry] of Object.entries(folder.files ?? {})) {
      const at = path === '' ? name : `${path}/${name}`
      if (name === 'package.json' && /(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/.test(path)) inside.push(path)
      look(entry, at)
    }
  }
  look(header, '')
  expect(inside.length).toBeGreaterThan(20)
  expect(inside.filter((path) => !listed.has(nameOf(path)))).toEqual([])
})

interface AsarFolder {
  /** Of a file: where it begins behind the header, as digits. */
  readonly offset?: string
  readonly files?: Readonly<Record<string, AsarFolder>>
}

test('no package holds sources, maps or the default application', () => {
  const names = readdirSync(join(packagedFolder('shipping'), 'resources'))
  expect(names).toContain('app.asar')
  expect(names).not.toContain('default_app.asar')
  expect(names).not.toContain('app')
})
