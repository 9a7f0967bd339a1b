/**
 * The window's page comes from `app://consilium/`, not from file://: a real origin whose headers are ours, so that
 * the content security policy is one, and file:// needs no privileges (fuse off).
 */
import { readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { protocol, type Session } from 'electron'

export const APP_ORIGIN = 'app://consilium'

/**
 * Inline styles stay allowed: the controls set sizes and colours that way. Scripts come from our files alone, and markup
 * is made by the page's one policy (src/renderer/lib/trusted-types.ts) or not at all.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types default',
].join('; ')

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

const TYPE_OF_EXTENSION: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** To be called before the application is ready. `corsEnabled` stays off: it would permit reads from elsewhere. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the built page of `folder` to the windows of `session`. */
export function serveApp(session: Session, folder: string): void {
  session.protocol.handle('app', async (request) => {
    const file = request.method === 'GET' ? await findFile(folder, request.url) : null
    if (file === null) return new Response('not found', { status: 404, headers: HEADERS })
    const content = new Uint8Array(await readFile(file))
    const type = TYPE_OF_EXTENSION[extname(file)] ?? 'application/octet-stream'
    return new Response(content, { headers: { ...HEADERS, 'content-type': type } })
  })
}

/** The file that an address names, or null when it names none inside the folder (also by a symbolic link). */
export async function findFile(folder: string, address: string): Promise<string | null> {
  try {
    const url = new URL(address)
    if (url.protocol !== 'app:' || url.host !== 'consilium') return null
    const path = decodeURIComponent(url.pathname === '/' ? '/index.html' : url.pathname)
    if (path.includes('\0') || path.includes('\\')) return null
    const file = normalize(join(folder, path))
    if (!file.startsWith(folder + sep) || extname(file) === '.map') return null
    // Inside an asar nothing is a link and realpath keeps to it.
    const real = await realpath(file)
    const isInside = real.startsWith((await realpath(folder)) + sep)
    return isInside && (await stat(real)).isFile() ? real : null
  } catch {
    return null // a malformed address or a file that does not exist: the same answer
  }
}
