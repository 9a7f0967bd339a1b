/**
 * The signed list of what a release consists of (docs/spec/updates.md). The application fetches no update: an
 * administrator gets package and list from wherever they are offered, and has them checked before anything is
 * installed. Nothing of the list is believed, nor its text parsed, before one of its signatures is found good.
 */
import { z } from 'zod'
import { BytesFailure, fromHex, toHex, utf8Decode, utf8Encode } from '../../shared/std/bytes.ts'
import type { Crypto } from '../node/crypto/crypto.ts'

/** What is signed is this line and then the text: no signature over anything else of the consortium fits it. */
const SIGNED_UNDER = 'consilium update manifest 1\n'
/** Some hundred bytes a package; a list that is larger is none of ours. */
export const UPDATE_MANIFEST_MAX = 64 * 1024

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`))
const version = z.string().regex(/^(0|[1-9]\d{0,5})(\.(0|[1-9]\d{0,5})){2}$/)
const day = z.iso.date()

const envelope = z.strictObject({
  signed: z.string().max(UPDATE_MANIFEST_MAX),
  signatures: z.array(z.strictObject({ publicKey: hex(32), signature: hex(64) })).max(8),
})

const manifest = z.strictObject({
  schema: z.literal('consilium-update/1'),
  version,
  released: day,
  /** After this day the list says nothing any more: who kept it back cannot offer it as the newest for ever. */
  validUntil: day,
  files: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[A-Za-z0-9._+-]{1,200}$/),
        bytes: z.int().positive(),
        sha256: hex(32),
      }),
    )
    .min(1)
    .max(64),
})
export type UpdateManifest = z.infer<typeof manifest>

export type UpdateRefusal =
  /** No list of this form. */
  | 'not-a-manifest'
  /** This installation knows no key of a release: nothing can be checked by it. */
  | 'no-release-key'
  | 'not-signed'
  /** Signed, and by nobody whose key this installation has. */
  | 'unknown-key'
  /** The signature is not of this text: one of both was altered. */
  | 'altered'
  /** The same version as is installed, or an earlier one. */
  | 'not-newer'
  | 'expired'

export type ReadUpdate =
  { kind: 'update'; manifest: UpdateManifest; key: string } | { kind: 'refused'; reason: UpdateRefusal }

export interface Installed {
  readonly version: string
  /** Public Ed25519 keys of releases in hexadecimal. */
  readonly keys: readonly string[]
}

/**
 * @param bytes of the file
 * @param today ISO date
 * Refuses what is not signed by a known key, was altered, is expired, or is no newer than what is installed.
 */
export function readUpdate(
  crypto: Crypto,
  bytes: Uint8Array,
  installed: Installed,
  today: string,
): ReadUpdate {
  const refused = (reason: UpdateRefusal): ReadUpdate => ({ kind: 'refused', reason })
  const outer = envelope.safeParse(jsonOf(bytes))
  if (!outer.success) return refused('not-a-manifest')
  const { signed, signatures } = outer.data
  if (installed.keys.length === 0) return refused('no-release-key')
  if (signatures.length === 0) return refused('not-signed')
  const ours = signatures.filter(({ publicKey }) => installed.keys.includes(publicKey))
  if (ours.length === 0) return refused('unknown-key')
  const message = utf8Encode(SIGNED_UNDER + signed)
  const good = ours.find(({ publicKey, signature }) =>
    crypto.ed25519Verify(fromHex(publicKey), message, fromHex(signature)),
  )
  if (good === undefined) return refused('altered')
  const inner = manifest.safeParse(jsonOf(utf8Encode(signed)))
  if (!inner.success) return refused('not-a-manifest')
  // What cannot be compared is no number, and above nothing.
  if (!(compareVersions(inner.data.version, installed.version) > 0)) return refused('not-newer')
  if (today > inner.data.validUntil) return refused('expired')
  return { kind: 'update', manifest: inner.data, key: good.publicKey }
}

export type FileVerdict = 'genuine' | 'not-listed' | 'other-size' | 'other-bytes'

/** Whether a package is the one that the list means by this name. */
export function judgeFile(
  { files }: UpdateManifest,
  found: { readonly name: string; readonly bytes: number; readonly sha256: Uint8Array },
): FileVerdict {
  const listed = files.find(({ name }) => name === found.name)
  if (listed === undefined) return 'not-listed'
  if (listed.bytes !== found.bytes) return 'other-size'
  return listed.sha256 === toHex(found.sha256) ? 'genuine' : 'other-bytes'
}

/** By number, part by part: 0.10.0 is later than 0.9.1. */
function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((each) => each.split('.').map(Number)) as [number[], number[]]
  for (const i of [0, 1, 2]) if (x[i] !== y[i]) return (x[i] ?? 0) - (y[i] ?? 0)
  return 0
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8Decode(bytes))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof BytesFailure) return null
    throw error
  }
}
