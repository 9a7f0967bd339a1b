import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IpcMainInvokeEvent, WebContents, WebFrameMain } from 'electron'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { contract, type AllHandlers } from '../../shared/contract/index.ts'
import type { Reply } from '../../shared/contract/kit.ts'
import { InvariantViolation } from '../../shared/std/assert.ts'
import { Failure } from '../../shared/std/failure.ts'
import { noAudit } from '../services/audit-port.ts'
import { alwaysConfirmed } from '../services/confirmations.ts'
import { parseCommandLine } from './command-line.ts'
import { readFuses } from './fuses.ts'
import { serve } from './serve.ts'
import { shellWords } from './words.ts'
import { fitToScreens, loadWindowState, saveWindowState, type WindowState } from './window-state.ts'

// Outside Electron there is no electron; only its names are needed here.
vi.mock('electron', () => ({ protocol: {} }))
const { isOwnPage } = await import('./own-page.ts')
const { CONTENT_SECURITY_POLICY, findFile } = await import('./app-protocol.ts')

let scratch = ''
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'consilium-app-'))
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe('serve', () => {
  type Listener = (event: IpcMainInvokeEvent, raw: unknown) => Promise<Reply<unknown>>
  const event = {} as IpcMainInvokeEvent

  function serveWith(partial: Record<string, unknown>, isTrusted = true) {
    const channels = new Map<string, Listener>()
    const refused: string[] = []
    const bugs: unknown[] = []
    const handlers = Object.fromEntries(
      Object.keys(contract).map((name) => [name, {}]),
    ) as never as AllHandlers
    Object.assign(handlers.app, partial)
    serve({
      handle: (channel, listener) => channels.set(channel, listener),
      isTrustedSender: () => isTrusted,
      handlers,
      caller: {
        person: () => null,
        absence: () => 'no-profile',
        confirmations: alwaysConfirmed,
        audit: noAudit,
        openings: undefined,
      },
      areOutputsChecked: true,
      onRefused: (channel, code) => refused.push(`${channel} ${code}`),
      onBug: (error) => bugs.push(error),
    })
    return {
      ask: (channel: string, raw?: unknown) => channels.get(channel)!(event, raw),
      channels,
      refused,
      bugs,
    }
  }

  it('has one channel for each method of the contract and no other', () => {
    const expected = Object.entries(contract).flatMap(([service, methods]) =>
      Object.keys(methods).map((method) => `${service}.${method}`),
    )
    expect([...serveWith({}).channels.keys()]).toEqual(expected)
  })

  it('answers a call whose input fits', async () => {
    const { ask } = serveWith({
      proposeFolder: ({ name }: { name: string }) => Promise.resolve(`/x/${name}`),
    })
    expect(await ask('app.proposeFolder', { name: 'A' })).toEqual({ ok: true, value: '/x/A' })
  })

  it('refuses another sender before it looks at the input', async () => {
    const { ask, refused } = serveWith({ lock: () => Promise.reject(new Error('must not run')) }, false)
    expect(await ask('app.lock')).toEqual({ ok: false, error: { code: 'untrusted-sender' } })
    expect(refused).toEqual(['app.lock untrusted-sender'])
  })

  it('refuses input that is too large or does not fit, and never repeats the value', async () => {
    const { ask } = serveWith({})
    const large = await ask('app.proposeFolder', { name: 'x'.repeat(5 << 20) })
    expect(large).toEqual({ ok: false, error: { code: 'input-too-large' } })
    const wide = await ask('app.proposeFolder', new Array(5 << 20).fill(0))
    expect(wide).toEqual({ ok: false, error: { code: 'input-too-large' } })
    const ring: Record<string, unknown> = { name: 'A' }
    ring.self = ring
    expect(await ask('app.proposeFolder', ring)).toEqual({ ok: false, error: { code: 'input-too-large' } })
    const wrong = await ask('app.proposeFolder', { name: { secret: 'Ada' } })
    expect(wrong).toMatchObject({ ok: false, error: { code: 'invalid-input' } })
    expect(JSON.stringify(wrong)).not.toContain('Ada')
  })

  it('refuses what is made to trip the parser, like any other wrong input', async () => {
    const { ask } = serveWith({})
    const noLength = { length: { toString: 1, valueOf: 1 } }
    expect(await ask('app.open', { folder: noLength, passphrase: '' })).toMatchObject({
      ok: false,
      error: { code: 'invalid-input' },
    })
  })

  it('turns a failure into data, and lets a bug be a bug', async () => {
    const failure = serveWith({
      lock: () => Promise.reject(new Failure({ code: 'disk-full', freeBytes: 1 } as never)),
    })
    expect(await failure.ask('app.lock')).toEqual({
      ok: false,
      error: { code: 'disk-full', detail: { code: 'disk-full', freeBytes: 1 } },
    })
    const bug = serveWith({ lock: () => Promise.reject(new InvariantViolation('a rule')) })
    await expect(bug.ask('app.lock')).rejects.toThrow('a rule')
    expect(bug.bugs).toHaveLength(1)
  })

  it('sees an answer against the contract', async () => {
    const { ask } = serveWith({ proposeFolder: () => Promise.resolve(7) })
    await expect(ask('app.proposeFolder', { name: 'A' })).rejects.toThrow(
      'app.proposeFolder answered against',
    )
  })
})

