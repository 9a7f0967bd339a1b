/** The one window: its place, its preferences, its zoom. */
import { BrowserWindow, nativeTheme, screen, type Session } from 'electron'
import { fitToScreens, loadWindowState, saveWindowState } from './window-state.ts'

export interface MainWindowOptions {
  readonly session: Session
  readonly address: string
  readonly preload: string
  readonly icon: string
  readonly statePath: string
  readonly isHidden: boolean
  readonly areDevToolsAllowed: boolean
  /** The person closed the window: hide it (true) because the node goes on, or let it go (false). */
  readonly hidesOnClose: () => boolean
}

const ZOOM_STEP = 0.5

export function createMainWindow(options: MainWindowOptions): BrowserWindow {
  const saved = loadWindowState(options.statePath)
  const areas = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map((display) => display.workArea)
  const window = new BrowserWindow({
    ...fitToScreens(saved, areas),
    minWidth: 640,
    minHeight: 480,
    show: false,
    title: 'Consilium',
    icon: options.icon,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#1a1b1e' : '#ffffff',
    webPreferences: {
      session: options.session,
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
      devTools: options.areDevToolsAllowed,
      zoomFactor: 1,
    },
  })
  if (saved?.isMaximized === true) window.maximize()
  // A title could show whose record is open; it never changes.
  window.on('page-title-updated', (event) => event.preventDefault())
  if (!options.isHidden) window.once('ready-to-show', () => window.show())
  keepState(window, options.statePath)
  keepZoom(window, saved?.zoomLevel ?? 0)
  window.on('close', (event) => {
    if (!options.hidesOnClose()) return
    event.preventDefault()
    window.hide()
  })
  restartPage(window)
  void window.loadURL(options.address)
  return window
}

function keepState(window: BrowserWindow, path: string): void {
  let timer: NodeJS.Timeout | undefined
  const save = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (window.isDestroyed()) return
      const state = {
        ...window.getNormalBounds(),
        isMaximized: window.isMaximized(),
        zoomLevel: window.webContents.getZoomLevel(),
      }
      // A full disk loses the window's place, nothing else.
      saveWindowState(path, state).catch(() => undefined)
    }, 500)
  }
  for (const event of ['resize', 'move', 'maximize', 'unmaximize'] as const)
    window.on(event as 'resize', save)
  window.webContents.on('zoom-changed', save)
  window.on('closed', () => clearTimeout(timer))
}

/** Ctrl or Cmd with +, - and 0, which Electron leaves to a menu that we do not have. */
function keepZoom(window: BrowserWindow, savedLevel: number): void {
  const contents = window.webContents
  let level = savedLevel // the page's own is reset by each load
  contents.on('did-finish-load', () => contents.setZoomLevel(level))
  contents.on('before-input-event', (event, input) => {
    if (input.type !== 'keyDown' || !(input.control || input.meta) || input.alt) return
    const next = nextZoomLevel(level, input.key)
    if (next === null) return
    event.preventDefault()
    level = next
    contents.setZoomLevel(level)
    contents.emit('zoom-changed')
  })
}

function nextZoomLevel(level: number, key: string): number | null {
  if (key === '0') return 0
  if (key === '+' || key === '=') return Math.min(5, level + ZOOM_STEP)
  if (key === '-') return Math.max(-3, level - ZOOM_STEP)
  return null
}

/** A page that crashed comes back; drafts are in the node. A page that keeps crashing is left alone. */
function restartPage(window: BrowserWindow): void {
  let restartsLeft = 3
  window.webContents.on('render-process-gone', (_, { reason }) => {
    if (reason === 'clean-exit' || restartsLeft === 0) return
    restartsLeft -= 1
    window.webContents.reload()
  })
}
