/**
 * Serves the contract to the window over Electron's IPC: one channel for each method, so that nothing generic can
 * be called, and only for our own page in our own window.
 */
import type { IpcMainInvokeEvent } from 'electron'
import { contract, type AllHandlers } from '../../shared/contract/index.ts'
import type { Reply, Service } from '../../shared/contract/kit.ts'
import { channelOf } from '../../shared/contract/names.ts'
import { InvariantViolation } from '../../shared/std/assert.ts'
import { dispatch, type Caller } from '../services/dispatch.ts'

export interface ServeOptions {
  /** `ipcMain.handle` */
  readonly handle: (
    channel: string,
    listener: (event: IpcMainInvokeEvent, raw: unknown) => Promise<Reply<unknown>>,
  ) => void
  readonly isTrustedSender: (event: IpcMainInvokeEvent) => boolean
  readonly handlers: AllHandlers
  /** Who is at the window. */
  readonly caller: Caller
  /** In development and tests the answers are parsed too: a wrong one is a defect to see at once. */
  readonly areOutputsChecked: boolean
  /** Told of what no honest window does: wrong senders, oversized input. Names and codes, never values. */
  readonly onRefused?: (channel: string, code: string) => void
  /** Told when a rule of our own does not hold, so that the application can stop. */
  readonly onBug?: (error: unknown) => void
}

/** More than any honest form or list of paths; a visit's record is at most 256 KiB. */
const LARGEST_INPUT_UNITS = 4 << 20

export function serve(options: ServeOptions): void {
  for (const [service, methods] of Object.entries(contract)) {
    for (const method of Object.keys(methods)) {
      const channel = channelOf(service, method)
      options.handle(channel, async (event, raw) => {
        const refused = !options.isTrustedSender(event)
          ? 'untrusted-sender'
          : !isWithinSize(raw, LARGEST_INPUT_UNITS)
            ? 'input-too-large'
            : null
        if (refused !== null) {
          options.onRefused?.(channel, refused)
          return { ok: false, error: { code: refused } }
        }
        try {
          const reply = await dispatch(options.handlers, options.caller, channel, raw)
          if (options.areOutputsChecked && reply.ok) checkOutput(service, method, reply.value)
          return reply
        } catch (error) {
          if (error instanceof InvariantViolation) options.onBug?.(error)
          throw error
        }
      })
    }
  }
}

function checkOutput(service: string, method: string, value: unknown): void {
  const { output } = (contract as Record<string, Service>)[service]![method]!
  const parsed = output.safeParse(value)
  if (parsed.success) return
  const where = parsed.error.issues
    .map(({ path, code }) => `${path.map(String).join('.')} ${code}`)
    .join(', ')
  throw new Error(`${channelOf(service, method)} answered against its contract: ${where}`)
}

/** A part that stands in a message so often is one that holds itself: it would be counted until the limit is reached. */
const SAME_PART_MAX = 1_000

/** Whether text units, bytes and fields together stay below the limit; stops counting as soon as they do not. */
function isWithinSize(raw: unknown, limit: number): boolean {
  let left = limit
  const counts = new Map<object, number>()
  const pending: unknown[] = [raw]
  while (pending.length > 0) {
    const value = pending.pop()
    left -= 1
    if (typeof value === 'string') left -= value.length
    else if (ArrayBuffer.isView(value)) left -= value.byteLength
    else if (value instanceof ArrayBuffer) left -= value.byteLength
    else if (typeof value === 'object' && value !== null) {
      const count = (counts.get(value) ?? 0) + 1
      if (count > SAME_PART_MAX) return false
      counts.set(value, count)
      const fields: unknown[] = Object.values(value)
      if (fields.length > left) return false
      for (const field of fields) pending.push(field)
    }
    if (left < 0) return false
  }
  return true
}
