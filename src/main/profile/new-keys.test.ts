/** A5: a hospital changes its own keys, with real folders and links. The old ones hold to the height, the new ones after. */
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { present } from '../../shared/std/assert.ts'
import { fromHex, toHex } from '../../shared/std/bytes.ts'
import { testWorld } from '../governance/institution.test-kit.ts'
import { decodeCertificate } from '../node/chain/certificate.ts'
import { signItem } from '../node/chain/item.ts'
import { findMember, type Member } from '../node/chain/members.ts'
import { membersOf } from '../node/chain/state.ts'
import { signVote, type SignedVote } from '../node/chain/vote.ts'
import { heightContextOf } from '../node/consensus/engine/judge-segment.ts'
import { encodeMessage } from '../node/consensus/engine/messages.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { areEqual, decideTogether, until } from '../node/members.test-kit.ts'
import { sampleVisit } from '../node/node.test-kit.ts'
import type { Transport } from '../node/network/transport.ts'
import { readSegment } from '../node/storage/chain-store.ts'
import type { EpochKey } from '../node/vault/institution-keys.ts'
import { verifyInThread } from '../workers/verify.ts'
import {
  foundProfiles,
  PASSPHRASE,
  type ProfileConsortium,
  type ProfileMember,
} from './consortium.test-kit.ts'
import { STORE_FOLDER, unsealKeys } from './profile-folder.ts'

const crypto = createNodeCrypto()
const four = ['hospital', 'hospital', 'hospital', 'hospital'] as const

let consortium: ProfileConsortium | null = null
afterEach(async () => {
  await consortium?.close()
  consortium = null
})

const profileOf = ({ open }: ProfileMember) => open!.institution.profile
const rowOf = ({ node }: ProfileMember, of: ProfileMember): Member =>
  present(findMember(membersOf(node.ledger.state.consortium), of.memberId), 'it is a member')
const newestGateway = ({ node }: ProfileMember): number =>
  Math.max(...node.gatewayKeys().epochs.map(({ epoch }) => epoch))
const hasKeysOf = (member: Member) => (of: ProfileMember) => (seen: ProfileMember) =>
  toHex(rowOf(seen, of).authorKey) === toHex(member.authorKey)

async function makeKeys(member: ProfileMember, because: 'planned' | 'stolen' = 'planned'): Promise<Member> {
  const made = await profileOf(member).makeNextKeys(PASSPHRASE, because)
  if (made.kind !== 'made') throw new Error(made.reason)
  return made.member
}

const replaced = (member: Member) =>
  [{ kind: 'membership', change: 'replace', member, approvals: [] }] as const

/** The sets in the vault as it lies on the disk. */
async function vaultOf({ folder }: ProfileMember) {
  const { node } = await unsealKeys(folder, PASSPHRASE, ['node'], testWorld())
  return node!
}

async function verified(member: ProfileMember, gateway: readonly EpochKey[]) {
  return verifyInThread(
    {
      storePath: join(member.folder, STORE_FOLDER),
      chainId: fromHex(member.founded.chainId) as never,
      epochs: { gateway },
      areRowsHeld: true,
    },
    new AbortController().signal,
    () => {},
  )
}

