/**
 * `launch` gives a test an Electron of its own on the built application, with empty folders for its settings and its
 * profile; `relaunch` starts it again on the same folders. `sharedInFile` is one for all tests of a file, where none
 * leaves anything behind that another sees. The page's errors fail the test at its end.
 */
import { execFileSync, spawnSync, type ChildProcess } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  _electron,
  errors as failures,
  expect,
  test as base,
  type ElectronApplication,
  type Page,
} from '@playwright/test'

export type Locale = 'en' | 'zh-Hant'
export type Theme = 'light' | 'dark'

const ACTION_MS = 45_000
const CLOSE_MS = 60_000
const LAUNCH_MS = 30_000
const LAUNCHES_MOST = 3

export const root = join(import.meta.dirname, '..')

export interface LaunchOptions {
  /** Arguments after the application's folder, e.g. `--profile`, `--hidden`. */
  readonly args?: readonly string[]
  /** The operating system's language as the application sees it at its first start. */
  readonly locale?: Locale
  readonly env?: Readonly<Record<string, string>>
  /** A packaged executable instead of the built folder. */
  readonly executable?: string
  /** Another installation beside the first: a folder of settings of its own. */
  readonly installation?: string
  /** Starts `executable` under this user of the system, where Chromium's sandbox is on; only root can. */
  readonly user?: string
}

export interface Consilium {
  readonly app: ElectronApplication
  readonly page: Page
  /** Settings of the installation; the same at each launch of one test. */
  readonly settingsFolder: string
  /** A path that does not exist yet, for the institution that a test founds. */
  readonly profileFolder: string
  /** A folder for files that a test makes. */
  readonly scratchFolder: string
  /** Errors that the page wrote to its console or threw, so far. */
  readonly errors: string[]
  /** What the main process wrote to its standard error, so far. */
  readonly said: readonly string[]
  /** Quits in order, as a person does, and starts again on the same folders. */
  relaunch(options?: LaunchOptions): Promise<Consilium>
  /** Ends the process at once, as a power cut does. */
  kill(): Promise<void>
}

export interface Fixtures {
  /** Starts the application; may be called once for each installation of a test (then `relaunch`). */
  launch: (options?: LaunchOptions) => Promise<Consilium>
  /** The application already started, in English. */
  consilium: Consilium
}

export const test = base.extend<Fixtures>({
  launch: async ({}, use, testInfo) => {
    const scratch = mkdtempSync(join(tmpdir(), 'consilium-e2e-'))
    const started: Consilium[] = []
    const launch = async (options: LaunchOptions = {}): Promise<Consilium> => {
      const consilium = await start(scratch, options, launch)
      started.push(consilium)
      return consilium
    }
    await use(launch)
    if (testInfo.status !== testInfo.expectedStatus)
      for (const { said } of started) process.stdout.write(`The application said:\n${said.join('')}\n`)
    const errors = started.flatMap((one) => one.errors)
    for (const { app } of started) await closeWhole(app)
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
    expect(errors, 'errors in the page').toEqual([])
  },
  consilium: async ({ launch }, use) => {
    await use(await launch())
  },
})

export { expect }

/** Started before the first test of the file that calls this, quit after the last. A failure gives the rest a fresh one. */
export function sharedInFile(
  prepare?: (consilium: Consilium) => Promise<void>,
  options: () => LaunchOptions = () => ({}),
): () => Consilium {
  let scratch = ''
  let shared: Consilium | undefined
  const once = () => Promise.reject(new Error('what a file shares is started once'))
  test.beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'consilium-e2e-'))
    shared = await start(scratch, options(), once)
    await prepare?.(shared)
  })
  test.afterEach(() => {
    expect(shared?.errors.splice(0), 'errors in the page').toEqual([])
  })
  test.afterAll(async () => {
    if (shared) await closeWhole(shared.app)
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
  })
  return () => shared!
}

async function start(
  scratch: string,
  options: LaunchOptions,
  launch: (options?: LaunchOptions) => Promise<Consilium>,
): Promise<Consilium> {
  const settingsFolder = join(scratch, options.installation ?? 'settings')
  const locale = options.locale ?? 'en'
  const executable = options.executable ?? electronExecutable()
  const app = await attached({
    executablePath: options.user === undefined ? executable : startAs(options.user, executable, scratch),
    args: [
      ...(options.user === undefined ? sandboxArguments() : []),
      '--disable-gpu',
      `--lang=${locale === 'en' ? 'en-US' : 'zh-TW'}`,
      `--user-data-dir=${settingsFolder}`,
      ...(options.executable === undefined ? [root] : []),
      ...(options.args ?? []),
    ],
    env: {
      ...(process.env as Record<string, string>),
      // Documents, recent files and temporary folders of the machine stay out of it.
      HOME: scratch,
      LANG: locale === 'en' ? 'en_US.UTF-8' : 'zh_TW.UTF-8',
      LANGUAGE: locale === 'en' ? 'en_US' : 'zh_TW',
      ...options.env,
    },
  })
  const child = app.process()
  // Its process may be gone a moment before Playwright says so, which then knows no process of it.
  child.once('exit', () => gone.add(app))
  children.set(app, child)
  const said: string[] = []
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const page = await app.firstWindow()
  // Shorter than a test: what cannot be clicked is named, instead of a test that merely took too long.
  page.setDefaultTimeout(ACTION_MS)
  const errors: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(String(error)))
  return {
    app,
    page,
    settingsFolder,
    profileFolder: join(
      scratch,
      options.installation === undefined ? 'profile' : `profile-${options.installation}`,
    ),
    scratchFolder: scratch,
    errors,
    said,
    async relaunch(again = {}) {
      await closeWhole(app)
      return launch({ ...options, ...again })
    },
    async kill() {
      const child = app.process()
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      gone.add(app)
      child.kill('SIGKILL')
      await ended
    },
  }
}

