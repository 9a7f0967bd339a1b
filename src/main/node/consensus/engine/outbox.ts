/** What a batch of inputs asks to be done, in the order of R20. */
import type { MemberId } from '../../chain/ids.ts'
import { encodeMessage, type Message } from './messages.ts'
import type { Decision, HaltReason, HeightContext, Value } from './world.ts'

export interface Outbox {
  readonly entries: Uint8Array[]
  readonly values: Value[]
  standing: Uint8Array | null
  readonly sends: { readonly to: MemberId | null; readonly message: Uint8Array }[]
  /** What ends the batch: the next height, or the end. */
  decision: Decision | null
  advance: HeightContext | null
  halt: HaltReason | null
}

export const emptyOutbox = (): Outbox => ({
  entries: [],
  values: [],
  standing: null,
  sends: [],
  decision: null,
  advance: null,
  halt: null,
})

export function isOver({ decision, advance, halt }: Outbox): boolean {
  return decision !== null || advance !== null || halt !== null
}

export function broadcast(out: Outbox, message: Message): void {
  out.sends.push({ to: null, message: encodeMessage(message) })
}

export function send(out: Outbox, to: MemberId, message: Message): void {
  out.sends.push({ to, message: encodeMessage(message) })
}