describe('a hospital that changes its keys', () => {
  it('is known by the old ones to the height and by the new ones after it, and the chain goes on all the time (A5)', async () => {
    const at = (consortium = await foundProfiles(four))
    const [author, changing] = at.members as [ProfileMember, ProfileMember]
    const messenger = at.members[2]!
    let lines: Transport | null = null
    for (const member of at.members) {
      const world = testWorld()
      await member.start({
        ...world,
        openNetwork: async (about, settings) => {
          const network = await world.openNetwork(about, settings)
          if (member === messenger) lines = network.transport
          return network
        },
      })
    }
    await until(() => at.up().every(({ status }) => status.votersReachable === 4))
    let next = 0
    const write = async (by: ProfileMember, count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        await by.submit([sampleVisit(next++)])
        await until(() => areEqual(at.up(), next))
      }
    }
    await write(changing, 2)
    await write(author, 2)
    const before = changing.founded.keys.node
    const old = { ...before, author: before.author.slice(), consensus: before.consensus.slice() }

    const member = await makeKeys(changing)
    expect((await vaultOf(changing)).next).toHaveLength(1)
    // Asked again, it gives the same: what others were told is never thrown away.
    expect(await makeKeys(changing)).toEqual(member)
    // Visits that it accepts on the way, before, at and after the height.
    const onTheWay = (async () => {
      for (let i = 0; i < 10; i++) await changing.submit([sampleVisit(next++), sampleVisit(next++)])
    })()
    await decideTogether(author, at.members.slice(0, 3), replaced(member))
    await onTheWay
    await until(() => at.members.every(hasKeysOf(member)(changing)))
    const effectHeight = present(
      author.node.ledger.state.consortium.members.find(({ member: { memberId } }) =>
        memberId.every((byte, i) => byte === changing.memberId[i]),
      ),
      'it is a member',
    ).sinceHeight
    await until(() => areEqual(at.up(), next))

    // Everybody finds it again under its new name, and it votes.
    await until(() => at.up().every(({ status }) => status.votersReachable === 4))
    expect(changing.node.status).toMatchObject({ standing: 'voting', observingReason: null })
    await write(changing, 3)
    await write(author, 10)
    const signers: [number, string[]][] = []
    for (let height = effectHeight; height <= author.node.status.height; height++) {
      const found = await readSegment(author.node.store, height)
      if (found.kind !== 'ok') throw new Error(found.kind)
      const { signatures } = present(decodeCertificate(found.value.certificate), 'it is certified')
      signers.push([height, signatures.map(({ memberId }) => toHex(memberId))])
    }
    expect(signers.map(([, names]) => names).flat()).toContain(changing.founded.memberId)

    // The key of the gateway is a new one, sealed to the new keys; the old ones are gone from the disk.
    await until(() => at.members.every((each) => newestGateway(each) >= 1))
    await until(async () => (await vaultOf(changing)).next.length === 0)
    const vault = await vaultOf(changing)
    expect(toHex(crypto.ed25519PublicKey(vault.author))).toBe(toHex(member.authorKey))
    expect(profileOf(changing).facts.isRecoveryKitProven).toBe(false)

    // After a restart it is whole, and the chain verifies with both keys.
    await changing.stop()
    await changing.start()
    await until(() => at.up().every(({ status }) => status.votersReachable === 4))
    await write(changing, 1)
    // Its audit is read as before, and goes on under a key of its own.
    const { auditHome } = present(changing.open, 'it runs').institution
    expect(await present(auditHome, 'a node keeps one').verify()).toMatchObject({ findings: [] })
    expect(changing.node.auditKeys.list().map(({ epoch }) => epoch)).toEqual([1, 2])
    const noted: string[] = []
    for await (const { content } of present(auditHome, 'a node keeps one').log.scan(1, 1_000))
      noted.push(content?.operation ?? 'changed')
    expect(noted.filter((operation) => operation === 'node.keysReplaced')).toHaveLength(1)
    // What the old keys sign now means nothing, even where a member carries it to the others.
    await until(() => at.up().every((node) => node.consensusView().phase === 'idle'))
    const { chainId, state } = author.node.ledger
    const { protocolVersion, epoch, height } = heightContextOf(state)
    const vote = { type: 'prevote' as const, protocolVersion, epoch, height, round: 0, segmentId: null }
    const carry = (signed: SignedVote): void =>
      void lines!.send(
        author.founded.memberId,
        'consensus',
        encodeMessage({ kind: 'votes', votes: [signed] }),
      )
    carry(signVote(crypto, chainId, { ...vote, memberId: changing.memberId }, old.consensus))
    // A word that comes after it, and is heard: so the one before has been looked at.
    const own = messenger.founded.keys.node.consensus
    carry(signVote(crypto, chainId, { ...vote, memberId: messenger.memberId }, own))
    await until(() => author.node.consensusView().prevoted.length > 0)
    expect(author.node.consensusView().prevoted.map(toHex)).toEqual([messenger.founded.memberId])
    expect(state.consortium.suspensions).toEqual([])
    const item = {
      clear: { kind: 'anchor', auditRoot: new Uint8Array(32), count: 1 } as const,
      sealed: null,
      author: changing.memberId,
      sequence: author.node.items.nextSequence(changing.memberId),
      notAfterHeight: state.height + 100,
    }
    await expect(author.node.items.submit(signItem(crypto, chainId, item, old.author))).rejects.toMatchObject(
      {
        detail: { code: 'item-refused', reason: 'item-signature' },
      },
    )

    const { tip } = author.node.status
    const epochs = author.node.gatewayKeys().epochs.map(({ epoch, key }) => ({ epoch, key: key.slice() }))
    await author.stop()
    expect(await verified(author, epochs)).toMatchObject({ kind: 'ok', blocks: next, tip })
  }, 240_000)
})
