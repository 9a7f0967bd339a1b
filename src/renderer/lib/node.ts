/** The node as the window calls it: every method of the contract, typed; a refusal is thrown as `NodeFailure`. */
import type { AllClients, Events } from '../../shared/contract/index.ts'
import type { Reply } from '../../shared/contract/kit.ts'
import type { Payload } from './bridge.ts'
import { confirmed } from './confirm.ts'

/** The node could not do what was asked; `code` is a key of the words for failures. */
export class NodeFailure extends Error {
  override readonly name = 'NodeFailure'
  readonly code: string
  readonly detail: unknown

  constructor(code: string, detail?: unknown) {
    super(code)
    this.code = code
    this.detail = detail
  }
}

/** The code of anything that was thrown; what is not ours is a defect and says so. */
export const failureCode = (error: unknown): string =>
  error instanceof NodeFailure ? error.code : 'unexpected'

type Ask = (input?: unknown) => Promise<Reply<unknown>>

function typedClient(): AllClients {
  const services: Record<string, Record<string, (input?: unknown) => Promise<unknown>>> = {}
  for (const [service, methods] of Object.entries(window.consilium)) {
    if (typeof methods !== 'object' || methods === null) continue
    const client: Record<string, (input?: unknown) => Promise<unknown>> = {}
    for (const [method, ask] of Object.entries(methods as Record<string, Ask>)) {
      client[method] = async (input) => {
        let reply = await ask(input)
        // Main asks for the passphrase once more; then the very same call is made again.
        if (isPassphraseNeeded(reply) && (await confirmed(`${service}.${method}`, input)))
          reply = await ask(input)
        if (reply.ok) return reply.value
        throw new NodeFailure(reply.error.code, reply.error.detail)
      }
    }
    services[service] = client
  }
  return services as unknown as AllClients
}

const isPassphraseNeeded = (reply: Reply<unknown>): boolean =>
  !reply.ok && reply.error.code === 'passphrase-needed'

export const node: AllClients = typedClient()

/** Calls `listener` for each event until the returned function is called. */
export function listen<S extends keyof Events & string, K extends keyof Events[S] & string>(
  service: S,
  event: K,
  listener: (payload: Payload<S, K>) => void,
): () => void {
  return window.consilium.on(service, event, listener as (payload: never) => void)
}

/** The path on disk of a file dropped on the window. */
export const pathForFile = (file: File): string => window.consilium.pathForFile(file)
