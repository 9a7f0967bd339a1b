/**
 * `keys.json`, format 2: an institution's sections, each under a random key of its own, and that key sealed to every
 * person who may open it.
 *
 *     kek     = scrypt(passphrase, sha256(salt ‖ account), N, r, p)             one for each door, N ≥ 2^17
 *     door    = person's Ed25519 seed and X25519 secret, AES-256-GCM under hkdf(kek)
 *     wrap    = HPKE(person's X25519 key, section key)
 *     section = nonce ‖ AES-256-GCM(section key, content) ‖ tag
 *
 * A door is found by a tag out of the same scrypt, so the file holds no account name and no hash of one: whoever has
 * only the file must guess name and passphrase together. Sealing to a public key lets an administrator change roles and
 * turn section keys over without anybody else's passphrase. Each section key is also sealed to a key derived from the
 * institution's root, so that the recovery kit opens the file when every passphrase is forgotten.
 */
import { createHash, hkdfSync, randomBytes, scrypt } from 'node:crypto'
import { z } from 'zod'
import { assert } from '../../../shared/std/assert.ts'
import { equalBytes, fromHex, toHex, utf8Encode, type Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import type { Crypto, Random } from '../crypto/crypto.ts'
import { hpkeOpen, hpkeSeal } from '../crypto/hpke.ts'
import { openGcm, sealGcm } from './gcm.ts'
import { passphraseBytes } from './passphrase.ts'
import { hex, scryptKdf } from './sealed-keys.ts'
import { SECTIONS, verifyRoster, type PersonEntry, type Roster, type Section } from './people.ts'

export const PEOPLE_KEYS_FORMAT = 2
/** 2^17: about half a second and 128 MiB for each guess. The header keeps the number, so it can be raised. */
export const PEOPLE_SCRYPT_COST = 2 ** 17
/** Whom the institution's own wraps are for. */
export const INSTITUTION = 'institution'

const peopleFile = z.object({
  format: z.literal(PEOPLE_KEYS_FORMAT),
  kdf: scryptKdf,
  sections: z.object({ node: hex, session: hex, root: hex, roster: hex }),
  doors: z.array(z.object({ personId: hex, isAlone: z.boolean(), tag: hex, secret: hex })).max(2000),
  wraps: z.record(z.string(), z.partialRecord(z.enum(SECTIONS), hex)),
  checksum: hex,
})
type PeopleFile = z.infer<typeof peopleFile>
type Kdf = PeopleFile['kdf']
export type PeopleBody = Omit<PeopleFile, 'checksum'>

export interface Credentials {
  /** As `plainAccount` gives it; empty while there is only one person. */
  readonly account: string
  readonly passphrase: string
}

export interface PersonSecrets {
  /** Ed25519 seed. */
  readonly user: Bytes
  /** X25519 secret. */
  readonly seal: Bytes
}

export interface OpenedFile {
  readonly body: PeopleBody
  readonly entry: PersonEntry
  readonly roster: Roster
  readonly secrets: PersonSecrets
  /** Null where this person may not open it. */
  sectionKey(section: Section): Bytes | null
  forget(): void
}

export type OpenedPeople =
  { kind: 'opened'; file: OpenedFile } | { kind: 'refused'; reason: 'wrong-passphrase' | 'damaged' | 'newer' }

export function parsePeopleFile(
  text: string,
): { kind: 'ok'; body: PeopleBody } | { kind: 'damaged' | 'newer' | 'older' } {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { kind: 'damaged' }
  }
  const format = (json as { format?: unknown } | null)?.format
  if (format === 1) return { kind: 'older' }
  if (typeof format === 'number' && format > PEOPLE_KEYS_FORMAT) return { kind: 'newer' }
  const parsed = peopleFile.safeParse(json)
  if (!parsed.success) return { kind: 'damaged' }
  const { checksum, ...body } = parsed.data
  return checksumOf(body) === checksum ? { kind: 'ok', body } : { kind: 'damaged' }
}

export const textOfPeople = (body: PeopleBody): string =>
  JSON.stringify({ ...body, checksum: checksumOf(body) }, null, 2) + '\n'

