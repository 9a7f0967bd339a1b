/**
 * One way to ask a profile, whether this process opens it or another one has it open: the same contract, the same
 * handlers, the same answers.
 */
import type { AllClients } from '../../shared/contract/index.ts'
import type { Reply } from '../../shared/contract/kit.ts'
import { Failure } from '../../shared/std/failure.ts'
import { openHeadless } from '../headless.ts'
import { connectLocal } from '../local-socket/client.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import { isProfileInUse } from '../profile/profile-lock.ts'
import { dispatch } from '../services/dispatch.ts'

export interface Reached {
  readonly kind: 'opened-here' | 'over-socket'
  readonly ask: AllClients
  close(): Promise<void>
}

/** What a command was refused, with the code and detail that the other side gave. */
export class CommandFailure extends Failure<{ code: string; detail?: unknown }> {}

/** How often a profile is tried that its holder is just opening or closing. */
const ATTEMPTS = 20
const ATTEMPT_PAUSE_MS = 100

/**
 * @param passphrase null only for commands that need no person (`status`, `verify`)
 * @throws {CommandFailure} with a code of `openRefusal`
 */
export async function reachProfile(
  world: ProfileWorld,
  folder: string,
  passphrase: string | null,
  account = '',
): Promise<Reached> {
  for (let attempt = 1; ; attempt++) {
    const connected = await connectLocal(folder, passphrase, account)
    switch (connected.kind) {
      case 'connected': {
        const { client } = connected
        return {
          kind: 'over-socket',
          ask: askingBy((name, input) => client.call(name, input)),
          close: async () => client.close(),
        }
      }
      case 'refused':
        throw new CommandFailure({ code: connected.code, detail: connected.detail })
      case 'nobody':
        break
    }
    // Held, and nobody answers: it is being opened, closed, or its process was just killed.
    if ((await isProfileInUse(folder)) && attempt < ATTEMPTS) {
      await new Promise((resolve) => setTimeout(resolve, ATTEMPT_PAUSE_MS))
      continue
    }
    const headless = await openHeadless({ folder, passphrase, account, world })
    return {
      kind: 'opened-here',
      ask: askingBy((name, input) => dispatch(headless.handlers, headless.caller, name, input)),
      close: () => headless.close(),
    }
  }
}

/** Typed calls over any transport; a refusal is thrown with its code. */
function askingBy(call: (name: string, input: unknown) => Promise<Reply<unknown>>): AllClients {
  const service = (serviceName: string) =>
    new Proxy(
      {},
      {
        get: (_, method) => async (input: unknown) => {
          const reply = await call(`${serviceName}.${String(method)}`, input)
          if (reply.ok) return reply.value
          throw new CommandFailure({ code: reply.error.code, detail: reply.error.detail })
        },
      },
    )
  return new Proxy({}, { get: (_, name) => service(String(name)) }) as AllClients
}
