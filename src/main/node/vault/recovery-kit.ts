/**
 * The recovery kit: everything that an institution needs to go on after its machine burnt, on a page or in a file.
 *
 * The keys are sealed under a recovery code that stands on the same page by default and may be cut off and kept
 * apart. Each line carries its number and a check, so that a typing error is found where it is.
 *
 *     code   = 20 random bytes                       key = hkdf-sha256(code, "consilium/kit/1")
 *     sealed = nonce ‖ AES-256-GCM(key, nonce, aad = fingerprint, cbor([1, facts, node, session, root])) ‖ tag
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { concatBytes, utf8Encode, type Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import { decodeCrockford, encodeCrockford } from './crockford.ts'
import {
  decodeNodeKeys,
  decodeRootKeys,
  decodeSessionKeys,
  encodeNodeKeys,
  encodeRootKeys,
  encodeSessionKeys,
  forgetNodeKeys,
  forgetSessionKeys,
  type InstitutionKeys,
} from './institution-keys.ts'

/** What a kit says besides keys; none of it is secret, all of it is needed to start again. */
export interface KitFacts {
  readonly institutionName: string
  readonly memberId: Bytes
  readonly chainId: Bytes
  /** IANA zone of the facility. */
  readonly zone: string
  readonly isSynthetic: boolean
  /** The signed genesis document. */
  readonly genesis: Bytes
}

export interface RecoveryKit {
  readonly facts: KitFacts
  readonly keys: InstitutionKeys
}

export type ReadKit =
  | { kind: 'kit'; kit: RecoveryKit; fingerprint: string }
  | { kind: 'refused'; reason: 'not-a-kit' | 'damaged'; line?: number }

const TITLE = 'CONSILIUM RECOVERY KIT 1'
const CODE_BYTES = 20
const LINE_DIGITS = 50

/** Overwrites every key of a kit that was read. */
export function forgetKit({ keys }: RecoveryKit): void {
  forgetNodeKeys(keys.node)
  forgetSessionKeys(keys.session)
  keys.root.root.fill(0)
}

/** The kit as text, to print or to keep as a file. `madeOn` is a civil date for the reader. */
export function writeKit(kit: RecoveryKit, madeOn: string): { text: string; fingerprint: string } {
  const { facts, keys } = kit
  const code = randomBytes(CODE_BYTES)
  const fingerprint = fingerprintOf(facts)
  const content = encode([
    1,
    [
      facts.institutionName,
      facts.memberId,
      facts.chainId,
      facts.zone,
      facts.isSynthetic ? 1 : 0,
      facts.genesis,
    ],
    encodeNodeKeys(keys.node),
    encodeSessionKeys(keys.session),
    encodeRootKeys(keys.root),
  ])
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', kitKey(code), nonce)
  cipher.setAAD(utf8Encode(fingerprint))
  const sealed = concatBytes(nonce, cipher.update(content), cipher.final(), cipher.getAuthTag())
  content.fill(0)
  const lines = [code, ...slices(sealed)].map((bytes, number) => kitLine(number, bytes))
  const text = [
    TITLE,
    `Institution: ${facts.institutionName}`,
    `Fingerprint: ${fingerprint}`,
    `Made on: ${madeOn}`,
    '',
    'Whoever holds this text can act as the institution and open its records: keep it in a safe place,',
    'apart from the machine. Line 00 is the recovery code; it may be cut off and kept elsewhere.',
    '',
    ...lines,
    'END OF KIT',
    '',
  ].join('\n')
  return { text, fingerprint }
}

