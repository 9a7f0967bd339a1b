/** What a passphrase opens of `keys.json`, in whichever format it is. */
import type { Role } from '../../shared/contract/app.ts'
import { mayOpenPatients } from '../../shared/contract/rights.ts'
import type { Bytes } from '../../shared/std/bytes.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { contentOf, sealerFor } from '../node/vault/institution-vault.ts'
import {
  decodeNodeKeys,
  decodePatientKeys,
  decodeRootKeys,
  decodeSessionKeys,
  secretsOfPatients,
  type NodeKeys,
  type PatientKeys,
  type PersonIdentity,
  type RootKeys,
  type SessionKeys,
} from '../node/vault/institution-keys.ts'
import {
  openPeople,
  openWithSecrets,
  parsePeopleFile,
  type Credentials,
  type OpenedFile,
  type PersonSecrets,
} from '../node/vault/people-keys.ts'
import { plainAccount, userKeyIdOf, type Roster } from '../node/vault/people.ts'
import { openKeys, type SectionSealer } from '../node/vault/sealed-keys.ts'

export type SectionName = 'node' | 'session' | 'root'

/** A person whose door was opened. */
export interface OpenedPerson {
  readonly identity: PersonIdentity & {
    readonly personId: string
    readonly account: string
    /** Key ids of the same person before a reset. */
    readonly formerKeyIds: readonly string[]
  }
  /** Ed25519 seed. */
  readonly user: Bytes
  /** Null where the roles have nothing to do with patients. */
  readonly patients: PatientKeys | null
  /** Everybody who has an account. */
  readonly roster: Roster
}

export function forgetPerson({ user, patients }: OpenedPerson): void {
  user.fill(0)
  for (const secret of patients === null ? [] : secretsOfPatients(patients)) secret.fill(0)
}

/** What was opened, and what seals the node's section anew without the passphrase. */
export interface UnsealedKeys {
  readonly person: OpenedPerson
  readonly node?: NodeKeys
  readonly session?: SessionKeys
  readonly root?: RootKeys
  /** Where the node's section was asked for; whoever asked forgets it. */
  readonly nodeSealer?: SectionSealer
  /** The file is of the format before people had accounts. */
  readonly isOlder: boolean
}

export type Unsealing =
  | { kind: 'unsealed'; keys: UnsealedKeys }
  | { kind: 'refused'; reason: 'wrong-passphrase' | 'damaged' | 'newer' | 'not-permitted' | 'needs-starter' }

/** The passphrase alone is that of the only person. */
export const credentialsOf = (given: string | Credentials): Credentials =>
  typeof given === 'string'
    ? { account: '', passphrase: given }
    : { account: plainAccount(given.account), passphrase: given.passphrase }

/** A file from before people had accounts lists none. */
const NOBODY: Roster = { revision: 0, memberId: new Uint8Array(0), people: [] }

/** Costs one scrypt. `onOpened` hears of the person's door while it is open. */
export async function unsealText(
  crypto: Crypto,
  text: string,
  given: string | Credentials,
  names: readonly SectionName[],
  onOpened: (file: OpenedFile) => Promise<void> = async () => {},
): Promise<Unsealing> {
  const credentials = credentialsOf(given)
  if (parsePeopleFile(text).kind === 'older') return unsealOlder(crypto, text, credentials, names)
  const opened = await openPeople(crypto, text, credentials)
  if (opened.kind === 'refused') return opened
  try {
    await onOpened(opened.file)
  } catch (error) {
    opened.file.forget()
    throw error
  }
  return unsealFile(crypto, opened.file, names)
}

/** Without a passphrase, for somebody whose secrets are at hand; takes them over. */
export function unsealWithSecrets(
  crypto: Crypto,
  text: string,
  personId: string,
  secrets: PersonSecrets,
  names: readonly SectionName[],
): Unsealing {
  const opened = openWithSecrets(crypto, text, personId, secrets)
  return opened.kind === 'refused' ? opened : unsealFile(crypto, opened.file, names)
}

