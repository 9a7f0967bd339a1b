/**
 * An institution that has keys and no chain yet: it asked to take part, or founds together with others.
 *
 *     candidate.json   public facts and the signed request, with a checksum
 *     keys.json        the sealed keys, as in a profile
 *
 * Coming in turns the folder into a profile. `profile.json` is written last: after a crash on the way the folder is still a
 * candidate's, and coming in is tried again.
 */
import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { memberKind } from '../../shared/contract/governance.ts'
import { isAddress } from '../../shared/domain/address.ts'
import { fromHex, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { present } from '../../shared/std/assert.ts'
import { openKeptFiles } from '../governance/kept-files.ts'
import { VOTING } from '../node/consensus/engine/standing.ts'
import { createInstitution } from '../node/founding.ts'
import type { Member, MemberKind } from '../node/chain/members.ts'
import type { InvitationMember } from '../node/membership/invitation.ts'
import { makeRequest, openRequest } from '../node/membership/request.ts'
import type { SharedSecrets } from '../node/membership/shared-secrets.ts'
import { forgetNodeKeys, forgetSessionKeys, type InstitutionKeys } from '../node/vault/institution-keys.ts'
import { checkPassphrase } from '../node/vault/passphrase.ts'
import { sealInstitution } from '../node/vault/institution-vault.ts'
import { readTextFile, writeFileAtomic } from './atomic-file.ts'
import { saveNetwork } from './network-settings.ts'
import { prepareStore, type ProfileWorld } from './open-profile.ts'
import { asProfileFailure, ProfileFailure } from './profile-failure.ts'
import {
  prepareEmptyFolder,
  PROFILE_FORMAT,
  saveFacts,
  saveKeysText,
  STORE_FOLDER,
  unsealKeys,
} from './profile-folder.ts'

const CANDIDATE = 'candidate.json'
const FORMAT = 1

/** Roles of the person who makes an institution of this kind. */
export const ROLES_OF_KIND: Readonly<Record<MemberKind, readonly string[]>> = {
  hospital: ['clerk', 'researcher', 'reviewer', 'checker', 'administrator', 'auditor'],
  university: ['researcher', 'reviewer', 'administrator', 'auditor'],
  insurer: ['analyst', 'administrator', 'auditor'],
}

const candidateFacts = z.object({
  format: z.literal(FORMAT),
  institutionName: z.string().min(1),
  kind: memberKind,
  zone: z.string().min(1),
  /** Where its node will listen; null: it only dials. */
  listen: z.string().nullable(),
  /** The signed request file, hex. */
  request: z.string().regex(/^([0-9a-f]{2})+$/),
  createdAt: z.number().int(),
})
type CandidateFacts = z.infer<typeof candidateFacts>

export interface Candidate {
  readonly folder: string
  readonly facts: CandidateFacts
  readonly member: Member
  readonly addresses: readonly string[]
  readonly fingerprint: string
  readonly requestFile: Bytes
}

export interface NewCandidate {
  readonly folder: string
  readonly institutionName: string
  readonly personName: string
  readonly kind: MemberKind
  readonly zone: string
  readonly wishesVote: boolean
  readonly addresses: readonly string[]
  readonly listen: string | null
  readonly passphrase: string
}

/** @throws {ProfileFailure} as `createProfile` */
export async function makeCandidate(world: ProfileWorld, given: NewCandidate): Promise<Candidate> {
  const verdict = checkPassphrase(given.passphrase)
  if (verdict.kind === 'weak')
    throw new ProfileFailure({ code: 'passphrase-too-weak', detail: verdict.reason })
  const { crypto, random } = world
  const { folder, kind } = given
  const institutionName = given.institutionName.normalize('NFC')
  const { keys, member } = createInstitution(crypto, random, {
    institutionName,
    personName: given.personName,
    roles: ROLES_OF_KIND[kind],
    kind,
    isVoter: kind === 'hospital' && given.wishesVote,
  })
  const createdAt = world.now()
  const request = makeRequest(
    crypto,
    {
      purpose: 'take-part',
      chainId: null,
      member,
      addresses: given.addresses.filter(isAddress),
      createdAt,
    },
    keys.root.root,
  )
  try {
    await prepareEmptyFolder(folder)
    await writeKeys(world, folder, keys, given.passphrase)
    const facts: CandidateFacts = {
      format: FORMAT,
      institutionName,
      kind,
      zone: given.zone,
      listen: given.listen,
      request: toHex(request),
      createdAt,
    }
    await writeFileAtomic(
      join(folder, CANDIDATE),
      JSON.stringify({ ...facts, checksum: checksumOf(facts) }, null, 2) + '\n',
    )
  } catch (error) {
    throw asProfileFailure(error, folder) ?? error
  } finally {
    forgetKeys(keys)
  }
  return present(await loadCandidate(world, folder), 'a candidate that was just made is there')
}

/** Null where the folder holds none. @throws {ProfileFailure} `profile-damaged`, `profile-newer` */
export async function loadCandidate(world: ProfileWorld, folder: string): Promise<Candidate | null> {
  const text = await readTextFile(join(folder, CANDIDATE))
  if (text === null) return null
  const damaged = () => new ProfileFailure({ code: 'profile-damaged', detail: CANDIDATE })
  let json: { format?: unknown; checksum?: unknown }
  try {
    json = JSON.parse(text) as typeof json
  } catch {
    throw damaged()
  }
  if (typeof json?.format === 'number' && json.format > FORMAT)
    throw new ProfileFailure({ code: 'profile-newer', detail: CANDIDATE })
  const parsed = candidateFacts.safeParse(json)
  if (!parsed.success || checksumOf(parsed.data) !== json.checksum) throw damaged()
  const requestFile = fromHex(parsed.data.request)
  const opened = openRequest(world.crypto, requestFile)
  if (opened.kind === 'refused') throw damaged()
  const { member, addresses } = opened.request
  return { folder, facts: parsed.data, member, addresses, fingerprint: opened.fingerprint, requestFile }
}

/** All keys of the candidate for the time of `work`. @throws {ProfileFailure} `wrong-passphrase` */
export async function withCandidateKeys<T>(
  world: ProfileWorld,
  folder: string,
  passphrase: string,
  work: (keys: InstitutionKeys) => Promise<T> | T,
): Promise<T> {
  const { node, session, root, nodeSealer } = await unsealKeys(
    folder,
    passphrase,
    ['node', 'session', 'root'],
    world,
  )
  nodeSealer?.forget()
  const keys = { node: present(node), session: present(session), root: present(root) }
  try {
    return await work(keys)
  } finally {
    forgetKeys(keys)
  }
}

export interface ComingIn {
  readonly chainId: Bytes
  /** The founding document with all signatures. */
  readonly signedGenesis: Bytes
  readonly secrets: SharedSecrets
  /** Of an invitation; null where the institution founded. */
  readonly tokenHash: Bytes | null
  readonly introduced: readonly InvitationMember[]
  /** The newest segment when the invitation was made; null where there was none. */
  readonly expected: Bytes | null
}

/** Makes the folder a profile of the chain. Opening it is the next step. @throws {ProfileFailure} */
export async function comeIn(
  world: ProfileWorld,
  candidate: Candidate,
  passphrase: string,
  coming: ComingIn,
): Promise<void> {
  const { folder, facts, member } = candidate
  try {
    await withCandidateKeys(world, folder, passphrase, (keys) =>
      writeKeys(world, folder, withSecrets(keys, coming.secrets), passphrase),
    )
    // What an earlier attempt left: nothing has been signed with it, since no node ever ran here.
    await rm(join(folder, STORE_FOLDER), { recursive: true, force: true })
    await prepareStore(world, join(folder, STORE_FOLDER), coming.signedGenesis, VOTING)
    const kept = openKeptFiles(world.crypto, folder)
    if (coming.tokenHash !== null) await kept.saveOwnToken(coming.tokenHash)
    if (coming.introduced.length > 0) await kept.saveIntroduced(coming.introduced)
    if (coming.expected !== null) await kept.saveExpected(coming.expected)
    await saveNetwork(folder, { listen: facts.listen, announce: [...candidate.addresses] })
    await saveFacts(folder, {
      format: PROFILE_FORMAT,
      institutionName: facts.institutionName,
      memberId: toHex(member.memberId),
      chainId: toHex(coming.chainId),
      zone: facts.zone,
      isSynthetic: false,
      createdAt: facts.createdAt,
      isRecoveryKitProven: false,
      isRestored: false,
      genesis: toHex(coming.signedGenesis),
    })
    await rm(join(folder, CANDIDATE), { force: true })
  } catch (error) {
    throw asProfileFailure(error, folder) ?? error
  }
}

function withSecrets(keys: InstitutionKeys, secrets: SharedSecrets): InstitutionKeys {
  const { networkGenerations, gatewayEpochs, linkageEpochs } = secrets
  return { ...keys, node: { ...keys.node, networkGenerations, gatewayEpochs, linkageEpochs } }
}

async function writeKeys(
  world: ProfileWorld,
  folder: string,
  keys: InstitutionKeys,
  passphrase: string,
): Promise<void> {
  await saveKeysText(folder, await sealInstitution(world, keys, passphrase, world.scryptCost))
}

function forgetKeys(keys: InstitutionKeys): void {
  forgetNodeKeys(keys.node)
  forgetSessionKeys(keys.session)
  keys.root.root.fill(0)
}

function checksumOf(facts: CandidateFacts): string {
  const names = (Object.keys(facts) as (keyof CandidateFacts)[]).sort((a, b) => (a < b ? -1 : 1))
  const text = JSON.stringify(names.map((name) => [name, facts[name]]))
  return toHex(new Uint8Array(createHash('sha256').update(text).digest())).slice(0, 16)
}