/** Reads a kit, typed or pasted: case, spaces, dashes and look-alike letters are forgiven, wrong digits are not. */
export function readKit(text: string): ReadKit {
  const fingerprint = /Fingerprint:\s*([0-9A-Za-z-]+)/i.exec(text)?.[1]?.toUpperCase()
  const lines = [...text.matchAll(/^\s*(\d{2})\s+([0-9A-Za-z\s-]+?)\s+=\s*([0-9A-Za-z]{2})\s*$/gm)]
  if (!/CONSILIUM\s+RECOVERY\s+KIT\s+1\b/i.test(text) || fingerprint === undefined || lines.length === 0)
    return { kind: 'refused', reason: 'not-a-kit' }
  const parts: Bytes[] = []
  for (const [, number, digits, check] of lines) {
    const bytes = decodeCrockford(digits!)
    if (
      bytes === null ||
      Number(number) !== parts.length ||
      lineCheck(parts.length, bytes) !== canonical(check!)
    )
      return { kind: 'refused', reason: 'damaged', line: parts.length }
    parts.push(bytes)
  }
  const kit = openKit(parts[0]!, concatBytes(...parts.slice(1)), fingerprint)
  return kit !== null && fingerprintOf(kit.facts) === fingerprint
    ? { kind: 'kit', kit, fingerprint }
    : { kind: 'refused', reason: 'damaged' }
}

/** Sixteen digits over what names the institution: read out on the telephone to compare. */
export function fingerprintOf(facts: Pick<KitFacts, 'memberId' | 'chainId'>): string {
  const digest = createHash('sha256')
    .update('consilium/kit/1')
    .update(facts.memberId)
    .update(facts.chainId)
    .digest()
  return encodeCrockford(digest.subarray(0, 10)).replace(/(.{4})(?=.)/g, '$1-')
}

function openKit(code: Bytes, sealed: Bytes, fingerprint: string): RecoveryKit | null {
  if (code.length !== CODE_BYTES || sealed.length < 28) return null
  const decipher = createDecipheriv('aes-256-gcm', kitKey(code), sealed.subarray(0, 12))
  decipher.setAAD(utf8Encode(fingerprint))
  decipher.setAuthTag(sealed.subarray(-16))
  try {
    const content = concatBytes(decipher.update(sealed.subarray(12, -16)), decipher.final())
    const [version, facts, node, session, root] = tryDecode(content) as [
      number,
      unknown[],
      Bytes,
      Bytes,
      Bytes,
    ]
    content.fill(0)
    if (version !== 1) return null
    const [institutionName, memberId, chainId, zone, isSynthetic, genesis] = facts
    return {
      facts: {
        institutionName: String(institutionName),
        memberId: memberId as Bytes,
        chainId: chainId as Bytes,
        zone: String(zone),
        isSynthetic: isSynthetic === 1,
        genesis: genesis as Bytes,
      },
      keys: { node: decodeNodeKeys(node), session: decodeSessionKeys(session), root: decodeRootKeys(root) },
    }
  } catch {
    return null
  }
}

function kitKey(code: Bytes): Bytes {
  return new Uint8Array(hkdfSync('sha256', code, new Uint8Array(0), 'consilium/kit/1', 32))
}

function slices(bytes: Bytes): Bytes[] {
  // Whole bytes in whole digits: 50 digits are 31.25 bytes, so 30 bytes (48 digits) to a line.
  const lineBytes = Math.floor((LINE_DIGITS * 5) / 40) * 5
  const parts: Bytes[] = []
  for (let i = 0; i < bytes.length; i += lineBytes) parts.push(bytes.subarray(i, i + lineBytes))
  return parts
}

function kitLine(number: number, bytes: Bytes): string {
  const digits = encodeCrockford(bytes).replace(/(.{5})(?=.)/g, '$1 ')
  return `${String(number).padStart(2, '0')} ${digits} =${lineCheck(number, bytes)}`
}

/** Ten bits over the line and its number: a typing error or two swapped lines slip through once in a thousand times. */
function lineCheck(number: number, bytes: Bytes): string {
  const digest = createHash('sha256').update(Uint8Array.of(number)).update(bytes).digest()
  return encodeCrockford(digest.subarray(0, 5)).slice(0, 2)
}

function canonical(check: string): string {
  return check.toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1')
}