/**
 * Playwright waits for each page that it finds when it attaches, and of a window that opens in that very moment it hears nothing: one start in some
 * fifty stands there for ever though the application is up. It ends what it started, and it is started again.
 */
async function attached(options: Parameters<typeof _electron.launch>[0]): Promise<ElectronApplication> {
  for (let launch = 1; ; launch++)
    try {
      return await _electron.launch({ ...options, timeout: LAUNCH_MS })
    } catch (error) {
      if (launch === LAUNCHES_MOST || !(error instanceof failures.TimeoutError)) throw error
      console.log(`Playwright had not attached after ${LAUNCH_MS / 1_000} s: started again`)
    }
}

/** Applications that have ended, by themselves or by a test; nothing can be asked of them any more. */
const gone = new WeakSet<ElectronApplication>()
const children = new WeakMap<ElectronApplication, ChildProcess>()

/** Quits in order; an application that a test killed is gone already. */
async function closeWhole(app: ElectronApplication): Promise<void> {
  const child = children.get(app)
  if (child === undefined || gone.has(app)) return
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(true), CLOSE_MS)
  })
  const isLate = await Promise.race([app.close().then(() => false), late])
  clearTimeout(timer)
  if (!isLate) return
  gone.add(app)
  child.kill('SIGKILL')
  throw new Error(`the application had not ended ${CLOSE_MS / 1_000} s after it was told to`)
}

/** The dialogs of the operating system answer by themselves: `chooseFolder` and the like get `paths`. */
export async function answerOpenDialogs(app: ElectronApplication, ...paths: string[]): Promise<void> {
  await app.evaluate(({ dialog }, filePaths) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: filePaths.length === 0, filePaths })
  }, paths)
}

export async function answerSaveDialogs(app: ElectronApplication, path: string | null): Promise<void> {
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: filePath === null, filePath: filePath ?? '' })
  }, path)
}

/** Questions in a box, e.g. before quitting: `button` counts from zero. What was asked is kept for `askedBoxes`. */
export async function answerMessageBoxes(app: ElectronApplication, button: number): Promise<void> {
  await app.evaluate(({ dialog }, response) => {
    const asked: unknown[] = []
    Object.assign(globalThis, { askedBoxes: asked })
    dialog.showMessageBox = ((...given: unknown[]) => {
      asked.push(given.at(-1))
      return Promise.resolve({ response, checkboxChecked: false })
    }) as typeof dialog.showMessageBox
  }, button)
}

/** The text of the boxes shown since `answerMessageBoxes`. */
export async function askedBoxes(app: ElectronApplication): Promise<{ message: string; detail: string }[]> {
  return app.evaluate(
    () => (globalThis as unknown as { askedBoxes?: { message: string; detail: string }[] }).askedBoxes ?? [],
  )
}

/** Switches language or colours as the settings page does, through the contract. */
export async function show(page: Page, look: { locale?: Locale; theme?: Theme }): Promise<void> {
  await page.evaluate(async (settings) => {
    await window.consilium.app.saveSettings(settings)
  }, look)
  // The answer may come before the page has changed its colours.
  if (look.theme === undefined) return
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', look.theme)
  // Some colours change by degrees.
  await page.evaluate(async () => {
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished))
  })
}

export function electronExecutable(): string {
  const given = process.env.CONSILIUM_ELECTRON
  if (given) return given
  const script = join(root, 'scripts/electron-path.mjs')
  return execFileSync(process.execPath, [script], { encoding: 'utf8' }).trim()
}

export function sandboxArguments(): string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []
}

const asUser = (user: string, ...command: string[]) =>
  spawnSync('runuser', ['-u', user, '--', ...command], { encoding: 'utf8', timeout: 60_000 })

/** Somebody without rights who can start `executable` with Chromium's sandbox on; undefined where nobody can be found. */
export function ordinaryUser(executable: string): string | undefined {
  const isPossible =
    process.platform === 'linux' &&
    process.getuid?.() === 0 &&
    asUser('nobody', 'test', '-x', executable).status === 0 &&
    asUser('nobody', 'unshare', '--user', 'true').status === 0
  return isPossible ? 'nobody' : undefined
}

/** @returns a file that starts `executable` as `user` with whatever arguments it gets */
function startAs(user: string, executable: string, scratch: string): string {
  const path = join(scratch, 'start-as')
  // runuser gives the environment of its user: what names folders and the display has to be set behind it.
  const settings = Object.entries(homeForAnybody(scratch)).map(([name, value]) => `${name}='${value}'`)
  const command = ['exec runuser -u', user, '-- env', ...settings, `'${executable}' "$@"`].join(' ')
  // Playwright asks for no sandbox wherever it runs as root itself.
  const sandboxed = 'for each; do shift; [ "$each" = --no-sandbox ] || set -- "$@" "$each"; done'
  writeFileSync(path, `#!/bin/sh\n${sandboxed}\n${command}\n`, { mode: 0o755 })
  return path
}

/** A folder in which another user may write, with what the display asks of them. @returns the environment that names it */
export function homeForAnybody(folder: string): Record<string, string> {
  chmodSync(folder, 0o777)
  const settings: Record<string, string> = {
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
    DISPLAY: process.env.DISPLAY ?? '',
  }
  const given = process.env.XAUTHORITY
  if (given === undefined || !existsSync(given)) return settings
  const copy = join(folder, 'xauthority')
  copyFileSync(given, copy)
  chmodSync(copy, 0o644)
  return { ...settings, XAUTHORITY: copy }
}
