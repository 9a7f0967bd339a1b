/**
 * Institutions of one consortium in this process, each in a folder of its own: the product's profiles, stores, threads and
 * libp2p over loopback. For tests that are about folders: what lies in them, and what happens when they are copied.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { present } from '../../shared/std/assert.ts'
import type { VisitRecord } from '../../shared/domain/visit.ts'
import { fromHex, toHex } from '../../shared/std/bytes.ts'
import { letMembersMeet } from '../demonstration/meet.ts'
import { testWorld } from '../governance/institution.test-kit.ts'
import { openHeadless, type Headless } from '../headless.ts'
import { decodeCertificate } from '../node/chain/certificate.ts'
import type { MemberId } from '../node/chain/ids.ts'
import type { MemberKind } from '../node/chain/members.ts'
import { foundTogether, type Founded } from '../node/founding.ts'
import type { ChainNode } from '../node/node.ts'
import { fieldsAt } from '../node/node.test-kit.ts'
import { sealVisits } from '../node/seal-visits.ts'
import { readSegment } from '../node/storage/chain-store.ts'
import { newestEpoch } from '../node/vault/institution-keys.ts'
import { createFoundedProfile, type ProfileWorld } from './open-profile.ts'

export const PASSPHRASE = 'a passphrase of several words'

export interface ProfileMember {
  readonly founded: Founded
  readonly memberId: MemberId
  readonly kind: MemberKind
  /** Where its profile lies; another one after a restore. */
  folder: string
  /** Null while it is closed. */
  open: Headless | null
  readonly node: ChainNode
  start(world?: ProfileWorld): Promise<ChainNode>
  stop(): Promise<void>
  /** Seals and submits visits as its own; gives their Merkle roots in hex. */
  submit(visits: readonly VisitRecord[]): Promise<string[]>
}

export interface ProfileConsortium {
  readonly scratch: string
  readonly members: readonly ProfileMember[]
  up(): ChainNode[]
  close(): Promise<void>
}

export async function foundProfiles(
  kinds: readonly MemberKind[],
  policy: Readonly<Record<string, number>> = {},
): Promise<ProfileConsortium> {
  const scratch = await mkdtemp(join(tmpdir(), 'consilium-profiles-'))
  const world = testWorld()
  const { crypto, random } = world
  const founded = foundTogether(crypto, random, Date.now(), {
    name: 'Consortium of a test (synthetic)',
    // Slots that close at once, so that those without a vote follow without waiting for a minute.
    policy: { timestampGranularityMs: 1, ...policy },
    members: kinds.map((kind, i) => ({
      institutionName: `${kind} ${i + 1}`,
      personName: 'Lin',
      roles: kind === 'university' ? ['researcher', 'administrator'] : ['clerk', 'administrator'],
      kind,
      isVoter: kind === 'hospital',
    })),
  })
  const members: ProfileMember[] = []
  for (const [i, kind] of kinds.entries()) {
    const folder = join(scratch, `member-${i}`)
    await createFoundedProfile(world, founded[i]!, {
      folder,
      institutionName: `${kind} ${i + 1}`,
      passphrase: PASSPHRASE,
      zone: 'Asia/Taipei',
      isSynthetic: true,
    })
    members.push(memberIn(folder, kind, founded[i]!))
  }
  await letMembersMeet(
    world,
    members.map(({ folder }) => folder),
  )
  return {
    scratch,
    members,
    up: () => members.flatMap(({ open }) => (open === null ? [] : [open.institution.profile.node!])),
    async close() {
      for (const member of members) await member.stop()
      await rm(scratch, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function memberIn(folder: string, kind: MemberKind, founded: Founded): ProfileMember {
  const { crypto, random } = testWorld()
  const member: ProfileMember = {
    founded,
    memberId: fromHex(founded.memberId) as Uint8Array as MemberId,
    kind,
    folder,
    open: null,
    get node() {
      return member.open!.institution.profile.node!
    },
    async start(world = testWorld()) {
      member.open = await openHeadless({
        folder: member.folder,
        passphrase: PASSPHRASE,
        world,
        // What waits is part of what these tests look at.
        drainMs: 0,
      })
      return member.node
    },
    async stop() {
      const { open } = member
      member.open = null
      await open?.close()
    },
    async submit(own) {
      const { node } = member
      const custodian = newestEpoch(founded.keys.session.custodianEpochs)
      const records = own.map((visit) => fieldsAt(visit, founded.memberId))
      const visits = sealVisits(crypto, random, node.sealingKeys(custodian), records).map((sealed) => {
        if (sealed.kind === 'refused') throw new Error(sealed.reason)
        return sealed.visit
      })
      await node.submit(visits, node.reserve(visits.length), [])
      return visits.map(({ merkleRoot }) => toHex(merkleRoot))
    },
  }
  return member
}

/** Members in hex whose signatures certify each height, from 1 on. */
export async function signersOf({ node }: ProfileMember): Promise<string[][]> {
  const signers: string[][] = []
  for (let height = 1; height <= node.status.height; height++) {
    const found = await readSegment(node.store, height)
    if (found.kind !== 'ok') throw new Error(`segment ${height} is ${found.kind}`)
    const certificate = present(decodeCertificate(found.value.certificate), 'what is stored is certified')
    signers.push(certificate.signatures.map(({ memberId }) => toHex(memberId)))
  }
  return signers
}
