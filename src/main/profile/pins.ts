/**
 * PINs of the people at this machine: what is kept of them in the folder, and the one that may unlock now. A PIN belongs
 * to the machine: it is in no backup, and is made anew elsewhere.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { armPin, keptPin, makePin, PIN_TRIES, type ArmedPin, type KeptPin } from '../node/vault/pin.ts'
import type { OpenedFile, PersonSecrets } from '../node/vault/people-keys.ts'
import { writeFileAtomic } from './atomic-file.ts'

export const PINS = 'pins.json'
const pinsFile = z.object({ format: z.literal(1), people: z.record(z.string(), keptPin) })

/** A working day with its breaks; then the passphrase is due. */
export const PIN_VALID_MS = 12 * 3_600_000

export interface WaitingPin {
  readonly personId: string
  readonly triesLeft: number
}

export type PinAnswer =
  | { readonly kind: 'opened'; readonly personId: string; readonly secrets: PersonSecrets }
  | { readonly kind: 'wrong'; readonly triesLeft: number }
  /** None waits, or it was tried too often: only the passphrase unlocks. */
  | { readonly kind: 'gone' }

export interface Pins {
  /** Of whoever gave the passphrase last, where they have a PIN. */
  waiting(): WaitingPin | null
  has(personId: string): Promise<boolean>
  /** Somebody's door was opened with the passphrase. */
  opened(file: OpenedFile): Promise<void>
  try(digits: string): Promise<PinAnswer>
  /** @throws what keeps the file from being written */
  set(file: OpenedFile, digits: string): Promise<void>
  /** @throws what keeps the file from being written */
  remove(personId: string): Promise<void>
  forget(): void
}

export function openPins(folder: string, now: () => number, cost?: number): Pins {
  let armed: { pin: ArmedPin; triesLeft: number; until: number } | null = null

  const load = async (): Promise<Record<string, KeptPin>> => {
    try {
      return pinsFile.parse(JSON.parse(await readFile(join(folder, PINS), 'utf8'))).people
    } catch {
      return {} // None was made, or the file is of no use: a PIN is made anew in a minute.
    }
  }
  const save = (people: Record<string, KeptPin>) =>
    writeFileAtomic(join(folder, PINS), `${JSON.stringify({ format: 1, people }, null, 2)}\n`)

  function forget(): void {
    armed?.pin.forget()
    armed = null
  }
  function arm({ entry, secrets }: OpenedFile, kept: KeptPin | undefined): void {
    forget()
    const pin = kept === undefined ? null : armPin(secrets, entry.personId, kept)
    if (pin === null) return
    armed = { pin, triesLeft: PIN_TRIES, until: now() + PIN_VALID_MS }
  }
  function waiting(): WaitingPin | null {
    if (armed !== null && now() > armed.until) forget()
    if (armed === null) return null
    return { personId: armed.pin.personId, triesLeft: armed.triesLeft }
  }

  return {
    waiting,
    has: async (personId) => Object.hasOwn(await load(), personId),
    opened: async (file) => arm(file, (await load())[file.entry.personId]),
    async try(digits) {
      if (waiting() === null || armed === null) return { kind: 'gone' }
      const mine = armed
      // Counted before it is tried: nobody tries twice at once.
      mine.triesLeft--
      const secrets = await mine.pin.open(digits)
      if (armed !== mine) {
        secrets?.user.fill(0)
        secrets?.seal.fill(0)
        return { kind: 'gone' }
      }
      if (secrets !== null) {
        mine.triesLeft = PIN_TRIES
        return { kind: 'opened', personId: mine.pin.personId, secrets }
      }
      if (mine.triesLeft > 0) return { kind: 'wrong', triesLeft: mine.triesLeft }
      forget()
      return { kind: 'gone' }
    },
    async set(file, digits) {
      const kept = await makePin(file.secrets, file.entry.personId, digits, cost)
      await save({ ...(await load()), [file.entry.personId]: kept })
      arm(file, kept)
    },
    async remove(personId) {
      const { [personId]: _, ...others } = await load()
      await save(others)
      if (armed?.pin.personId === personId) forget()
    },
    forget,
  }
}
