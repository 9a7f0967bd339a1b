/** A real institution behind the window's channels, and what comes of malformed messages to it. */
import { contract, type AllHandlers } from '../../shared/contract/index.ts'
import type { Reply, Service } from '../../shared/contract/kit.ts'
import { channelOf } from '../../shared/contract/names.ts'
import { serve } from './serve.ts'
import { testWorld } from '../governance/institution.test-kit.ts'
import { foundProfile, openHeadless } from '../headless.ts'
import { CANARY, diceOf, malformedFor } from './malformed.test-kit.ts'

const PASSPHRASE = 'a passphrase of several words'

export interface Fuzzed {
  /** @returns what was answered otherwise than with a refusal that says nothing */
  run(service: string, method: string, count: number): Promise<{ wrong: string[]; count: number }>
  isWell(): Promise<boolean>
  close(): Promise<void>
}

export async function openFuzzed(folder: string): Promise<Fuzzed> {
  const world = testWorld()
  await foundProfile(
    {
      folder,
      institutionName: 'North',
      personName: 'Ada',
      passphrase: PASSPHRASE,
      zone: 'Asia/Taipei',
      isSynthetic: true,
    },
    world,
  )
  const headless = await openHeadless({ folder, passphrase: PASSPHRASE, world })
  const channels = new Map<string, (raw: unknown) => Promise<Reply<unknown>>>()
  const handlers: AllHandlers = headless.handlers
  serve({
    handle: (channel, listener) => channels.set(channel, (raw) => listener({} as never, raw)),
    isTrustedSender: () => true,
    handlers,
    caller: headless.caller,
    areOutputsChecked: true,
  })
  return {
    async run(service, method, count) {
      const { input } = (contract as Record<string, Service>)[service]![method]!
      const channel = channelOf(service, method)
      const dice = diceOf(channel)
      const wrong: string[] = []
      for (let i = 0; i < count; i++) {
        let told: string
        try {
          const reply = await channels.get(channel)!(malformedFor(input, dice))
          told = JSON.stringify(reply)
          if (!reply.ok && REFUSED.has(reply.error.code) && !told.includes(CANARY)) continue
        } catch (error) {
          told = error instanceof Error ? (error.stack ?? error.message) : String(error)
        }
        wrong.push(`${channel} ${i}: ${told.slice(0, 500)}`)
      }
      return { wrong, count }
    },
    async isWell() {
      const status = await channels.get('node.status')!(undefined)
      return status.ok && (status.value as { state: string }).state === 'running'
    },
    close: () => headless.close(),
  }
}

/** By the door, before any handler ran. */
const REFUSED = new Set(['invalid-input', 'input-too-large', 'not-permitted'])
