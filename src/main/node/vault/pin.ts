/**
 * A few digits instead of the passphrase, at a machine that is locked and was unlocked by passphrase before
 * (docs/adr/0015).
 *
 *     pin key = scrypt(digits, salt, N, r, p)
 *     kept    = AES-256-GCM(hkdf(person's X25519 secret), pin key)       on the disk: nothing to guess digits against
 *     armed   = AES-256-GCM(pin key, person's secrets)                   in the memory of this process only
 *
 * So a stolen disk gives no way to try digits at all; the five tries are counted where the armed copy lies, and it is
 * destroyed after the last. Whoever can read the memory of a locked process could try digits, each for one scrypt:
 * sleep, closing and half a day destroy the copy as well.
 */
import { hkdfSync, randomBytes, scrypt } from 'node:crypto'
import { z } from 'zod'
import { fromHex, toHex, utf8Encode, type Bytes } from '../../../shared/std/bytes.ts'
import { encode } from '../chain/codec.ts'
import { openGcm, sealGcm } from './gcm.ts'
import { decodeSecrets, encodeSecrets, PEOPLE_SCRYPT_COST, type PersonSecrets } from './people-keys.ts'

export const PIN_DIGITS_MIN = 6
export const PIN_DIGITS_MAX = 12
export const PIN_TRIES = 5

export const keptPin = z.object({
  N: z
    .number()
    .int()
    .min(2)
    .max(2 ** 22),
  r: z.number().int().min(1).max(32),
  p: z.number().int().min(1).max(16),
  salt: z.string().regex(/^([0-9a-f]{2})+$/),
  sealed: z.string().regex(/^([0-9a-f]{2})+$/),
})
export type KeptPin = z.infer<typeof keptPin>

export interface ArmedPin {
  readonly personId: string
  /** Null for other digits. Costs one scrypt. */
  open(digits: string): Promise<PersonSecrets | null>
  forget(): void
}

export type PinVerdict = 'good' | 'not-digits' | 'too-short' | 'too-simple'

/** What everybody tries first is no PIN: one digit repeated, a run up or down, a year twice. */
export function checkPin(digits: string): PinVerdict {
  if (!/^[0-9]*$/.test(digits) || digits.length > PIN_DIGITS_MAX) return 'not-digits'
  if (digits.length < PIN_DIGITS_MIN) return 'too-short'
  const steps = new Set([...digits].slice(1).map((digit, i) => (Number(digit) - Number(digits[i]) + 10) % 10))
  const isRun = steps.size === 1 && (steps.has(0) || steps.has(1) || steps.has(9))
  const isRepeated = /^(.{1,3})\1+$/.test(digits)
  return isRun || isRepeated ? 'too-simple' : 'good'
}

/** @param cost N of scrypt; for tests only */
export async function makePin(
  secrets: PersonSecrets,
  personId: string,
  digits: string,
  cost = PEOPLE_SCRYPT_COST,
): Promise<KeptPin> {
  const kdf = { N: cost, r: 8, p: 1, salt: toHex(randomBytes(32)) }
  const key = await pinKey(digits, kdf)
  const sealed = toHex(sealGcm(keepingKey(secrets), aadOf('kept', personId), key))
  key.fill(0)
  return { ...kdf, sealed }
}

/** Null where the kept PIN is of other secrets, e.g. from before a reset. */
export function armPin(secrets: PersonSecrets, personId: string, kept: KeptPin): ArmedPin | null {
  const key = openGcm(keepingKey(secrets), aadOf('kept', personId), fromHex(kept.sealed))
  if (key === null) return null
  const content = encodeSecrets(secrets)
  const armed = sealGcm(key, aadOf('armed', personId), content)
  content.fill(0)
  key.fill(0)
  return {
    personId,
    async open(digits) {
      const tried = await pinKey(digits, kept)
      const opened = openGcm(tried, aadOf('armed', personId), armed)
      tried.fill(0)
      if (opened === null) return null
      const found = decodeSecrets(opened)
      opened.fill(0)
      return found
    },
    forget: () => void armed.fill(0),
  }
}

function pinKey(digits: string, { N, r, p, salt }: Omit<KeptPin, 'sealed'>): Promise<Bytes> {
  return new Promise((resolve, reject) => {
    const options = { N, r, p, maxmem: 256 * N * r }
    scrypt(utf8Encode(digits), fromHex(salt), 32, options, (error, key) =>
      error === null ? resolve(new Uint8Array(key)) : reject(error),
    )
  })
}

const keepingKey = ({ seal }: PersonSecrets): Bytes =>
  new Uint8Array(hkdfSync('sha256', seal, new Uint8Array(0), 'consilium/pin/1', 32))
const aadOf = (what: 'kept' | 'armed', personId: string): Bytes => encode(['consilium/pin/1', what, personId])
