/** The packaged application: what a shipped build refuses, and that the window works from inside the asar. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { expect, root, sandboxArguments, test } from './fixtures.ts'

type Kind = 'inspect' | 'shipping'

/** electron-builder names the folder after the platform: linux-unpacked, mac-arm64, win-unpacked. */
function packagedFolder(kind: Kind): string {
  const release = join(root, 'release', `test-${kind}`)
  const name = readdirSync(release).find((inside) => existsSync(join(release, inside, 'resources')))
  if (name === undefined) throw new Error(`${release} is empty: run npm run package:test`)
  return join(release, name)
}

const executable = (kind: Kind) => join(packagedFolder(kind), 'consilium')

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

test('its self-test finds everything in order, and NODE_OPTIONS changes nothing (T22: E2-E4, E8, E10; T31)', () => {
  const { code, out } = start(['--self-test'], { NODE_OPTIONS: '--require=/does/not/exist.js' })
  const report = JSON.parse(out.trim().split('\n').at(-1)!) as {
    ok: boolean
    isPackaged: boolean
    checks: unknown[]
  }
  expect(report).toMatchObject({ ok: true, isPackaged: true })
  expect(report.checks.length).toBeGreaterThanOrEqual(11)
  expect(code).toBe(0)
})

test("as an ordinary user Chromium's own sandbox is really on (T22: E2)", () => {
  const asNobody = (...command: string[]) =>
    spawnSync('runuser', ['-u', 'nobody', '--', ...command], { encoding: 'utf8', timeout: 60_000 })
  const isPossible =
    process.platform === 'linux' &&
    process.getuid?.() === 0 &&
    asNobody('test', '-x', executable('shipping')).status === 0 &&
    asNobody('unshare', '--user', 'true').status === 0
  test.skip(
    !isPossible,
    'needs root to become another user, who may read this folder and open a user namespace',
  )
  const home = mkdtempSync(join(tmpdir(), 'consilium-nobody-'))
  try {
    chmodSync(home, 0o777)
    const settings = [`HOME=${home}`, `XDG_RUNTIME_DIR=${home}`, `DISPLAY=${process.env.DISPLAY ?? ''}`]
    const xauthority = process.env.XAUTHORITY
    if (xauthority !== undefined) {
      copyFileSync(xauthority, join(home, 'xauthority'))
      chmodSync(join(home, 'xauthority'), 0o644)
      settings.push(`XAUTHORITY=${join(home, 'xauthority')}`)
    }
    const { stdout } = asNobody('env', ...settings, executable('shipping'), '--disable-gpu', '--self-test')
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

test('one flipped byte of the code is refused where the platform checks it (T30)', () => {
  // Electron checks the asar on macOS and Windows alone; on Linux the package lies where only root writes.
  test.skip(process.platform === 'linux', 'not checked by the platform')
  const asar = join(packagedFolder('shipping'), 'resources', 'app.asar')
  const whole = readFileSync(asar)
  try {
    const changed = Buffer.from(whole)
    changed[Math.floor(changed.length / 2)]! ^= 1
    writeFileSync(asar, changed)
    expect(start(['--self-test']).code).not.toBe(0)
  } finally {
    writeFileSync(asar, whole)
  }
})

test('the parts list names every package that lies in the asar (T32)', async () => {
  const { readSupply, shippedPackages } = (await import(
    pathToFileURL(join(root, 'scripts/lib/supply.mjs')).href
  )) as { readSupply(): unknown; shippedPackages(supply: unknown): ReadonlyMap<string, unknown> }
  // By name: the packager may lay them out otherwise than they are installed.
  const nameOf = (path: string) => path.replace(/^.*node_modules\//, '')
  const listed = new Set([...shippedPackages(readSupply()).keys()].map(nameOf))
  const asar = readFileSync(join(packagedFolder('shipping'), 'resources', 'app.asar'))
  // Chromium's pickle: four lengths, then the header as JSON.
  const header = JSON.parse(asar.subarray(16, 16 + asar.readUInt32LE(12)).toString()) as AsarFolder
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
  readonly files?: Readonly<Record<string, AsarFolder>>
}

test('no package holds sources, maps or the default application', () => {
  const names = readdirSync(join(packagedFolder('shipping'), 'resources'))
  expect(names).toContain('app.asar')
  expect(names).not.toContain('default_app.asar')
  expect(names).not.toContain('app')
})

test('the window opens from inside the asar', async ({ launch }) => {
  const { page, app } = await launch({ executable: executable('inspect') })
  await expect(page.locator('#root')).not.toBeEmpty()
  expect(await app.evaluate(({ app: electron }) => electron.isPackaged)).toBe(true)
})