function unsealFile(crypto: Crypto, file: OpenedFile, names: readonly SectionName[]): Unsealing {
  const contents = new Map<SectionName, Bytes>()
  try {
    for (const name of names) {
      const content = contentOf(file, name)
      if (content !== null) contents.set(name, content)
      // Whoever unlocks has no need of it; whoever is to sign or to make a kit cannot go on without.
      else if (name === 'node') return { kind: 'refused', reason: 'needs-starter' }
      else if (name === 'root' || names.includes('root')) return { kind: 'refused', reason: 'not-permitted' }
    }
    return { kind: 'unsealed', keys: keysOf(crypto, file, contents, names) }
  } finally {
    for (const content of contents.values()) content.fill(0)
    file.forget()
  }
}

function keysOf(
  crypto: Crypto,
  file: OpenedFile,
  contents: ReadonlyMap<SectionName, Bytes>,
  names: readonly SectionName[],
): UnsealedKeys {
  const { entry } = file
  const identity = {
    name: entry.name,
    userKeyId: userKeyIdOf(crypto, entry.signKey),
    roles: entry.roles,
    personId: entry.personId,
    account: entry.account,
    formerKeyIds: entry.formerKeyIds,
  }
  const node = contents.get('node')
  const root = contents.get('root')
  const session = contents.get('session')
  // An administrator holds what clerks hold, and opens it to give it on, to back it up, and for nothing else.
  const isForWork = !names.includes('root') && mayOpenPatients(entry.roles as readonly Role[])
  const user = file.secrets.user.slice()
  const all = session === undefined ? null : decodePatientKeys(session)
  const isKept = isForWork || names.includes('root')
  if (all !== null && !isKept) for (const secret of secretsOfPatients(all)) secret.fill(0)
  const patients = isKept ? all : null
  const sealer = node === undefined ? null : sealerFor(file, 'node')
  return {
    person: { identity, user, patients, roster: file.roster },
    ...(node === undefined ? {} : { node: decodeNodeKeys(node) }),
    ...(root === undefined ? {} : { root: decodeRootKeys(root) }),
    ...(patients === null ? {} : { session: { ...patients, user, person: identity } }),
    ...(sealer === null ? {} : { nodeSealer: sealer }),
    isOlder: false,
  }
}

async function unsealOlder(
  crypto: Crypto,
  text: string,
  { account, passphrase }: Credentials,
  names: readonly SectionName[],
): Promise<Unsealing> {
  const wanted = [...new Set<SectionName>(['session', ...names])]
  const opened = await openKeys(text, passphrase, wanted, names.includes('node') ? 'node' : undefined)
  if (opened.kind === 'refused') return opened
  const { node, root, session } = opened.sections
  try {
    const keys = decodeSessionKeys(session!)
    if (account !== '' && account !== plainAccount(keys.person.name))
      return { kind: 'refused', reason: 'wrong-passphrase' }
    const identity = {
      ...keys.person,
      userKeyId: userKeyIdOf(crypto, crypto.ed25519PublicKey(keys.user)),
      personId: '',
      account: plainAccount(keys.person.name),
      formerKeyIds: [],
    }
    const isForWork = names.includes('root') || mayOpenPatients(identity.roles as readonly Role[])
    return {
      kind: 'unsealed',
      keys: {
        person: { identity, user: keys.user, patients: isForWork ? keys : null, roster: NOBODY },
        ...(node === undefined ? {} : { node: decodeNodeKeys(node) }),
        ...(root === undefined ? {} : { root: decodeRootKeys(root) }),
        ...(isForWork ? { session: keys } : {}),
        ...(opened.sealer === undefined ? {} : { nodeSealer: opened.sealer }),
        isOlder: true,
      },
    }
  } finally {
    for (const secret of Object.values(opened.sections)) secret.fill(0)
  }
}
