/**
 * The application's life around the node: one instance for each profile, a window that may be closed while the
 * node goes on, a mark that says so, and an end in which everything is closed in order.
 */
import { join } from 'node:path'
import {
  app,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  nativeTheme,
  Notification,
  powerMonitor,
  safeStorage,
  session as sessions,
  type BrowserWindow,
  type MenuItemConstructorOptions,
} from 'electron'
import type { Locale, Session as PersonSession, Settings } from '../../shared/contract/app.ts'
import type { EmitEvent } from '../../shared/contract/index.ts'
import { channelOf } from '../../shared/contract/names.ts'
import { failureCode } from '../../shared/std/failure.ts'
import type { Composed, ComposeOptions } from '../desktop.ts'
import { APP_ORIGIN, serveApp } from './app-protocol.ts'
import type { LaunchOptions } from './command-line.ts'
import { createDesktop } from './desktop.ts'
import { hardenSession } from './hardening.ts'
import { createMainWindow } from './main-window.ts'
import { createStartNode } from './node-process.ts'
import { isOwnPage } from './own-page.ts'
import { createSafeStorageStore } from './safe-storage.ts'
import { createSecretClipboard } from './secret-clipboard.ts'
import { serve } from './serve.ts'
import { createTrayMark, type TrayMark } from './tray.ts'
import { shellWords, type ShellWords } from './words.ts'

/** Closing the stores takes milliseconds; a node that hangs must not keep the machine from shutting down. */
const CLOSE_MS = 20_000

export interface ShellOptions {
  readonly launch: LaunchOptions
  readonly compose: (options: ComposeOptions) => Promise<Composed>
  /** The folder of this build: `out/main`. */
  readonly buildFolder: string
  readonly resourcesFolder: string
  /** The development server's origin, null in every built application. */
  readonly developmentOrigin: string | null
  /** Development and end-to-end tests: answers are checked against the contract, developer tools open. */
  readonly isDevelopment: boolean
}

export async function runShell(options: ShellOptions): Promise<void> {
  let window: BrowserWindow | null = null
  let tray: TrayMark | null = null
  let composed: Composed | null = null
  let person: PersonSession | null = null
  let locale: Locale = guessLocale(app.getLocale())
  let isQuitting = false
  let hasSaidItGoesOn = false

  const words = (): ShellWords => shellWords(locale)
  // Of a work place nothing goes on here: the node is another machine.
  const institutionName = (): string | null =>
    person === null || person.state === 'none' || person.workPlace !== undefined
      ? null
      : person.institutionName
  const openWindow = () => (window !== null && !window.isDestroyed() ? window : null)

  const noteSettings = (settings: Pick<Settings, 'locale' | 'theme'>) => {
    locale = settings.locale
    nativeTheme.themeSource = settings.theme
    tray?.update(words(), institutionName())
  }
  const notePerson = (next: PersonSession) => {
    person = next
    tray?.update(words(), institutionName())
  }
  const emit: EmitEvent = (service, event, payload) => {
    if (service === 'app' && event === 'sessionChanged') notePerson(payload as PersonSession)
    if (service === 'app' && event === 'settingsChanged') noteSettings(payload as Settings)
    openWindow()?.webContents.send(channelOf(service, event), payload)
  }

  const quitAfterAsking = async () => {
    const queuedCount = institutionName() === null ? 0 : await countWaiting(composed)
    if (await askToQuit(openWindow(), words(), institutionName(), queuedCount)) app.quit()
  }

  const secrets = createSecretClipboard(clipboard)
  app.on('before-quit', (event) => {
    if (isQuitting) return
    isQuitting = true
    event.preventDefault()
    void secrets.forget()
    void closeInOrder(composed).finally(() => {
      tray?.destroy()
      app.exit(0)
    })
  })
  // With the window gone the node goes on; without an open institution there is nothing to go on.
  app.on('window-all-closed', () => app.quit())

  const desktop = createDesktop({ window: openWindow, words, quit: quitAfterAsking, secrets })
  try {
    composed = await options.compose({
      settingsFolder: app.getPath('userData'),
      profileFolder: options.launch.profileFolder,
      applicationVersion: app.getVersion(),
      systemLocale: app.getLocale(),
      desktop,
      emit,
      startNode: createStartNode(options.buildFolder),
      secretStore: createSafeStorageStore(safeStorage),
    })
    noteSettings(await composed.handlers.app.settings())
    notePerson(await composed.handlers.app.session())
  } catch (error) {
    logError(error)
    dialog.showErrorBox(words().startFailedTitle, words().startFailed(failureCode(error) ?? 'unexpected'))
    app.exit(1)
    return
  }
  const { handlers } = composed

  // In memory: no cookie, no cache and no storage of the page ever reaches the disk.
  const pageSession = sessions.fromPartition('consilium')
  await hardenSession(pageSession, options.developmentOrigin)
  serveApp(pageSession, join(options.buildFolder, '../renderer'))
  Menu.setApplicationMenu(
    process.platform === 'darwin' ? macMenu(words(), () => void quitAfterAsking()) : null,
  )

  const origin = options.developmentOrigin ?? APP_ORIGIN
  serve({
    handle: (channel, listener) => ipcMain.handle(channel, listener),
    isTrustedSender: (event) => isOwnPage(event, openWindow()?.webContents ?? null, origin),
    handlers,
    caller: composed.caller,
    areOutputsChecked: options.isDevelopment,
    onRefused: (channel, code) => process.stderr.write(`refused ${channel}: ${code}\n`),
    onBug: (error) => stopAtBug(error, words()),
  })

  const icon = (name: string) => join(options.resourcesFolder, name)
  const show = () => {
    if (openWindow() === null) window = createWindow()
    window!.show()
    if (window!.isMinimized()) window!.restore()
    window!.focus()
  }
  const createWindow = () =>
    createMainWindow({
      session: pageSession,
      address: `${origin}/index.html`,
      preload: join(options.buildFolder, '../preload/preload.cjs'),
      icon: icon('icon.png'),
      statePath: join(app.getPath('userData'), 'window.json'),
      isHidden: options.launch.isHidden,
      areDevToolsAllowed: options.isDevelopment,
      hidesOnClose: () => {
        if (isQuitting || institutionName() === null) return false
        if (!hasSaidItGoesOn && Notification.isSupported()) {
          hasSaidItGoesOn = true
          new Notification({ title: words().stillRunningTitle, body: words().stillRunningBody }).show()
        }
        return true
      },
    })

  tray = createTrayMark(
    icon(process.platform === 'darwin' ? 'trayTemplate.png' : 'tray.png'),
    show,
    () => void quitAfterAsking(),
  )
  tray.update(words(), institutionName())
  app.on('second-instance', show)
  app.on('activate', show)
  // Whoever comes back to the machine has to show who they are.
  const lock = () => {
    if (person?.state === 'open') void handlers.app.lock()
  }
  powerMonitor.on('lock-screen', lock)
  // What sleeps may be written to a disk whole: no PIN opens it.
  powerMonitor.on('suspend', () => {
    if (person?.state === 'open' || person?.state === 'locked') void handlers.app.lockWholly()
  })
  window = createWindow()
}

