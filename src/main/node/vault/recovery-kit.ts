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
import { readLines, slices, writeLines } from './checked-lines.ts'
import { encodeCrockford } from './crockford.ts'
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

/** Overwrites every key of a kit that was read. */
export function forgetKit({ keys }: RecoveryKit): void {
  forgetNodeKeys(keys.node)
  forgetSessionKeys(keys.session)
  keys.root.root.fill(0)
}

/** The kit as text, to print or to keep as a file. `madeOn` is a civil date for the reader. */
export function writeKit(kit: RecoveryKit, madeOn: string): { text: string; fingerprint: string } {
  const { facts } = kit
  const code = randomBytes(CODE_BYTES)
  const fingerprint = fingerprintOf(facts)
  const content = encodeKit(kit)
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', kitKey(code), nonce)
  cipher.setAAD(utf8Encode(fingerprint))
  const sealed = concatBytes(nonce, cipher.update(content), cipher.final(), cipher.getAuthTag())
  content.fill(0)
  const lines = writeLines([code, ...slices(sealed)])
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
  const read = readLines(text)
  if (!/CONSILIUM\s+RECOVERY\s+KIT\s+1\b/i.test(text) || fingerprint === undefined || read.kind === 'none')
    return { kind: 'refused', reason: 'not-a-kit' }
  if (read.kind === 'damaged') return { kind: 'refused', reason: 'damaged', line: read.line }
  const { parts } = read
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
    const kit = decodeKit(content)
    content.fill(0)
    return kit
  } catch {
    return null
  }
}

/** What a kit holds, in clear; whoever has it overwrites it. */
export function encodeKit({ facts, keys }: RecoveryKit): Bytes {
  return encode([
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
}

/** Null for a version that is not known. @throws what does not decode */
export function decodeKit(content: Bytes): RecoveryKit | null {
  const [version, facts, node, session, root] = tryDecode(content) as [number, unknown[], Bytes, Bytes, Bytes]
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
}

function kitKey(code: Bytes): Bytes {
  return new Uint8Array(hkdfSync('sha256', code, new Uint8Array(0), 'consilium/kit/1', 32))
}
