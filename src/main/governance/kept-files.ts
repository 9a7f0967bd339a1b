/**
 * Proposals, proofs and given invitations, kept in the folder `membership` of the profile: small files, each either the old
 * one or the new one. A file that is damaged is left where it is and not read: other members have the proposal too.
 */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { toHex, tryFromHex } from '../../shared/std/bytes.ts'
import { encode, tryDecode, type Cbor } from '../node/chain/codec.ts'
import { asArray, asList, isBytes, isCount, MEMBER_ID_BYTES, type MemberId } from '../node/chain/ids.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { REPLACEMENTS, type Replacement } from '../node/membership/decisions.ts'
import { introducedFromCbor, introducedToCbor, type InvitationMember } from '../node/membership/invitation.ts'
import { PROPOSAL_DECISIONS_MAX } from '../node/membership/limits.ts'
import { writeFileAtomic } from '../profile/atomic-file.ts'

export const MEMBERSHIP_FOLDER = 'membership'

export interface KeptProposal {
  readonly proposalId: Uint8Array
  /** As `encodeProposal` gives it. */
  readonly bytes: Uint8Array
  /** Null in a file of the first format, which did not say. */
  readonly replacements: readonly (Replacement | null)[] | null
  /** Segments up to this height were searched for it. */
  readonly searchedTo: number
  readonly decidedHeight: number | null
}
export interface GivenInvitation {
  readonly memberId: MemberId
  readonly tokenHash: Uint8Array
  readonly expiresAt: number
}

export interface KeptFiles {
  proposals(): Promise<KeptProposal[]>
  saveProposal(kept: KeptProposal): Promise<void>
  dropProposal(proposalId: Uint8Array): Promise<void>
  invitations(): Promise<GivenInvitation[]>
  saveInvitations(list: readonly GivenInvitation[]): Promise<void>
  /** Signed proofs of sync, one for each member. */
  proofs(): Promise<Map<string, Uint8Array>>
  saveProof(memberId: MemberId, signed: Uint8Array): Promise<void>
  /** Hash of the token of the invitation with which this institution came in; null where it founded. */
  ownToken(): Promise<Uint8Array | null>
  saveOwnToken(tokenHash: Uint8Array): Promise<void>
  /** Whether a member has reached this node at its own address, ever. */
  wasReached(): Promise<boolean>
  saveReached(): Promise<void>
  /** The members that the invitation named, for whose chain this node begins at the founding. */
  introduced(): Promise<InvitationMember[]>
  saveIntroduced(members: readonly InvitationMember[]): Promise<void>
  /** The newest segment that the invitation named, until it was compared with the chain that was fetched. */
  expected(): Promise<Uint8Array | null>
  saveExpected(segment: Uint8Array): Promise<void>
  dropExpected(): Promise<void>
}

const FORMAT = 1
const PROPOSAL_FORMAT = 2
const PROPOSAL_END = '.proposal'
const PROOF_END = '.proof'
const INVITATIONS = 'invitations'
const OWN_TOKEN = 'invited'
const INTRODUCED = 'introduced'
const REACHED = 'reached'
const EXPECTED = 'expected'
const INVITATIONS_MAX = 4_096

export function openKeptFiles(crypto: Crypto, profileFolder: string): KeptFiles {
  const folder = join(profileFolder, MEMBERSHIP_FOLDER)

  async function save(name: string, value: Cbor): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFileAtomic(join(folder, name), encode(value))
  }
  async function load(name: string): Promise<Cbor> {
    try {
      return tryDecode(new Uint8Array(await readFile(join(folder, name))))
    } catch {
      return null
    }
  }
  async function names(end: string): Promise<string[]> {
    try {
      return (await readdir(folder)).filter((name) => name.endsWith(end)).sort()
    } catch {
      return [] // Nothing was kept yet.
    }
  }

  return {
    async proposals() {
      const kept: KeptProposal[] = []
      for (const name of await names(PROPOSAL_END)) {
        const file = await load(name)
        const slots = asArray(file, 4) ?? asArray(file, 5)
        const proposalId = tryFromHex(name.slice(0, -PROPOSAL_END.length))
        if (slots === null || slots[0] !== slots.length - 3 || proposalId === null) continue
        const [, bytes, searchedTo, decidedHeight, replaced = null] = slots
        if (!(bytes instanceof Uint8Array) || !isCount(searchedTo)) continue
        if (decidedHeight !== null && !isCount(decidedHeight)) continue
        const list = asList(replaced, PROPOSAL_DECISIONS_MAX)
        const replacements = list && list.map((each) => REPLACEMENTS.find((known) => known === each) ?? null)
        kept.push({ proposalId, bytes, replacements, searchedTo, decidedHeight: decidedHeight ?? null })
      }
      return kept
    },
    saveProposal: ({ proposalId, bytes, replacements, searchedTo, decidedHeight }) =>
      save(toHex(proposalId) + PROPOSAL_END, [
        PROPOSAL_FORMAT,
        bytes,
        searchedTo,
        decidedHeight,
        [...(replacements ?? [])],
      ]),
    dropProposal: (proposalId) => rm(join(folder, toHex(proposalId) + PROPOSAL_END), { force: true }),
    async invitations() {
      const slots = asArray(await load(INVITATIONS), 2)
      const list = slots?.[0] === FORMAT ? asList(slots[1], INVITATIONS_MAX) : null
      return (list ?? []).flatMap((each) => {
        const parts = asArray(each, 3)
        if (parts === null || !isBytes(parts[0], MEMBER_ID_BYTES) || !isBytes(parts[1], 32)) return []
        if (!isCount(parts[2])) return []
        return [{ memberId: parts[0] as MemberId, tokenHash: parts[1], expiresAt: parts[2] }]
      })
    },
    saveInvitations: (list) =>
      save(INVITATIONS, [
        FORMAT,
        list
          .slice(-INVITATIONS_MAX)
          .map(({ memberId, tokenHash, expiresAt }) => [memberId, tokenHash, expiresAt]),
      ]),
    async proofs() {
      const proofs = new Map<string, Uint8Array>()
      for (const name of await names(PROOF_END)) {
        const slots = asArray(await load(name), 2)
        if (slots?.[0] === FORMAT && slots[1] instanceof Uint8Array)
          proofs.set(name.slice(0, -PROOF_END.length), slots[1])
      }
      return proofs
    },
    wasReached: async () => asArray(await load(REACHED), 1)?.[0] === FORMAT,
    saveReached: () => save(REACHED, [FORMAT]),
    async introduced() {
      const slots = asArray(await load(INTRODUCED), 2)
      return slots?.[0] === FORMAT ? (introducedFromCbor(crypto, slots[1]) ?? []) : []
    },
    saveIntroduced: (members) => save(INTRODUCED, [FORMAT, introducedToCbor(members)]),
    async expected() {
      const slots = asArray(await load(EXPECTED), 2)
      return slots?.[0] === FORMAT && slots[1] instanceof Uint8Array ? slots[1] : null
    },
    saveExpected: (segment) => save(EXPECTED, [FORMAT, segment]),
    dropExpected: () => rm(join(folder, EXPECTED), { force: true }),
    async ownToken() {
      const slots = asArray(await load(OWN_TOKEN), 2)
      return slots?.[0] === FORMAT && isBytes(slots[1], 32) ? slots[1] : null
    },
    saveOwnToken: (tokenHash) => save(OWN_TOKEN, [FORMAT, tokenHash]),
    saveProof: (memberId, signed) => save(toHex(memberId) + PROOF_END, [FORMAT, signed]),
  }
}
