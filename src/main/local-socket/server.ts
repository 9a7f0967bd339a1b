/** The open profile's end of the local socket: the same contract as the window's, for the same user's command line. */
import { timingSafeEqual } from 'node:crypto'
import { chmod, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import type { Reply } from '../../shared/contract/kit.ts'
import { chooseAddress, publishControl, withdrawControl } from './address.ts'
import { talkLines, type Line } from './frames.ts'

/**
 * Asks the process at the other end for what only it can give: a dialog with the person. Null where it has nobody to ask, or is
 * gone; whoever asks must look at the answer.
 */
export type Ask = (what: string, input: unknown) => Promise<unknown>

/** A caller that showed the token; what it may do is its own session's matter. */
export interface Caller {
  /** Of the person whose passphrase it gave; null for one without. */
  readonly userKeyId: string | null
  dispatch(name: string, input: unknown): Promise<Reply<unknown>>
  close(): void
}

export interface LocalSocketOptions {
  readonly folder: string
  /**
   * Called once for each connection, with the account and passphrase that it gave or null. Throws a `Failure` (its detail is the
   * answer) when the passphrase does not open the profile.
   */
  readonly welcome: (
    credentials: { readonly account: string; readonly passphrase: string } | null,
    emit: (service: string, event: string, payload: unknown) => void,
    ask: Ask,
  ) => Promise<Caller>
}

/** Connections that may be open at once, and how long a silent one may take to say hello. */
const CONNECTIONS_MAX = 16
const HELLO_MS = 10_000
/** A listener that reads so slowly misses events; whoever asks again learns the same. */
const UNREAD_EVENT_BYTES_MAX = 1024 * 1024

export interface LocalSocket {
  close(): Promise<void>
}

export async function serveLocalSocket(options: LocalSocketOptions): Promise<LocalSocket> {
  const { control, scratch } = await chooseAddress(options.folder)
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    attend(socket, Buffer.from(control.token), options)
  })
  server.maxConnections = CONNECTIONS_MAX
  await listen(server, control.address)
  await publishControl(options.folder, control)
  return {
    async close() {
      await withdrawControl(options.folder)
      for (const socket of open) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      if (scratch !== null) await rm(scratch, { recursive: true, force: true })
    },
  }
}

async function listen(server: Server, address: string): Promise<void> {
  // The socket is made with the mask of this very moment: nobody else can connect even before the chmod below.
  const mask = process.platform === 'win32' ? null : process.umask(0o177)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(address, () => {
        server.off('error', reject)
        resolve()
      })
      if (mask !== null) process.umask(mask)
    })
  } finally {
    if (mask !== null) process.umask(mask)
  }
  if (mask !== null) await chmod(address, 0o600)
}

function attend(socket: Socket, token: Buffer, { welcome }: LocalSocketOptions): void {
  let caller: Caller | 'greeting' | null = null
  const asked = new Map<number, (answer: unknown) => void>()
  let nextAsk = 1
  const ask: Ask = (what, input) =>
    new Promise((resolve) => {
      if (socket.destroyed) {
        resolve(null)
        return
      }
      const id = nextAsk++
      asked.set(id, resolve)
      line.send({ ask: [id, what, input] })
    })
  const timer = setTimeout(() => socket.destroy(), HELLO_MS)
  const line: Line = talkLines(
    socket,
    (message) => {
      if (caller === null) {
        clearTimeout(timer)
        caller = 'greeting'
        void greet(message)
      } else if (caller === 'greeting')
        socket.destroy() // nothing may be asked before the hello is answered
      else if (!isAnswer(message)) void answer(caller, message)
    },
    () => {
      clearTimeout(timer)
      for (const resolve of asked.values()) resolve(null)
      asked.clear()
      if (caller !== null && caller !== 'greeting') caller.close()
    },
  )

  function isAnswer(message: unknown): boolean {
    const { answered, value } = (message ?? {}) as { answered?: unknown; value?: unknown }
    if (typeof answered !== 'number') return false
    asked.get(answered)?.(value ?? null)
    asked.delete(answered)
    return true
  }

  async function greet(message: unknown): Promise<void> {
    const hello = (message as { hello?: { token?: unknown; passphrase?: unknown; account?: unknown } } | null)
      ?.hello
    const given = Buffer.from(typeof hello?.token === 'string' ? hello.token : '')
    if (given.length !== token.length || !timingSafeEqual(given, token)) {
      socket.destroy()
      return
    }
    try {
      const account = typeof hello?.account === 'string' ? hello.account : ''
      const credentials =
        typeof hello?.passphrase === 'string' ? { account, passphrase: hello.passphrase } : null
      const emit = (service: string, event: string, payload: unknown): void => {
        if (socket.writableLength < UNREAD_EVENT_BYTES_MAX) line.send({ event: [service, event, payload] })
      }
      const welcomed = await welcome(credentials, emit, ask)
      if (socket.destroyed) welcomed.close()
      else caller = welcomed
      line.send({ hello: { ok: true, userKeyId: welcomed.userKeyId } })
    } catch (error) {
      const detail = (error as { detail?: { code?: unknown } }).detail
      line.send({ hello: { ok: false, error: { code: String(detail?.code ?? 'internal'), detail } } })
      line.close()
    }
  }

  async function answer(to: Caller, message: unknown): Promise<void> {
    const { id, call, input } = (message ?? {}) as { id?: unknown; call?: unknown; input?: unknown }
    if (typeof id !== 'number' || typeof call !== 'string') {
      socket.destroy()
      return
    }
    line.send({ id, reply: await to.dispatch(call, input) })
  }
}
