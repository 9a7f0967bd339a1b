/** The command line's end of the local socket. */
import { connect, type Socket } from 'node:net'
import type { Reply } from '../../shared/contract/kit.ts'
import { readControl } from './address.ts'
import { talkLines, type Line } from './frames.ts'
import type { Ask } from './server.ts'

export interface LocalClient {
  call(name: string, input?: unknown): Promise<Reply<unknown>>
  onEvent(listener: (service: string, event: string, payload: unknown) => void): void
  /** Who answers when the other process asks the person something; without it the answer is that nobody is here. */
  onAsk(answer: Ask): void
  close(): void
}

export type Connected =
  /** `userKeyId`: of the person whose passphrase was given. */
  | { kind: 'connected'; client: LocalClient; userKeyId: string | null }
  /** Nobody listens: the profile is not open, or its process died. */
  | { kind: 'nobody' }
  | { kind: 'refused'; code: string; detail: unknown }

/** Speaks to the process that has the profile open. `passphrase` null asks only for what needs no person. */
export async function connectLocal(
  folder: string,
  passphrase: string | null,
  account = '',
): Promise<Connected> {
  const control = await readControl(folder)
  if (control === null) return { kind: 'nobody' }
  const socket = await dial(control.address)
  if (socket === null) return { kind: 'nobody' }
  const waiting = new Map<number, (reply: Reply<unknown>) => void>()
  const listeners: ((service: string, event: string, payload: unknown) => void)[] = []
  let answerer: Ask = () => Promise.resolve(null)
  let nextId = 1
  return new Promise<Connected>((resolve) => {
    const line: Line = talkLines(
      socket,
      (message) => {
        const { hello, id, reply, event, ask } = (message ?? {}) as {
          hello?: { ok?: boolean; userKeyId?: string | null; error?: { code?: string; detail?: unknown } }
          id?: number
          reply?: Reply<unknown>
          event?: [string, string, unknown]
          ask?: [number, string, unknown]
        }
        if (hello !== undefined)
          resolve(
            hello.ok === true
              ? { kind: 'connected', client, userKeyId: hello.userKeyId ?? null }
              : { kind: 'refused', code: hello.error?.code ?? 'internal', detail: hello.error?.detail },
          )
        else if (event !== undefined) for (const listener of listeners) listener(...event)
        else if (ask !== undefined) void answerAsked(...ask)
        else if (id !== undefined && reply !== undefined) {
          waiting.get(id)?.(reply)
          waiting.delete(id)
        }
      },
      () => {
        for (const answer of waiting.values()) answer({ ok: false, error: { code: 'connection-lost' } })
        waiting.clear()
        resolve({ kind: 'nobody' })
      },
    )
    const answerAsked = async (asked: number, what: string, input: unknown): Promise<void> => {
      // A dialog that fails is one that was closed: the other process must not wait for ever.
      const value = await answerer(what, input).catch(() => null)
      line.send({ answered: asked, value })
    }
    const client: LocalClient = {
      call: (name, input) =>
        new Promise((answer) => {
          if (socket.destroyed) {
            answer({ ok: false, error: { code: 'connection-lost' } })
            return
          }
          const id = nextId++
          waiting.set(id, answer)
          line.send({ id, call: name, input })
        }),
      onEvent: (listener) => listeners.push(listener),
      onAsk: (answer) => void (answerer = answer),
      close: () => line.close(),
    }
    line.send({ hello: { token: control.token, ...(passphrase === null ? {} : { passphrase, account }) } })
  })
}

function dial(address: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(address)
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(null))
  })
}
