/**
 * Secrets at rest: named sections, each under its own key, all keys from one passphrase.
 *
 *     kek     = scrypt(passphrase, salt, N, r, p)                       32 bytes, N ≥ 2^17
 *     key     = hkdf-sha256(kek, salt, "consilium/keys/1/" ‖ section)
 *     section = nonce (12) ‖ AES-256-GCM(key, nonce, aad = header and section name, secret) ‖ tag (16)
 *
 * The checksum tells a damaged file from a wrong passphrase without any key; it protects nothing else.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, scrypt } from 'node:crypto'
import { z } from 'zod'
import { concatBytes, fromHex, toHex, utf8Encode, type Bytes } from '../../../shared/std/bytes.ts'
import { passphraseBytes } from './passphrase.ts'

export const KEYS_FORMAT = 1
/** 2^17: about half a second and 128 MiB for each guess. The header keeps the number, so it can be raised. */
export const SCRYPT_COST = 2 ** 17
const SCRYPT_COST_MAX = 2 ** 22

export const hex = z.string().regex(/^([0-9a-f]{2})*$/)
/** How a passphrase became the key of a file. */
export const scryptKdf = z.object({
  name: z.literal('scrypt'),
  N: z.number().int().min(2).max(SCRYPT_COST_MAX),
  r: z.number().int().min(1).max(32),
  p: z.number().int().min(1).max(16),
  salt: hex,
})
const keysFile = z.object({
  format: z.literal(KEYS_FORMAT),
  kdf: scryptKdf,
  sections: z.record(z.string(), hex),
  checksum: hex,
})
type KeysFile = z.infer<typeof keysFile>
type Kdf = KeysFile['kdf']

export type OpenedKeys =
  /** `sealer`: of the section that was asked for. */
  | { kind: 'opened'; sections: Record<string, Bytes>; sealer?: SectionSealer }
  | { kind: 'refused'; reason: 'wrong-passphrase' | 'damaged' | 'newer' }

/** Seals the sections; `cost` is for tests only. The text is the whole file. */
export async function sealKeys(
  passphrase: string,
  sections: Readonly<Record<string, Bytes>>,
  cost = SCRYPT_COST,
): Promise<string> {
  const kdf: Kdf = { name: 'scrypt', N: cost, r: 8, p: 1, salt: toHex(randomBytes(32)) }
  const kek = await deriveKek(passphrase, kdf)
  const sealed: Record<string, string> = {}
  for (const [name, secret] of Object.entries(sections))
    sealed[name] = toHex(sealSection(kek, kdf, name, secret))
  kek.fill(0)
  const body = { format: KEYS_FORMAT, kdf, sections: sealed } as const
  return textOf(body)
}

/** Seals one section anew while nobody is there to type the passphrase. */
export interface SectionSealer {
  /** The text of the whole file, or null where this file was sealed under another passphrase since. */
  reseal(text: string, secret: Bytes): string | null
  forget(): void
}

/**
 * Opens the named sections (all, when none is named). Costs one scrypt.
 * @param sealedAnew a section that will be sealed anew before somebody types the passphrase again
 */
export async function openKeys(
  text: string,
  passphrase: string,
  names?: readonly string[],
  sealedAnew?: string,
): Promise<OpenedKeys> {
  const parsed = parseKeysFile(text)
  if (parsed.kind !== 'ok') return { kind: 'refused', reason: parsed.kind }
  const { file } = parsed
  const kek = await deriveKek(passphrase, file.kdf)
  try {
    const sections: Record<string, Bytes> = {}
    for (const name of names ?? Object.keys(file.sections)) {
      const sealed = file.sections[name]
      if (sealed === undefined) return { kind: 'refused', reason: 'damaged' }
      const secret = openSection(kek, file.kdf, name, fromHex(sealed))
      // The checksum held, so the bytes are those that were written: what does not fit is the passphrase.
      if (secret === null) return { kind: 'refused', reason: 'wrong-passphrase' }
      sections[name] = secret
    }
    if (sealedAnew === undefined) return { kind: 'opened', sections }
    return { kind: 'opened', sections, sealer: sealerOf(kek, file.kdf, sealedAnew) }
  } finally {
    kek.fill(0)
  }
}

