/**
 * What Electron allows by default and a window over health records must not have (E2-E8, E13 of the hardening
 * checklist in SECURITY.md). Each line here is tried by `e2e/hardening.spec.ts`.
 */
import { app, type Session, type WebContents } from 'electron'
import { APP_ORIGIN } from './app-protocol.ts'

/** A proxy that nobody finds: its name does not resolve, whatever the machine's own network says. */
const NO_PROXY = 'http://nowhere.invalid:1'

/** Before the application is ready. */
export function hardenProcess(): void {
  // As root Chromium refuses to start with its sandbox; enabling it over --no-sandbox would make every child abort.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  // The window has no network: neither names nor background services. The node's own sockets are not Chromium's.
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND')
  for (const name of [
    'disable-background-networking',
    'disable-component-update',
    'disable-domain-reliability',
    'no-pings',
  ])
    app.commandLine.appendSwitch(name)
  app.on('web-contents-created', (_, contents) => hardenContents(contents))
}

/** Whether somebody asks to look into the process from outside; a shipped application refuses to start then. */
export function isDebuggingAsked(): boolean {
  return ['remote-debugging-port', 'remote-debugging-pipe', 'inspect', 'inspect-brk', 'js-flags'].some(
    (name) => app.commandLine.hasSwitch(name),
  )
}

/** @param developmentOrigin the development server's origin, or null in every built application */
export async function hardenSession(session: Session, developmentOrigin: string | null): Promise<void> {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}))
  session.setSpellCheckerEnabled(false)
  session.on('will-download', (event) => event.preventDefault())
  session.webRequest.onBeforeRequest((request, answer) => {
    answer({ cancel: !isOwnAddress(request.url, developmentOrigin) })
  })
  // What is no request of the page, such as the sockets of WebRTC, does not ask the above; it would ask a proxy.
  if (developmentOrigin === null)
    await session.setProxy({ mode: 'fixed_servers', proxyRules: NO_PROXY, proxyBypassRules: '<-loopback>' })
}

function isOwnAddress(address: string, developmentOrigin: string | null): boolean {
  if (address.startsWith(`${APP_ORIGIN}/`) || address.startsWith('data:image/')) return true
  if (address.startsWith(`blob:${APP_ORIGIN}/`)) return true
  if (developmentOrigin === null) return false
  return (
    address.startsWith(developmentOrigin) ||
    address.startsWith(developmentOrigin.replace(/^http/, 'ws')) ||
    address.startsWith('devtools://')
  )
}

function hardenContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault())
  contents.on('will-frame-navigate', (event) => event.preventDefault())
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
}
