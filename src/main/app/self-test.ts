/**
 * `--self-test`: is this installation what it should be? Starts hidden, touches no profile, prints one JSON line.
 * For administrators after an installation and for the tests of the packaged application.
 */
import {
  createCipheriv,
  createDecipheriv,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
  scrypt,
  sign,
  verify,
} from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { app, BrowserWindow, ipcMain, net, session as sessions } from 'electron'
import { ClassicLevel } from 'classic-level'
import type { AllHandlers } from '../../shared/contract/index.ts'
import { APP_ORIGIN, serveApp } from './app-protocol.ts'
import { readFuses, SHIPPING_FUSES, type FuseName } from './fuses.ts'
import { hardenSession } from './hardening.ts'
import { noAudit } from '../services/audit-port.ts'
import { createConfirmations } from '../services/confirmations.ts'
import { serve } from './serve.ts'

export interface SelfTestOptions {
  readonly buildFolder: string
  /** A packaged build that claims to be shippable must have the shipping fuses. */
  readonly areShippingFusesExpected: boolean
  /** Files of the package that are not what was built; null where the platform looks itself. */
  readonly altered: readonly string[] | null
}

interface Check {
  readonly name: string
  readonly isOk: boolean
  readonly detail?: unknown
}

/** @returns the process's exit code */
export async function runSelfTest(options: SelfTestOptions): Promise<number> {
  const checks: Check[] = []
  for (const [name, check] of [
    ['crypto', checkCrypto],
    ['storage', checkStorage],
    ['fuses', () => checkFuses(options)],
    ['contents', () => checkContents(options)],
    ['window', () => checkWindow(options.buildFolder)],
  ] as const) {
    try {
      checks.push(...(await check()))
    } catch (error) {
      checks.push({ name, isOk: false, detail: error instanceof Error ? error.message : String(error) })
    }
  }
  const isOk = checks.every((check) => check.isOk)
  const versions = {
    application: app.getVersion(),
    electron: process.versions.electron,
    node: process.versions.node,
  }
  process.stdout.write(`${JSON.stringify({ ok: isOk, isPackaged: app.isPackaged, versions, checks })}\n`)
  return isOk ? 0 : 1
}

async function checkCrypto(): Promise<Check[]> {
  const message = randomBytes(100)
  const signer = generateKeyPairSync('ed25519')
  const signature = sign(null, message, signer.privateKey)
  const forged = Buffer.from(message)
  forged[0]! ^= 1

  const here = generateKeyPairSync('x25519')
  const there = generateKeyPairSync('x25519')
  const ours = diffieHellman({ privateKey: here.privateKey, publicKey: there.publicKey })
  const theirs = diffieHellman({ privateKey: there.privateKey, publicKey: here.publicKey })

  const derived = await new Promise<Buffer>((resolve, reject) =>
    scrypt('self-test', 'salt', 32, { N: 2 ** 17, r: 8, p: 1, maxmem: 256 << 20 }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    ),
  )
  return [
    {
      name: 'ed25519',
      isOk:
        verify(null, message, signer.publicKey, signature) &&
        !verify(null, forged, signer.publicKey, signature),
    },
    { name: 'x25519', isOk: ours.equals(theirs) && ours.length === 32 },
    { name: 'aes-256-gcm', isOk: opensOnlyUnharmed(message) },
    { name: 'scrypt', isOk: derived.length === 32 },
  ]
}

function opensOnlyUnharmed(message: Buffer): boolean {
  const key = randomBytes(32)
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const sealed = Buffer.concat([cipher.update(message), cipher.final()])
  const open = (bytes: Buffer): Buffer | null => {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAuthTag(cipher.getAuthTag())
    try {
      return Buffer.concat([decipher.update(bytes), decipher.final()])
    } catch {
      return null
    }
  }
  const harmed = Buffer.from(sealed)
  harmed[0]! ^= 1
  return open(sealed)?.equals(message) === true && open(harmed) === null
}

