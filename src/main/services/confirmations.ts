/**
 * The passphrase given once more, for one call: a confirmation holds for this operation with this very input, for a
 * minute, and once. Nobody can have it given for one thing and use it for another.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { AccessFailure } from './context.ts'

export interface Confirmations {
  /** The person has just given the passphrase for this call. */
  give(operation: string, input: unknown): void
  /** True once after `give`. */
  take(operation: string, input: unknown): boolean
  forget(): void
}

const VALID_MS = 60_000
/** Whoever gives the passphrase for one call and does another leaves a few behind. */
const KEPT_MAX = 8

export function createConfirmations(now: () => number): Confirmations {
  const given = new Map<string, number>()
  return {
    give(operation, input) {
      given.set(keyOf(operation, input), now() + VALID_MS)
      if (given.size > KEPT_MAX) given.delete(given.keys().next().value!)
    },
    take(operation, input) {
      const key = keyOf(operation, input)
      const until = given.get(key)
      given.delete(key)
      return until !== undefined && now() <= until
    },
    forget: () => given.clear(),
  }
}

/** A command brings the passphrase when it connects, and is one act; made-up data has a passphrase that everybody knows. */
export const alwaysConfirmed: Confirmations = { give() {}, take: () => true, forget() {} }

const calls = new AsyncLocalStorage<{ readonly isConfirmed: boolean }>()

/** Runs a handler in the knowledge whether its call was confirmed. */
export const runCall = <T>(isConfirmed: boolean, work: () => Promise<T>): Promise<T> =>
  calls.run({ isConfirmed }, work)

/**
 * For handlers whose row says `by-subject`. Work that came through no door is our own.
 * @throws {AccessFailure} `passphrase-needed`
 */
export function expectConfirmed(): void {
  const call = calls.getStore()
  if (call !== undefined && !call.isConfirmed) throw new AccessFailure({ code: 'passphrase-needed' })
}

function keyOf(operation: string, input: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([operation, input ?? null], inOrder))
    .digest('base64')
}

/** The same fields in another order are the same input. */
function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}