export const guessLocale = (system: string): Locale => (/^zh(-|$)/i.test(system) ? 'zh-Hant' : 'en')

/** Visits accepted here that are not final yet; none when nobody can say. */
async function countWaiting(composed: Composed | null): Promise<number> {
  try {
    return (await composed?.handlers.node.status())?.queuedCount ?? 0
  } catch {
    return 0
  }
}

async function askToQuit(
  parent: BrowserWindow | null,
  words: ShellWords,
  name: string | null,
  queuedCount: number,
): Promise<boolean> {
  const lines =
    name === null
      ? [words.quitIdle]
      : [words.quitNode(name), queuedCount > 0 ? words.quitWaiting(queuedCount) : words.quitNothingLost]
  const options = {
    type: 'question' as const,
    message: words.quitTitle,
    detail: lines.join('\n\n'),
    buttons: [words.quitYes, words.quitNo],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  }
  const { response } = parent
    ? await dialog.showMessageBox(parent, options)
    : await dialog.showMessageBox(options)
  return response === 0
}

async function closeInOrder(composed: Composed | null): Promise<void> {
  if (composed === null) return
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_MS)
  })
  try {
    await Promise.race([composed.close(), late])
  } catch (error) {
    logError(error)
  } finally {
    clearTimeout(timer)
  }
}

/** We are wrong: nobody mends that at run time, so the node stops before it signs or writes anything else. */
export function stopAtBug(
  error: unknown,
  words: ShellWords = shellWords(guessLocale(app.getLocale())),
): void {
  logError(error)
  if (app.isReady()) dialog.showErrorBox(words.crashedTitle, words.crashed)
  app.exit(70)
}

/** To the terminal only, and never with the detail of a failure: logs hold no patient's data. */
function logError(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : typeof error}\n`)
}

/** On macOS copying and pasting need a menu. */
function macMenu(words: ShellWords, quit: () => void): Menu {
  const template: MenuItemConstructorOptions[] = [
    {
      label: app.name,
      submenu: [
        { role: 'about' },
        { type: 'separator' },
        { role: 'hide' },
        { role: 'hideOthers' },
        { type: 'separator' },
        { label: words.quit, accelerator: 'Command+Q', click: quit },
      ],
    },
    { role: 'editMenu' },
    { role: 'windowMenu' },
  ]
  return Menu.buildFromTemplate(template)
}