describe('app://', () => {
  it('finds files of its folder and nothing outside it', async () => {
    const folder = join(scratch, 'renderer')
    mkdirSync(join(folder, 'assets'), { recursive: true })
    for (const name of ['index.html', 'assets/a.js', 'assets/a.js.map']) writeFileSync(join(folder, name), '')
    writeFileSync(join(scratch, 'outside.txt'), '')
    writeFileSync(join(scratch, 'renderer-twin.txt'), '')
    symlinkSync(join(scratch, 'outside.txt'), join(folder, 'link.txt'))
    expect(await findFile(folder, 'app://consilium/')).toBe(join(folder, 'index.html'))
    expect(await findFile(folder, 'app://consilium/assets/a.js?x#y')).toBe(join(folder, 'assets/a.js'))
    for (const address of [
      'app://other/index.html',
      'https://consilium/index.html',
      'app://consilium/../outside.txt',
      'app://consilium/..%2foutside.txt',
      'app://consilium/%2e%2e/outside.txt',
      'app://consilium/..%5coutside.txt',
      'app://consilium/../renderer-twin.txt',
      'app://consilium/index.html%00',
      'app://consilium/%ff',
      'app://consilium/link.txt',
      'app://consilium/assets/a.js.map',
      'app://consilium/missing.js',
      'app://consilium/assets/',
      'not an address',
    ])
      expect(await findFile(folder, address), address).toBeNull()
  })

  it('allows scripts from our files alone', () => {
    expect(CONTENT_SECURITY_POLICY).toContain("default-src 'none'; script-src 'self';")
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe-eval|https?:|\*/)
    expect(CONTENT_SECURITY_POLICY.match(/'unsafe-inline'/g)).toHaveLength(1)
    expect(CONTENT_SECURITY_POLICY).toMatch(/; require-trusted-types-for 'script'; trusted-types default$/)
  })
})

describe('a caller', () => {
  const frame = (origin: string) => ({ origin }) as WebFrameMain
  const mainFrame = frame('app://consilium')
  const contents = (main: WebFrameMain) => ({ mainFrame: main }) as WebContents
  const ours = contents(mainFrame)
  const asks = (sender: WebContents, senderFrame: WebFrameMain | null, window: WebContents | null = ours) =>
    isOwnPage({ sender, senderFrame }, window, 'app://consilium')

  it('is our page in the main frame of our window, and nobody else (T22: E9)', () => {
    expect(asks(ours, mainFrame)).toBe(true)
    expect(asks(ours, mainFrame, null)).toBe(false)
    expect(asks(ours, null)).toBe(false)
    // Another window, with the very same page.
    expect(asks(contents(frame('app://consilium')), mainFrame)).toBe(false)
    // A frame within our page, of our own origin or another.
    expect(asks(ours, frame('app://consilium'))).toBe(false)
    expect(asks(ours, frame('null'))).toBe(false)
    // Our window that has gone elsewhere.
    const strayed = contents(frame('https://example.com'))
    expect(asks(strayed, strayed.mainFrame, strayed)).toBe(false)
    const twin = contents(frame('app://consilium.example'))
    expect(asks(twin, twin.mainFrame, twin)).toBe(false)
  })
})

