/**
 * An institution's keys in shares (security-privacy 6): a recovery file, which is sealed, and five shares of its key, of which
 * three open it. Where there are other hospitals, they hold a part of the key as well and give it out after a delay, so that three
 * holders alone cannot act in secret.
 *
 *     recovery key = 32 random bytes, split by Shamir's scheme over GF(2^8) (shamir-secret-sharing)
 *     key          = hkdf-sha256(recovery key ‖ part of the hospitals, salt = set id, "consilium/shares/1")
 *     sealed       = nonce ‖ AES-256-GCM(key, aad = cbor([fingerprint, set id, threshold, count, has a part]), content of a kit) ‖ tag
 *     share        = set id 16 ‖ number 1 ‖ share of the library 33, in numbered lines with checks
 */
import { hkdfSync } from 'node:crypto'
import { combine, split } from 'shamir-secret-sharing'
import { z } from 'zod'
import { concatBytes, equalBytes, fromHex, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { encode } from '../chain/codec.ts'
import type { Random } from '../crypto/crypto.ts'
import { readLines, slices, writeLines } from './checked-lines.ts'
import { openGcm, sealGcm } from './gcm.ts'
import { decodeKit, encodeKit, fingerprintOf, type RecoveryKit } from './recovery-kit.ts'

export const SHARE_COUNT = 5
export const SHARE_THRESHOLD = 3
const KEY_BYTES = 32
const SET_ID_BYTES = 16
const LIBRARY_SHARE_BYTES = KEY_BYTES + 1
const TITLE = 'CONSILIUM RECOVERY SHARE 1'

const recoveryFile = z.object({
  what: z.string(),
  format: z.literal(1),
  institutionName: z.string(),
  fingerprint: z.string(),
  setId: z.string().regex(/^[0-9a-f]{32}$/),
  threshold: z.number().int().min(2).max(255),
  shareCount: z.number().int().min(2).max(255),
  /** The hospitals hold a part of the key. */
  hasPart: z.boolean(),
  madeOn: z.string(),
  sealed: z.string().regex(/^([0-9a-f]{2})+$/),
})
export type RecoveryFile = z.infer<typeof recoveryFile>

export interface MadeShares {
  /** Not secret by itself: it may lie with the backups. */
  readonly fileText: string
  readonly shareTexts: readonly string[]
}

export interface ShareSetting {
  readonly setId: Bytes
  /** Held by the other hospitals; null where there is none. */
  readonly part: Bytes | null
  /** A civil date for the reader. */
  readonly madeOn: string
}

export async function makeShares(
  random: Random,
  kit: RecoveryKit,
  { setId, part, madeOn }: ShareSetting,
): Promise<MadeShares> {
  const recoveryKey = random(KEY_BYTES)
  const content = encodeKit(kit)
  const about: Omit<RecoveryFile, 'sealed'> = {
    what:
      'Recovery file of an institution in Consilium. It opens with any ' +
      `${SHARE_THRESHOLD} of ${SHARE_COUNT} shares` +
      (part === null ? '.' : ', and the part that another hospital releases 72 hours after it was asked.'),
    format: 1,
    institutionName: kit.facts.institutionName,
    fingerprint: fingerprintOf(kit.facts),
    setId: toHex(setId),
    threshold: SHARE_THRESHOLD,
    shareCount: SHARE_COUNT,
    hasPart: part !== null,
    madeOn,
  }
  const key = keyOf(recoveryKey, part, setId)
  const shares = await split(recoveryKey, SHARE_COUNT, SHARE_THRESHOLD)
  const sealed = toHex(sealGcm(key, aadOf(about), content))
  for (const secret of [recoveryKey, content, key]) secret.fill(0)
  const shareTexts = shares.map((share, position) => shareText(about, position + 1, share))
  for (const share of shares) share.fill(0)
  return { fileText: `${JSON.stringify({ ...about, sealed }, null, 2)}\n`, shareTexts }
}

export type ReadShare =
  | { kind: 'share'; setId: Bytes; number: number; share: Bytes }
  | { kind: 'refused'; reason: 'not-a-share' | 'damaged'; line?: number }

export function readShare(text: string): ReadShare {
  const read = readLines(text)
  if (!/CONSILIUM\s+RECOVERY\s+SHARE\s+1\b/i.test(text) || read.kind === 'none')
    return { kind: 'refused', reason: 'not-a-share' }
  if (read.kind === 'damaged') return { kind: 'refused', reason: 'damaged', line: read.line }
  const bytes = concatBytes(...read.parts)
  const number = bytes[SET_ID_BYTES]
  if (bytes.length !== SET_ID_BYTES + 1 + LIBRARY_SHARE_BYTES || !number)
    return { kind: 'refused', reason: 'damaged' }
  return {
    kind: 'share',
    setId: bytes.slice(0, SET_ID_BYTES),
    number,
    share: bytes.slice(SET_ID_BYTES + 1),
  }
}

/** Null for what is no recovery file. */
export function readRecoveryFile(text: string): RecoveryFile | null {
  try {
    const parsed = recoveryFile.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

export type CombineRefusal =
  | 'not-a-recovery-file'
  | 'not-a-share'
  | 'damaged'
  /** A share is of another recovery file. */
  | 'other-set'
  | 'same-share-twice'
  | 'too-few-shares'
  | 'part-missing'
  /** A share or the part is not what it should be. */
  | 'does-not-open'

export type Combined =
  | { kind: 'kit'; kit: RecoveryKit }
  /** `position`: of the share that is to blame, from 0. */
  | { kind: 'refused'; reason: CombineRefusal; position?: number; line?: number }

/** @param part in hex, as a hospital released it; null where there is none */
export async function combineShares(
  fileText: string,
  shareTexts: readonly string[],
  part: string | null,
): Promise<Combined> {
  const file = readRecoveryFile(fileText)
  if (file === null) return { kind: 'refused', reason: 'not-a-recovery-file' }
  const shares = new Map<number, Bytes>()
  for (const [position, text] of shareTexts.entries()) {
    const read = readShare(text)
    if (read.kind === 'refused') return { ...read, position }
    if (!equalBytes(read.setId, fromHex(file.setId)))
      return { kind: 'refused', reason: 'other-set', position }
    if (shares.has(read.number)) return { kind: 'refused', reason: 'same-share-twice', position }
    shares.set(read.number, read.share)
  }
  if (shares.size < file.threshold) return { kind: 'refused', reason: 'too-few-shares' }
  const partBytes = part !== null && /^[0-9a-f]{64}$/.test(part) ? fromHex(part) : null
  if (file.hasPart && partBytes === null) return { kind: 'refused', reason: 'part-missing' }
  const recoveryKey = await combine([...shares.values()]).catch(() => null)
  if (recoveryKey === null) return { kind: 'refused', reason: 'does-not-open' }
  const key = keyOf(recoveryKey, file.hasPart ? partBytes : null, fromHex(file.setId))
  const content = openGcm(key, aadOf(file), fromHex(file.sealed))
  for (const secret of [recoveryKey, key, ...shares.values()]) secret.fill(0)
  const kit = content && decodeKit(content)
  content?.fill(0)
  return kit === null || fingerprintOf(kit.facts) !== file.fingerprint
    ? { kind: 'refused', reason: 'does-not-open' }
    : { kind: 'kit', kit }
}

function keyOf(recoveryKey: Bytes, part: Bytes | null, setId: Bytes): Bytes {
  const secret = part === null ? recoveryKey.slice() : concatBytes(recoveryKey, part)
  const key = new Uint8Array(hkdfSync('sha256', secret, setId, 'consilium/shares/1', 32))
  secret.fill(0)
  return key
}

function aadOf(about: Omit<RecoveryFile, 'sealed'>): Bytes {
  const { fingerprint, setId, threshold, shareCount, hasPart } = about
  return encode([fingerprint, fromHex(setId), threshold, shareCount, hasPart ? 1 : 0])
}

function shareText(about: Omit<RecoveryFile, 'sealed'>, number: number, share: Bytes): string {
  const bytes = concatBytes(fromHex(about.setId), Uint8Array.of(number), share)
  const lines = writeLines(slices(bytes))
  bytes.fill(0)
  return [
    TITLE,
    `Institution: ${about.institutionName}`,
    `Fingerprint: ${about.fingerprint}`,
    `Share: ${number} of ${about.shareCount}, ${about.threshold} are needed`,
    `Made on: ${about.madeOn}`,
    '',
    `Whoever holds ${about.threshold} of these can bring the institution's keys back. Hold one, keep it apart from the others`,
    'and from the recovery file, and tell the institution when you give it on or lose it.',
    '',
    ...lines,
    'END OF SHARE',
    '',
  ].join('\n')
}