async function checkStorage(): Promise<Check[]> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-self-test-'))
  const location = join(folder, 'store')
  const settings = { keyEncoding: 'view', valueEncoding: 'view' } as const
  try {
    const written = new ClassicLevel<Uint8Array, Uint8Array>(location, settings)
    await written.open()
    await written.batch([{ type: 'put', key: Uint8Array.of(1), value: Uint8Array.of(2) }], { sync: true })
    await written.close()
    const read = new ClassicLevel<Uint8Array, Uint8Array>(location, settings)
    await read.open()
    const value = await read.get(Uint8Array.of(1))
    await read.close()
    return [{ name: 'storage', isOk: value?.[0] === 2 }]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function checkFuses({ areShippingFusesExpected }: SelfTestOptions): Promise<Check[]> {
  const states = await readFuses(process.execPath)
  if (states === null) return [{ name: 'fuses', isOk: !areShippingFusesExpected, detail: 'none found' }]
  const wrong = (Object.keys(SHIPPING_FUSES) as FuseName[]).filter(
    (name) => states[name] !== SHIPPING_FUSES[name],
  )
  return [{ name: 'fuses', isOk: !areShippingFusesExpected || wrong.length === 0, detail: states }]
}

function checkContents({ altered }: SelfTestOptions): Promise<Check[]> {
  return Promise.resolve(
    altered === null ? [] : [{ name: 'contents', isOk: altered.length === 0, detail: altered }],
  )
}

/** The page tries what it must not be able to do. */
const escapes = (counter: string) => `(async (counter) => {
  const violations = []
  document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective))
  const isRefused = (attempt) => { try { attempt(); return false } catch { return true } }
  const isMarkupRefused =
    isRefused(() => { document.createElement('div').innerHTML = '<img src="x">' }) &&
    isRefused(() => { document.createElement('script').textContent = 'window.__inlineRan = true' }) &&
    isRefused(() => { trustedTypes.createPolicy('another', {}) })
  let isScriptRefused = false
  try { await import(counter) } catch { isScriptRefused = true }
  let isNetworkRefused = false
  try { await fetch(counter) } catch { isNetworkRefused = true }
  await new Promise((resolve) => setTimeout(resolve, 100))
  return {
    hasNode: typeof require !== 'undefined' || typeof process !== 'undefined' || typeof Buffer !== 'undefined',
    hasInlineRun: window.__inlineRan === true,
    hasOpened: window.open('https://example.com/') !== null,
    hasBridge: typeof window.consilium === 'object' && !('ipcRenderer' in window.consilium),
    origin: location.origin,
    isMarkupRefused,
    isScriptRefused,
    isNetworkRefused,
    violations,
  }
})(${JSON.stringify(counter)})`

async function checkWindow(buildFolder: string): Promise<Check[]> {
  const pageSession = sessions.fromPartition('self-test')
  await hardenSession(pageSession, null)
  serveApp(pageSession, join(buildFolder, '../renderer'))
  // There is no node behind this page: every call is refused.
  serve({
    handle: (channel, listener) => ipcMain.handle(channel, listener),
    isTrustedSender: () => false,
    handlers: {} as AllHandlers,
    caller: {
      person: () => null,
      absence: () => 'no-profile',
      confirmations: createConfirmations(Date.now),
      audit: noAudit,
      openings: undefined,
    },
    areOutputsChecked: false,
  })
  const window = new BrowserWindow({
    show: false,
    webPreferences: {
      session: pageSession,
      preload: join(buildFolder, '../preload/preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
    },
  })
  const counter = await countVisits()
  try {
    await window.loadURL(`${APP_ORIGIN}/index.html`)
    const seen = (await window.webContents.executeJavaScript(escapes(counter.address))) as Record<
      string,
      unknown
    > & { violations: string[] }
    // Around the page's policy: the window's own session, and one that nobody hardened.
    const bySession = await refusal(pageSession.fetch(counter.address))
    const byProcess = await refusal(net.fetch(counter.address))
    const visitCount = counter.visitCount()
    // The same server hears of whoever is not Chromium: it was there to be visited.
    await fetch(counter.address)
    const isSandboxAsked = !app.commandLine.hasSwitch('no-sandbox')
    const seccomp = seccompMode(window.webContents.getOSProcessId())
    return [
      {
        name: 'isolation',
        isOk: seen.hasNode === false && seen.hasBridge === true,
        detail: { origin: seen.origin },
      },
      {
        name: 'content-security-policy',
        isOk:
          seen.hasInlineRun === false &&
          seen.isScriptRefused === true &&
          seen.violations.some((directive) => directive.startsWith('script-src')),
        detail: seen.violations,
      },
      {
        name: 'trusted-types',
        isOk: seen.isMarkupRefused === true && seen.violations.includes('require-trusted-types-for'),
      },
      {
        name: 'no-network',
        isOk:
          seen.isNetworkRefused === true &&
          /ERR_BLOCKED_BY_CLIENT/.test(bySession) &&
          /ERR_NAME_NOT_RESOLVED/.test(byProcess) &&
          visitCount === 0 &&
          counter.visitCount() === 1,
        detail: { bySession, byProcess, visitCount },
      },
      { name: 'no-windows', isOk: seen.hasOpened === false },
      // As root Electron only starts with --no-sandbox; the check then says so instead of passing silently.
      {
        name: 'sandbox',
        isOk: !isSandboxAsked || process.platform !== 'linux' || seccomp === 2,
        detail: { isAsked: isSandboxAsked, seccomp },
      },
    ]
  } finally {
    window.destroy()
    counter.close()
  }
}

interface VisitCounter {
  readonly address: string
  /** Connections so far, whatever came over them. */
  visitCount(): number
  close(): void
}

/** Where anybody of this machine could go. */
async function countVisits(): Promise<VisitCounter> {
  let visitCount = 0
  const server = createServer((_, response) => response.end())
  server.on('connection', () => visitCount++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    visitCount: () => visitCount,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Why a request was refused; empty when it was answered. */
const refusal = (request: Promise<unknown>): Promise<string> =>
  request.then(
    () => '',
    (error: unknown) => String(error),
  )

/** Linux: 2 when the process runs under a system call filter, which Chromium's sandbox sets. */
function seccompMode(processId: number): number | null {
  try {
    const line = /^Seccomp:\s*(\d)/m.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))
    return line === null ? null : Number(line[1])
  } catch {
    return null
  }
}
