/**
 * Asking a worker thread and hearing its answers: calls with numbers in one direction or both, over a thread's port.
 * Typed by a map from the name of a call to its input and output.
 */
import type { MessagePort, Transferable, Worker } from 'node:worker_threads'
import { Failure } from '../../shared/std/failure.ts'

export type CallMap = Readonly<Record<string, { input: unknown; output: unknown }>>

/** What the other side answers to; the input arrives as it was sent. */
export type Answers<Calls extends CallMap> = {
  [Name in keyof Calls]: (
    input: Calls[Name]['input'],
  ) => Promise<Calls[Name]['output']> | Calls[Name]['output']
}

/** The thread ended while somebody waited for it. */
export class WorkerFailure extends Failure<{ code: 'worker-ended'; reason: string } | { code: string }> {}

export interface Peer<Calls extends CallMap> {
  call<Name extends keyof Calls & string>(
    name: Name,
    input: Calls[Name]['input'],
    transfer?: readonly Transferable[],
  ): Promise<Calls[Name]['output']>
}

type Message =
  | { kind: 'call'; id: number; name: string; input: unknown }
  | { kind: 'answer'; id: number; output: unknown }
  | { kind: 'failure'; id: number; detail: { code: string } | null; message: string }

/** Speaks over `port`; `answers` serves what the other side asks. Errors that are no failures end the caller's wait too. */
export function speak<Theirs extends CallMap, Ours extends CallMap>(
  port: Worker | MessagePort,
  answers: Answers<Ours>,
): Peer<Theirs> {
  const waiting = new Map<number, { resolve: (output: never) => void; reject: (error: Error) => void }>()
  let nextId = 1
  let ended: WorkerFailure | null = null

  const end = (reason: string): void => {
    ended ??= new WorkerFailure({ code: 'worker-ended', reason })
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
  }
  const answer = async ({ id, name, input }: { id: number; name: string; input: unknown }): Promise<void> => {
    try {
      const output = await (answers as Record<string, (input: unknown) => unknown>)[name]!(input)
      port.postMessage({ kind: 'answer', id, output })
    } catch (error) {
      const detail = error instanceof Failure ? error.detail : null
      port.postMessage({
        kind: 'failure',
        id,
        detail,
        message: error instanceof Error ? `${error.stack}` : String(error),
      })
    }
  }

  port.on('message', (message: Message) => {
    switch (message.kind) {
      case 'call':
        void answer(message)
        break
      case 'answer':
        waiting.get(message.id)?.resolve(message.output as never)
        waiting.delete(message.id)
        break
      case 'failure': {
        const { detail } = message
        waiting
          .get(message.id)
          ?.reject(detail === null ? new Error(message.message) : new WorkerFailure(detail))
        waiting.delete(message.id)
        break
      }
    }
  })
  port.on('error', (error: Error) => end(error.message))
  port.on('exit', (code: number) => end(`exit ${code}`))
  port.on('close', () => end('closed'))

  return {
    call(name, input, transfer = []) {
      return new Promise((resolve, reject) => {
        if (ended !== null) {
          reject(ended)
          return
        }
        const id = nextId++
        waiting.set(id, { resolve, reject })
        port.postMessage({ kind: 'call', id, name, input } satisfies Message, transfer)
      })
    },
  }
}