describe('the command line', () => {
  const parse = (...argv: string[]) => parseCommandLine(argv, (path) => `/at/${path}`)

  it('knows the profile, hidden and the self-test', () => {
    expect(parse('.', '--profile', 'p', '--hidden')).toEqual({
      profileFolder: '/at/p',
      isHidden: true,
      isSelfTest: false,
    })
    expect(parse('--profile=q', '--self-test')).toMatchObject({ profileFolder: '/at/q', isSelfTest: true })
  })

  it('takes no switch and no empty text for a folder', () => {
    for (const argv of [['--profile'], ['--profile', '--hidden'], ['--profile='], []])
      expect(parse(...argv).profileFolder).toBeNull()
  })
})

describe('the window state', () => {
  const screens = [
    { x: 0, y: 0, width: 1920, height: 1080 },
    { x: 1920, y: 0, width: 1280, height: 1024 },
  ]
  const state: WindowState = { x: 100, y: 50, width: 1200, height: 700, isMaximized: false, zoomLevel: 0 }

  it('is read back as it was saved', async () => {
    const path = join(scratch, 'window.json')
    await saveWindowState(path, state)
    expect(loadWindowState(path)).toEqual(state)
  })

  it('is nothing when the file is missing, damaged or absurd', () => {
    const path = join(scratch, 'damaged.json')
    expect(loadWindowState(path)).toBeNull()
    for (const text of ['', '{', '{"x":1}', JSON.stringify({ ...state, width: 1e9 })]) {
      writeFileSync(path, text)
      expect(loadWindowState(path)).toBeNull()
    }
  })

  it('keeps the place on a screen that is there, and gives it up on one that is gone', () => {
    expect(fitToScreens(state, screens)).toEqual({ x: 100, y: 50, width: 1200, height: 700 })
    expect(fitToScreens({ ...state, x: 5000 }, screens)).toEqual({ width: 1200, height: 700 })
    expect(fitToScreens({ ...state, y: 2000 }, screens)).toEqual({ width: 1200, height: 700 })
    expect(fitToScreens({ ...state, x: 2000, width: 3000 }, screens)).toMatchObject({ x: 2000, width: 1280 })
    expect(fitToScreens(null, [{ x: 0, y: 0, width: 1024, height: 700 }])).toEqual({
      width: 1024,
      height: 700,
    })
  })
})

describe('fuses', () => {
  const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'

  it('are read behind the sentinel, wherever it lies', async () => {
    for (const before of [0, 5, (8 << 20) - 10, (8 << 20) + 3]) {
      const path = join(scratch, 'electron')
      writeFileSync(
        path,
        Buffer.concat([Buffer.alloc(before), Buffer.from(`${sentinel}\x01\x0801001r00`, 'latin1')]),
      )
      expect(await readFuses(path), String(before)).toEqual({
        runAsNode: 'off',
        cookieEncryption: 'on',
        nodeOptions: 'off',
        nodeCliInspect: 'off',
        embeddedAsarIntegrityValidation: 'on',
        onlyLoadAppFromAsar: 'removed',
        loadBrowserProcessSpecificV8Snapshot: 'off',
        grantFileProtocolExtraPrivileges: 'off',
      })
    }
  })

  it('are nothing where there is no sentinel', async () => {
    const path = join(scratch, 'other')
    writeFileSync(path, 'not electron')
    expect(await readFuses(path)).toBeNull()
  })
})

describe("the shell's words", () => {
  it('are there in both languages, each its own', () => {
    const [en, zh] = [shellWords('en'), shellWords('zh-Hant')]
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      if (typeof en[key] === 'string') expect(zh[key], key).not.toBe(en[key])
      expect(typeof zh[key]).toBe(typeof en[key])
    }
    expect(en.quitWaiting(1)).toContain('One visit')
    expect(zh.quitWaiting(3)).toContain('3')
  })
})