/** Whether the file is whole and of a known format; needs no passphrase. */
export function checkKeysFile(text: string): 'ok' | 'damaged' | 'newer' {
  return parseKeysFile(text).kind
}

function parseKeysFile(text: string): { kind: 'ok'; file: KeysFile } | { kind: 'damaged' | 'newer' } {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { kind: 'damaged' }
  }
  const format = (json as { format?: unknown } | null)?.format
  if (typeof format === 'number' && format > KEYS_FORMAT) return { kind: 'newer' }
  const parsed = keysFile.safeParse(json)
  if (!parsed.success) return { kind: 'damaged' }
  const { checksum, ...body } = parsed.data
  return checksumOf(body) === checksum ? { kind: 'ok', file: parsed.data } : { kind: 'damaged' }
}

function deriveKek(passphrase: string, { N, r, p, salt }: Kdf): Promise<Bytes> {
  return new Promise((resolve, reject) => {
    // Node refuses more than 32 MiB unless told.
    const options = { N, r, p, maxmem: 256 * N * r }
    scrypt(passphraseBytes(passphrase), fromHex(salt), 32, options, (error, key) =>
      error === null ? resolve(new Uint8Array(key)) : reject(error),
    )
  })
}

function sealerOf(kek: Bytes, kdf: Kdf, name: string): SectionSealer {
  const key = sectionKey(kek, kdf, name)
  return {
    reseal(text, secret) {
      const parsed = parseKeysFile(text)
      if (parsed.kind !== 'ok' || parsed.file.kdf.salt !== kdf.salt) return null
      const sections = { ...parsed.file.sections, [name]: toHex(sealUnder(key, kdf, name, secret)) }
      const body = { format: KEYS_FORMAT, kdf: parsed.file.kdf, sections } as const
      return textOf(body)
    },
    forget: () => void key.fill(0),
  }
}

function sectionKey(kek: Bytes, { salt }: Kdf, name: string): Bytes {
  return new Uint8Array(hkdfSync('sha256', kek, fromHex(salt), `consilium/keys/1/${name}`, 32))
}

function associated({ N, r, p, salt }: Kdf, name: string): Bytes {
  return utf8Encode(JSON.stringify(['consilium/keys/1', name, N, r, p, salt]))
}

function sealSection(kek: Bytes, kdf: Kdf, name: string, secret: Bytes): Bytes {
  return sealUnder(sectionKey(kek, kdf, name), kdf, name, secret)
}

function sealUnder(key: Bytes, kdf: Kdf, name: string, secret: Bytes): Bytes {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(associated(kdf, name))
  return concatBytes(nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag())
}

function openSection(kek: Bytes, kdf: Kdf, name: string, sealed: Bytes): Bytes | null {
  if (sealed.length < 28) return null
  const decipher = createDecipheriv('aes-256-gcm', sectionKey(kek, kdf, name), sealed.subarray(0, 12))
  decipher.setAAD(associated(kdf, name))
  decipher.setAuthTag(sealed.subarray(-16))
  try {
    return concatBytes(decipher.update(sealed.subarray(12, -16)), decipher.final())
  } catch {
    return null
  }
}

function textOf(body: Omit<KeysFile, 'checksum'>): string {
  return JSON.stringify({ ...body, checksum: checksumOf(body) }, null, 2) + '\n'
}

function checksumOf({ format, kdf, sections }: Omit<KeysFile, 'checksum'>): string {
  const names = Object.keys(sections).sort((a, b) => (a < b ? -1 : 1))
  const text = JSON.stringify([
    format,
    [kdf.name, kdf.N, kdf.r, kdf.p, kdf.salt],
    names.map((name) => [name, sections[name]]),
  ])
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