/** Opens a person's door, and verifies that the institution's list of people knows them. Costs one scrypt. */
export async function openPeople(crypto: Crypto, text: string, given: Credentials): Promise<OpenedPeople> {
  const parsed = parsePeopleFile(text)
  if (parsed.kind !== 'ok') return { kind: 'refused', reason: parsed.kind === 'newer' ? 'newer' : 'damaged' }
  const { body } = parsed
  const door = await deriveDoor(given, body.kdf)
  const tag = toHex(door.tag)
  const found = body.doors.find((each) => each.tag === tag)
  const opened = found && openGcm(door.key, doorAad(found.personId), fromHex(found.secret))
  door.key.fill(0)
  if (found === undefined || !opened) return { kind: 'refused', reason: 'wrong-passphrase' }
  const secrets = decodeSecrets(opened)
  opened.fill(0)
  if (secrets === null) return { kind: 'refused', reason: 'damaged' }
  const file = openedWith(crypto, body, secrets, found.personId)
  if (file === null) {
    forgetSecrets(secrets)
    // The list does not know this door, or was not signed by the institution: somebody changed the file.
    return { kind: 'refused', reason: 'damaged' }
  }
  if (!file.entry.isActive) {
    file.forget()
    return { kind: 'refused', reason: 'wrong-passphrase' }
  }
  return { kind: 'opened', file }
}

/**
 * The file as it is now for somebody whose secrets are at hand: roles that were taken away since are gone. Takes the secrets
 * over. `wrong-passphrase` where the person has left, or has other keys by now.
 */
export function openWithSecrets(
  crypto: Crypto,
  text: string,
  personId: string,
  secrets: PersonSecrets,
): OpenedPeople {
  const parsed = parsePeopleFile(text)
  const file = parsed.kind === 'ok' ? openedWith(crypto, parsed.body, secrets, personId) : null
  if (file?.entry.isActive === true) return { kind: 'opened', file }
  forgetSecrets(secrets)
  if (parsed.kind === 'ok') return { kind: 'refused', reason: 'wrong-passphrase' }
  return { kind: 'refused', reason: parsed.kind === 'newer' ? 'newer' : 'damaged' }
}

function openedWith(
  crypto: Crypto,
  body: PeopleBody,
  secrets: PersonSecrets,
  personId: string,
): OpenedFile | null {
  const sealKey = crypto.x25519PublicKey(secrets.seal)
  const sectionKey = (section: Section): Bytes | null => {
    const wrap = body.wraps[personId]?.[section]
    return wrap === undefined
      ? null
      : hpkeOpen(crypto, secrets.seal, sealKey, WRAP_INFO, wrapAad(section, personId), fromHex(wrap))
  }
  const roster = readRoster(crypto, body, sectionKey('roster'))
  const entry = roster?.people.find((each) => each.personId === personId)
  if (!roster || entry === undefined) return null
  if (
    !equalBytes(entry.signKey, crypto.ed25519PublicKey(secrets.user)) ||
    !equalBytes(entry.sealKey, sealKey)
  )
    return null
  return { body, entry, roster, secrets, sectionKey, forget: () => forgetSecrets(secrets) }
}

/** Opens a section key with the institution's root alone: what a recovery kit holds. */
export function sectionKeyOfRoot(
  crypto: Crypto,
  body: PeopleBody,
  root: Bytes,
  section: Section,
): Bytes | null {
  const wrap = body.wraps[INSTITUTION]?.[section]
  if (wrap === undefined) return null
  const secret = rootSealSecret(root)
  const opened = hpkeOpen(
    crypto,
    secret,
    crypto.x25519PublicKey(secret),
    WRAP_INFO,
    wrapAad(section, INSTITUTION),
    fromHex(wrap),
  )
  secret.fill(0)
  return opened
}

export function readRoster(crypto: Crypto, body: PeopleBody, key: Bytes | null): Roster | null {
  const bytes = key && openSection(body, 'roster', key)
  key?.fill(0)
  return bytes && verifyRoster(crypto, bytes)
}

/** The content of a section, or null. */
export function openSection(body: PeopleBody, section: Section, key: Bytes): Bytes | null {
  return openGcm(key, sectionAad(section), fromHex(body.sections[section]))
}

export const sealSectionUnder = (section: Section, key: Bytes, content: Bytes): string =>
  toHex(sealGcm(key, sectionAad(section), content))

export interface Membership {
  readonly entry: PersonEntry
  readonly sections: readonly Section[]
}

/**
 * Seals all sections under fresh keys for the people who may open them: what somebody held before opens nothing that is
 * written from now on. A section that nobody lost may keep its key.
 */
