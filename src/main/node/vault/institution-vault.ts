/**
 * What is done to an institution's sealed keys: made, opened by a person, changed by an administrator, reset when a
 * passphrase is forgotten. Text in, text out; `profile/` reads and writes the file.
 */
import { equalBytes, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { assert } from '../../../shared/std/assert.ts'
import { memberIdOf } from '../chain/members.ts'
import type { Crypto, Random } from '../crypto/crypto.ts'
import {
  decodeNodeKeys,
  decodeRootKeys,
  encodeNodeKeys,
  encodePatientKeys,
  encodeRootKeys,
  forgetNodeKeys,
  type InstitutionKeys,
} from './institution-keys.ts'
import {
  forgetSecrets,
  INSTITUTION,
  makeDoor,
  newKdf,
  openSection,
  parsePeopleFile,
  PEOPLE_KEYS_FORMAT,
  readRoster,
  sealSections,
  sealSectionUnder,
  sectionKeyOfRoot,
  textOfPeople,
  type Membership,
  type OpenedFile,
  type PeopleBody,
  type PersonSecrets,
} from './people-keys.ts'
import {
  checkPeople,
  plainAccount,
  sectionsFor,
  SECTIONS,
  signRoster,
  userKeyIdOf,
  type PersonEntry,
  type Roster,
  type RosterProblem,
  type Section,
} from './people.ts'
import type { SectionSealer } from './sealed-keys.ts'

export interface VaultWorld {
  readonly crypto: Crypto
  readonly random: Random
  readonly now: () => number
}

/** The file of an institution with one person, who may unlock with and without the account's name. */
export async function sealInstitution(
  world: VaultWorld,
  keys: InstitutionKeys,
  passphrase: string,
  cost?: number,
): Promise<string> {
  const { crypto, random } = world
  const { person, user } = keys.session
  const secrets: PersonSecrets = { user: user.slice(), seal: random(32) }
  const entry: PersonEntry = {
    personId: toHex(random(8)),
    account: plainAccount(person.name),
    name: person.name,
    roles: person.roles,
    isActive: true,
    signKey: crypto.ed25519PublicKey(secrets.user),
    sealKey: crypto.x25519PublicKey(secrets.seal),
    formerKeyIds: [],
    changedAt: world.now(),
  }
  const kdf = newKdf(cost)
  const roster: Roster = {
    revision: 1,
    memberId: memberIdOf(crypto, crypto.ed25519PublicKey(keys.root.root)),
    people: [entry],
  }
  const contents = {
    node: encodeNodeKeys(keys.node),
    session: encodePatientKeys(keys.session),
    root: encodeRootKeys(keys.root),
    roster: signRoster(crypto, roster, keys.root.root),
  }
  try {
    const doors = await Promise.all([
      makeDoor(kdf, { account: entry.account, passphrase }, entry.personId, secrets, false),
      makeDoor(kdf, { account: '', passphrase }, entry.personId, secrets, true),
    ])
    const member = { entry, sections: sectionsFor(entry, keys.node) }
    const sealed = sealSections(crypto, random, contents, [member], keys.root.root)
    return textOfPeople({ format: PEOPLE_KEYS_FORMAT, kdf, doors, ...sealed })
  } finally {
    for (const content of Object.values(contents)) content.fill(0)
    forgetSecrets(secrets)
  }
}

/** Contents of a section that this person may open, or null. */
export function contentOf(file: OpenedFile, section: Section): Bytes | null {
  const key = file.sectionKey(section)
  const content = key && openSection(file.body, section, key)
  key?.fill(0)
  return content
}

/** Seals a section anew while nobody is there to type a passphrase. Null where this person may not open it. */
export function sealerFor(file: OpenedFile, section: Section): SectionSealer | null {
  const key = file.sectionKey(section)
  if (key === null) return null
  const sealer = sealerOfSection(section, key)
  key.fill(0)
  return sealer
}

/** As `sealerFor`, with a section's key at hand, of which it keeps a copy. */
export function sealerOfSection(section: Section, sectionKey: Bytes): SectionSealer {
  const key = sectionKey.slice()
  return {
    reseal(text, content) {
      const parsed = parsePeopleFile(text)
      // Under another key since: whoever changed the people left this one behind.
      if (parsed.kind !== 'ok' || openSection(parsed.body, section, key) === null) return null
      const sections = { ...parsed.body.sections, [section]: sealSectionUnder(section, key, content) }
      return textOfPeople({ ...parsed.body, sections })
    },
    forget: () => void key.fill(0),
  }
}

/** What opens everything: an administrator's keys, or the institution's root out of a recovery kit. */
export type Master = { readonly file: OpenedFile } | { readonly body: PeopleBody; readonly root: Bytes }

interface Everything {
  readonly body: PeopleBody
  readonly roster: Roster
  readonly contents: Record<Section, Bytes>
  readonly nodeKey: Bytes
}

function openEverything(crypto: Crypto, master: Master): Everything | null {
  const body = 'file' in master ? master.file.body : master.body
  const keyOf = (section: Section) =>
    'file' in master ? master.file.sectionKey(section) : sectionKeyOfRoot(crypto, body, master.root, section)
  const contents: Partial<Record<Section, Bytes>> = {}
  for (const section of SECTIONS) {
    const key = keyOf(section)
    const content = key && openSection(body, section, key)
    key?.fill(0)
    if (!content) {
      for (const each of Object.values(contents)) each.fill(0)
      return null
    }
    contents[section] = content
  }
  const roster = readRoster(crypto, body, keyOf('roster'))
  const nodeKey = keyOf('node')
  return roster === null || nodeKey === null
    ? null
    : { body, roster, contents: contents as Record<Section, Bytes>, nodeKey }
}

export type PeopleChange =
  | { kind: 'add'; name: string; account: string; roles: readonly string[]; passphrase: string }
  | { kind: 'roles'; personId: string; name: string; roles: readonly string[] }
  | { kind: 'leave'; personId: string }
  | { kind: 'return'; personId: string; passphrase: string }
  /** A forgotten passphrase: new keys for the same person. */
  | { kind: 'reset'; personId: string; passphrase: string }

export type ChangedPeople =
  | { kind: 'changed'; text: string; personId: string; roster: Roster }
  | { kind: 'refused'; reason: RosterProblem | 'not-administrator' }

/** The whole file with another list of people, signed by the root key. Every section has a fresh key afterwards. */
export async function changePeople(
  world: VaultWorld,
  master: Master,
  change: PeopleChange,
): Promise<ChangedPeople> {
  const { crypto, random } = world
  const all = openEverything(crypto, master)
  if (all === null) return { kind: 'refused', reason: 'not-administrator' }
  const { body, roster, contents } = all
  const root = decodeRootKeys(contents.root)
  const node = decodeNodeKeys(contents.node)
  const made = madeKeys(world, change)
  try {
    const personId = change.kind === 'add' ? toHex(random(8)) : change.personId
    const before = roster.people.find((each) => each.personId === personId)
    if (change.kind !== 'add' && before === undefined) return { kind: 'refused', reason: 'unknown-person' }
    const entry = changedEntry(world, change, personId, before, made)
    const people = [...roster.people.filter((each) => each.personId !== personId), entry]
    const problem = checkPeople(people)
    if (problem !== null) return { kind: 'refused', reason: problem }
    const next: Roster = { ...roster, revision: roster.revision + 1, people }
    const active = people.filter(({ isActive }) => isActive)
    const doors = await doorsAfter(body, change, entry, active, made)
    const members = active.map((each) => ({ entry: each, sections: sectionsFor(each, node) }))
    const sealed = sealSections(
      crypto,
      random,
      { ...contents, roster: signRoster(crypto, next, root.root) },
      members,
      root.root,
      // The running node seals its section with the key that it holds.
      isLost(body, 'node', members, made === null ? null : personId) ? {} : { node: all.nodeKey },
    )
    return { kind: 'changed', text: textOfPeople({ ...body, doors, ...sealed }), personId, roster: next }
  } finally {
    for (const content of Object.values(contents)) content.fill(0)
    root.root.fill(0)
    all.nodeKey.fill(0)
    forgetNodeKeys(node)
    if (made !== null) forgetSecrets(made)
  }
}

/** Whether somebody who held a section's key holds it no longer, or has new keys of their own. */
function isLost(
  { wraps }: PeopleBody,
  section: Section,
  members: readonly Membership[],
  renewed: string | null,
): boolean {
  return Object.entries(wraps).some(
    ([personId, held]) =>
      personId !== INSTITUTION &&
      held[section] !== undefined &&
      (personId === renewed ||
        !members.some(({ entry, sections }) => entry.personId === personId && sections.includes(section))),
  )
}

function madeKeys({ random }: VaultWorld, { kind }: PeopleChange): PersonSecrets | null {
  return kind === 'add' || kind === 'reset' || kind === 'return'
    ? { user: random(32), seal: random(32) }
    : null
}

function changedEntry(
  { crypto, now }: VaultWorld,
  change: PeopleChange,
  personId: string,
  before: PersonEntry | undefined,
  made: PersonSecrets | null,
): PersonEntry {
  const keys = made && {
    signKey: crypto.ed25519PublicKey(made.user),
    sealKey: crypto.x25519PublicKey(made.seal),
  }
  if (change.kind === 'add') {
    assert(keys !== null, 'a new person has new keys')
    return {
      personId,
      account: plainAccount(change.account),
      name: change.name.normalize('NFC').trim(),
      roles: [...change.roles],
      isActive: true,
      ...keys,
      formerKeyIds: [],
      changedAt: now(),
    }
  }
  assert(before !== undefined, 'only a known person is changed')
  const changed = { ...before, changedAt: now() }
  switch (change.kind) {
    case 'roles':
      return { ...changed, name: change.name.normalize('NFC').trim(), roles: [...change.roles] }
    case 'leave':
      return { ...changed, isActive: false }
    case 'reset':
    case 'return':
      return {
        ...changed,
        isActive: true,
        ...keys!,
        formerKeyIds: [...before.formerKeyIds, userKeyIdOf(crypto, before.signKey)],
      }
  }
}

async function doorsAfter(
  { kdf, doors }: PeopleBody,
  change: PeopleChange,
  entry: PersonEntry,
  active: readonly PersonEntry[],
  made: PersonSecrets | null,
): Promise<PeopleBody['doors']> {
  const isAlone = active.length === 1
  const stays = doors.filter(
    (door) =>
      (door.personId !== entry.personId || made === null) &&
      (isAlone || !door.isAlone) &&
      active.some(({ personId }) => personId === door.personId),
  )
  if (made === null || !('passphrase' in change)) return stays
  const { passphrase } = change
  const added = [await makeDoor(kdf, { account: entry.account, passphrase }, entry.personId, made, false)]
  if (isAlone) added.push(await makeDoor(kdf, { account: '', passphrase }, entry.personId, made, true))
  return [...stays, ...added]
}

/** The file with another passphrase of this person, under a cost that never falls. */
export async function changePassphrase(file: OpenedFile, passphrase: string): Promise<string> {
  const { body, entry, secrets } = file
  const isAlone = body.doors.some((door) => door.personId === entry.personId && door.isAlone)
  const made = [
    await makeDoor(body.kdf, { account: entry.account, passphrase }, entry.personId, secrets, false),
  ]
  if (isAlone) made.push(await makeDoor(body.kdf, { account: '', passphrase }, entry.personId, secrets, true))
  return textOfPeople({
    ...body,
    doors: [...body.doors.filter(({ personId }) => personId !== entry.personId), ...made],
  })
}

export const isAdministrator = ({ entry }: OpenedFile): boolean => entry.roles.includes('administrator')

export type ResetRefusal = 'unknown-person' | 'two-administrators' | 'kit-needed' | 'other-institution'

/**
 * Who may reset a forgotten passphrase: two administrators other than the person; where there is only one, that one with
 * the recovery kit; where there is none, the kit.
 */
export function checkReset(
  roster: Roster,
  personId: string,
  approvers: readonly PersonEntry[],
  hasKit: boolean,
): ResetRefusal | null {
  if (!roster.people.some((each) => each.personId === personId)) return 'unknown-person'
  const others = roster.people.filter(
    (each) => each.isActive && each.roles.includes('administrator') && each.personId !== personId,
  )
  const agreed = new Set(
    approvers
      .filter(({ personId: id }) => others.some((each) => each.personId === id))
      .map((each) => each.personId),
  )
  if (agreed.size >= 2) return null
  if (others.length >= 2) return 'two-administrators'
  return hasKit && agreed.size === others.length ? null : 'kit-needed'
}

/** The list of people by the kit's root key; null where the kit is another institution's. */
export function rosterByRoot(
  crypto: Crypto,
  text: string,
  root: Bytes,
): { body: PeopleBody; roster: Roster } | null {
  const parsed = parsePeopleFile(text)
  if (parsed.kind !== 'ok') return null
  const roster = readRoster(crypto, parsed.body, sectionKeyOfRoot(crypto, parsed.body, root, 'roster'))
  if (roster === null) return null
  const isOwn = equalBytes(roster.memberId, memberIdOf(crypto, crypto.ed25519PublicKey(root)))
  return isOwn ? { body: parsed.body, roster } : null
}
