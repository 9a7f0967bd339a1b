/**
 * `launch` gives a test an Electron of its own on the built application, with empty folders for its settings and its
 * profile; `relaunch` starts it again on the same folders. `sharedInFile` is one for all tests of a file, where none
 * leaves anything behind that another sees. The page's errors fail the test at its end.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, expect, test as base, type ElectronApplication, type Page } from '@playwright/test'

export type Locale = 'en' | 'zh-Hant'
export type Theme = 'light' | 'dark'

const ACTION_MS = 45_000
const CLOSE_MS = 60_000

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
export function sharedInFile(prepare?: (consilium: Consilium) => Promise<void>): () => Consilium {
  let scratch = ''
  let shared: Consilium | undefined
  const once = () => Promise.reject(new Error('what a file shares is started once'))
  test.beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'consilium-e2e-'))
    shared = await start(scratch, {}, once)
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
  const app = await _electron.launch({
    executablePath: options.executable ?? electronExecutable(),
    args: [
      ...sandboxArguments(),
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
  app.on('close', () => gone.add(app))
  const said: string[] = []
  app.process().stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()))
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

/** Applications that have ended, by themselves or by a test; nothing can be asked of them any more. */
const gone = new WeakSet<ElectronApplication>()

/** Quits in order; an application that a test killed is gone already. */
async function closeWhole(app: ElectronApplication): Promise<void> {
  if (gone.has(app)) return
  const child = app.process()
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
