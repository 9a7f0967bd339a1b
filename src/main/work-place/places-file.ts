/**
 * `work-places.json` in the institution's folder: where the node listens for them and which are paired. Under a MAC of the
 * node's own key, so that nobody who can only write the folder adds one.
 */
import { timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { toHex, tryFromHex, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { hmacSha256 } from '../node/crypto/hkdf.ts'
import { readTextFile, writeFileAtomic } from '../profile/atomic-file.ts'
import { isListenAddress } from '../profile/network-settings.ts'

export const PLACES_FILE = 'work-places.json'
/** Of each work place a folder with its PINs and its count of wrong passphrases. */
export const PLACES_FOLDER = 'work-places'

const pairedPlace = z.object({
  /** Of its key: what the audit and people's eyes can hold. */
  placeId: z.string().regex(/^[0-9a-f]{16}$/),
  name: z.string().min(1).max(60),
  /** Ed25519, hex. */
  key: z.string().regex(/^[0-9a-f]{64}$/),
  /** Milliseconds since 1970. */
  pairedAt: z.number().int(),
  /** Key id of the administrator. */
  pairedBy: z.string().max(64),
  lastSeenAt: z.number().int().nullable(),
  /** It is admitted no more, and the audit still knows what it was called. */
  removedAt: z.number().int().nullable(),
  /** Where it found the node last. */
  port: z.number().int().min(1).max(65_535).optional(),
})
export type PairedPlace = z.infer<typeof pairedPlace>

const content = z.object({
  format: z.literal(1),
  listen: z.string().refine(isListenAddress).nullable(),
  places: z.array(pairedPlace).max(2_000),
})
export type PlacesList = Omit<z.infer<typeof content>, 'format'>

export const NO_PLACES: PlacesList = { listen: null, places: [] }

/** `changed`: somebody wrote it who has not the node's key, or it is damaged: then nobody is admitted. */
export type LoadedPlaces = { kind: 'loaded'; list: PlacesList } | { kind: 'changed' }

export async function loadPlaces(folder: string, crypto: Crypto, listKey: Bytes): Promise<LoadedPlaces> {
  const text = await readTextFile(join(folder, PLACES_FILE))
  if (text === null) return { kind: 'loaded', list: NO_PLACES }
  let json: { mac?: unknown }
  try {
    json = JSON.parse(text) as typeof json
  } catch {
    return { kind: 'changed' }
  }
  const parsed = content.safeParse(json)
  const mac = typeof json?.mac === 'string' ? tryFromHex(json.mac) : null
  if (!parsed.success || mac === null) return { kind: 'changed' }
  const expected = macOf(crypto, listKey, parsed.data)
  if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) return { kind: 'changed' }
  const { listen, places } = parsed.data
  return { kind: 'loaded', list: { listen, places } }
}

export async function savePlaces(
  folder: string,
  crypto: Crypto,
  listKey: Bytes,
  { listen, places }: PlacesList,
): Promise<void> {
  const whole = { format: 1 as const, listen, places }
  const mac = toHex(macOf(crypto, listKey, whole))
  await writeFileAtomic(join(folder, PLACES_FILE), JSON.stringify({ ...whole, mac }, null, 2) + '\n')
}

function macOf(crypto: Crypto, listKey: Bytes, { listen, places }: z.infer<typeof content>): Bytes {
  const rows = places.map((each) => [
    each.placeId,
    each.name,
    each.key,
    each.pairedAt,
    each.pairedBy,
    each.lastSeenAt,
    each.removedAt,
    ...(each.port === undefined ? [] : [each.port]),
  ])
  return hmacSha256(crypto, listKey, utf8Encode(JSON.stringify([1, listen, rows])))
}

export const placeIdOf = (crypto: Crypto, key: Bytes): string => toHex(crypto.sha256(key)).slice(0, 16)

/** Of a `host:port`; not a number for none. */
export const portOf = (listen: string | null): number => Number(listen?.split(':').at(-1))