export function sealSections(
  crypto: Crypto,
  random: Random,
  contents: Readonly<Record<Section, Bytes>>,
  people: readonly Membership[],
  root: Bytes,
  kept: Partial<Record<Section, Bytes>> = {},
): Pick<PeopleBody, 'sections' | 'wraps'> {
  const sections: Record<string, string> = {}
  const wraps: PeopleBody['wraps'] = { [INSTITUTION]: {} }
  const rootSecret = rootSealSecret(root)
  const rootKey = crypto.x25519PublicKey(rootSecret)
  rootSecret.fill(0)
  for (const { entry } of people) wraps[entry.personId] = {}
  for (const section of SECTIONS) {
    const key = kept[section]?.slice() ?? random(32)
    sections[section] = sealSectionUnder(section, key, contents[section])
    const wrapFor = (recipient: Bytes, id: string): void => {
      const wrap = hpkeSeal(crypto, random, recipient, WRAP_INFO, wrapAad(section, id), key)
      assert(wrap !== null, 'a key that we made or that the root signed can be sealed to')
      wraps[id]![section] = toHex(wrap)
    }
    wrapFor(rootKey, INSTITUTION)
    for (const { entry, sections: allowed } of people)
      if (allowed.includes(section)) wrapFor(entry.sealKey, entry.personId)
    key.fill(0)
  }
  return { sections: sections as PeopleBody['sections'], wraps }
}

export function newKdf(cost = PEOPLE_SCRYPT_COST): Kdf {
  return { name: 'scrypt', N: cost, r: 8, p: 1, salt: toHex(randomBytes(32)) }
}

/** The door that this account and passphrase open; one under the empty account lets a single person in without a name. */
export async function makeDoor(
  kdf: Kdf,
  given: Credentials,
  personId: string,
  secrets: PersonSecrets,
  isAlone: boolean,
): Promise<PeopleBody['doors'][number]> {
  const door = await deriveDoor(given, kdf)
  const content = encodeSecrets(secrets)
  const secret = toHex(sealGcm(door.key, doorAad(personId), content))
  content.fill(0)
  door.key.fill(0)
  return { personId, isAlone, tag: toHex(door.tag), secret }
}

export function forgetSecrets({ user, seal }: PersonSecrets): void {
  user.fill(0)
  seal.fill(0)
}

const WRAP_INFO = utf8Encode('consilium/keys/2/wrap')
const wrapAad = (section: Section, personId: string): Bytes => encode([section, personId])
const sectionAad = (section: Section): Bytes => encode(['consilium/keys/2/section', section])
const doorAad = (personId: string): Bytes => encode(['consilium/keys/2/door', personId])

function rootSealSecret(root: Bytes): Bytes {
  return new Uint8Array(hkdfSync('sha256', root, new Uint8Array(0), 'consilium/keys/2/recovery', 32))
}

export const encodeSecrets = ({ user, seal }: PersonSecrets): Bytes => encode([1, user, seal])

export function decodeSecrets(bytes: Bytes): PersonSecrets | null {
  const value = tryDecode(bytes)
  if (!Array.isArray(value) || value.length !== 3 || value[0] !== 1) return null
  const [, user, seal] = value as unknown[]
  if (!(user instanceof Uint8Array) || !(seal instanceof Uint8Array)) return null
  return user.length === 32 && seal.length === 32 ? { user: user.slice(), seal: seal.slice() } : null
}

async function deriveDoor(
  { account, passphrase }: Credentials,
  kdf: Kdf,
): Promise<{ tag: Bytes; key: Bytes }> {
  const { N, r, p } = kdf
  const salt = createHash('sha256').update(fromHex(kdf.salt)).update(utf8Encode(account)).digest()
  const kek = await new Promise<Buffer>((resolve, reject) => {
    // Node refuses more than 32 MiB unless told.
    const options = { N, r, p, maxmem: 256 * N * r }
    scrypt(passphraseBytes(passphrase), salt, 32, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
  const derive = (what: string, bytes: number) =>
    new Uint8Array(hkdfSync('sha256', kek, salt, `consilium/keys/2/${what}/${N}/${r}/${p}`, bytes))
  const door = { tag: derive('tag', 16), key: derive('door', 32) }
  kek.fill(0)
  return door
}

function checksumOf({ format, kdf, sections, doors, wraps }: PeopleBody): string {
  const names = Object.keys(wraps).sort((a, b) => (a < b ? -1 : 1))
  const text = JSON.stringify([
    format,
    [kdf.name, kdf.N, kdf.r, kdf.p, kdf.salt],
    SECTIONS.map((name) => sections[name]),
    doors.map(({ personId, isAlone, tag, secret }) => [personId, isAlone, tag, secret]),
    names.map((name) => [name, SECTIONS.map((section) => wraps[name]?.[section] ?? '')]),
  ])
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
