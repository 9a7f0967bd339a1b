/** A hospital that the others removed, with real folders and links: from that height on it is nobody, and its past stands. */
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { present } from '../../shared/std/assert.ts'
import { fromHex, toHex } from '../../shared/std/bytes.ts'
import { testWorld } from '../governance/institution.test-kit.ts'
import { decodeSealedContent } from '../node/chain/sealed-content.ts'
import { findMember } from '../node/chain/members.ts'
import { decodeSegment, encodeSegment, segmentIdOf } from '../node/chain/segment.ts'
import { membersOf } from '../node/chain/state.ts'
import { signProposal, signVote } from '../node/chain/vote.ts'
import { heightContextOf } from '../node/consensus/engine/judge-segment.ts'
import { encodeMessage, type Message } from '../node/consensus/engine/messages.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { NODE_LIMITS } from '../node/limits.ts'
import { areEqual, decideTogether, until } from '../node/members.test-kit.ts'
import { sampleVisit } from '../node/node.test-kit.ts'
import type { Transport } from '../node/network/transport.ts'
import { readSegment } from '../node/storage/chain-store.ts'
import { verifyInThread } from '../workers/verify.ts'
import {
  foundProfiles,
  signersOf,
  type ProfileConsortium,
  type ProfileMember,
} from './consortium.test-kit.ts'
import { loadNetwork } from './network-settings.ts'
import { STORE_FOLDER } from './profile-folder.ts'

const crypto = createNodeCrypto()

let consortium: ProfileConsortium | null = null
afterEach(async () => {
  await consortium?.close()
  consortium = null
})

/** Whether somebody listens on a port of this machine. */
const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

const newestGateway = ({ node }: ProfileMember): number =>
  Math.max(...node.gatewayKeys().epochs.map(({ epoch }) => epoch))

describe('a hospital that is removed', () => {
  it('is cut, gets no new key and has no voice from that height on, and what it signed before still holds (A3, T08)', async () => {
    const kinds = ['hospital', 'hospital', 'hospital', 'hospital', 'hospital', 'university'] as const
    const at = (consortium = await foundProfiles(kinds))
    const gone = at.members[4]!
    const rest = at.members.filter((member) => member !== gone)
    const [author, messenger] = rest as [ProfileMember, ProfileMember]
    let lines: Transport | null = null
    // One clock for all of them, which goes ahead when the test says so.
    let ahead = 0
    const now = (): number => Date.now() + ahead
    const limits = { ...NODE_LIMITS, networkLookMs: 20 }
    for (const member of at.members.slice(0, 5)) {
      const world = testWorld({ now, limits })
      await member.start({
        ...world,
        openNetwork: async (about, settings) => {
          const network = await world.openNetwork(about, settings)
          if (member === messenger) lines = network.transport
          return network
        },
      })
    }
    const sealedTo: string[][] = []
    author.node.onItem(({ content }) => {
      const sealed = content === null ? null : decodeSealedContent(content)
      if (sealed?.kind === 'gateway-epoch')
        sealedTo.push(sealed.sealed.map(({ memberId }) => toHex(memberId)))
    })
    await until(() => at.up().every(({ status }) => status.votersReachable === 5))
    let next = 0
    let readers = at.up()
    const write = async (by: ProfileMember, count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        await by.submit([sampleVisit(next++)])
        await until(() => areEqual(readers, next))
      }
    }
    await write(gone, 3)
    await write(author, 3)
    // Something to remember it by: it certifies.
    for (let i = 0; i < 20 && !(await signersOf(author)).flat().includes(gone.founded.memberId); i++)
      await write(author, 1)

    const row = present(findMember(membersOf(author.node.ledger.state.consortium), gone.memberId), 'it is in')
    await decideTogether(author, rest.slice(0, 4), [
      { kind: 'membership', change: 'remove', member: row, approvals: [] },
    ])
    const hospitals = rest.slice(0, 4)
    readers = hospitals.map(({ node }) => node)
    await until(() => hospitals.every(({ node }) => node.status.voterCount === 4))
    const removedAt = author.node.status.height

    // The connection closes, on both sides, and does not come again.
    const isConnected = () =>
      hospitals.some(({ node }) => node.peers().some(({ name }) => name === gone.founded.memberId)) ||
      gone.node.peers().some(({ state }) => state === 'up')
    await until(() => !isConnected())

    // The next key of the gateway is sealed to each of the four, and to nobody else.
    await until(() => hospitals.every((member) => newestGateway(member) === 1))
    await until(() => sealedTo.length === 1)
    expect(sealedTo[0]!.sort()).toEqual(hospitals.map(({ founded }) => founded.memberId).sort())
    expect(newestGateway(gone)).toBe(0)
    const before = gone.node.status
    await write(messenger, 4)
    expect(isConnected()).toBe(false)
    expect(gone.node.status).toMatchObject({ blockCount: before.blockCount, tip: before.tip })

    // Whoever comes later verifies the whole chain, with the certificates that it signed.
    const university = at.members[5]!
    await university.start()
    await until(() => university.node.status.tip === author.node.status.tip)
    const signers = await signersOf(university)
    expect(signers.slice(0, removedAt).flat()).toContain(gone.founded.memberId)
    expect(signers.slice(removedAt).flat()).not.toContain(gone.founded.memberId)
    expect(signers.length).toBeGreaterThan(removedAt)
    const { tip } = author.node.status
    await university.stop()
    expect(
      await verifyInThread(
        {
          storePath: join(university.folder, STORE_FOLDER),
          chainId: fromHex(university.founded.chainId) as never,
          epochs: {},
          areRowsHeld: false,
        },
        new AbortController().signal,
        () => {},
      ),
    ).toMatchObject({ kind: 'ok', blocks: next, tip })

    // The network's key, which it still has, is changed while one of the four is closed: that one gets the new key when it is back.
    const sleeper = hospitals[3]!
    const awake = hospitals.slice(0, 3)
    await sleeper.stop()
    const decidedAt = author.node.ledger.state.height
    await decideTogether(author, awake, [
      { kind: 'network', number: 1, height: decidedAt + 3, approvals: [] },
    ])
    const generationsOf = ({ node }: ProfileMember): number[] =>
      [...new Set(node.addresses().map(({ generation }) => generation))].sort((a, b) => a - b)
    const inEffect = ({ node }: ProfileMember): number => node.ledger.state.consortium.networkGeneration
    await until(() => awake.every((each) => inEffect(each) === 1 && generationsOf(each).includes(1)))
    await sleeper.start(testWorld({ now, limits }))
    await until(() => inEffect(sleeper) === 1 && generationsOf(sleeper).includes(1))
    expect(hospitals.map(generationsOf)).toEqual(hospitals.map(() => [0, 1]))
    expect(generationsOf(gone)).toEqual([0])

    // Seven days later, in which nobody decides anything, only the new one is open, and they are connected by it.
    const listening = await Promise.all(hospitals.map(({ folder }) => loadNetwork(folder)))
    const ports = listening.map((settings) => Number(settings!.listen!.split(':')[1]))
    expect(await Promise.all(ports.map(answers))).toEqual(ports.map(() => true))
    ahead = NODE_LIMITS.networkOverlapMs
    await until(() => hospitals.every((each) => generationsOf(each).join() === '1'))
    await until(() => hospitals.every(({ node }) => node.status.votersReachable === 4))
    expect(await Promise.all(ports.map(answers))).toEqual(ports.map(() => false))
    expect(await Promise.all(ports.map((port) => answers(port + 1)))).toEqual(ports.map(() => true))
    readers = hospitals.map(({ node }) => node)
    await write(sleeper, 1)

    // What it signs now means nothing, even where a member carries it to the others. Last: the messenger's own word below is
    // said behind its node's back, which may stand aside for it.
    await until(() => hospitals.every(({ node }) => node.consensusView().phase === 'idle'))
    const { ledger } = author.node
    const { chainId, state } = ledger
    const { protocolVersion, epoch, height } = heightContextOf(state)
    const about = { protocolVersion, epoch, height, round: 0 }
    const { memberId } = gone
    const secret = gone.founded.keys.node.consensus
    const last = await readSegment(author.node.store, state.height)
    if (last.kind !== 'ok') throw new Error(last.kind)
    const segment = encodeSegment({
      ...present(decodeSegment(last.value.segment), 'it is stored'),
      height: about.height,
    })
    const segmentId = segmentIdOf(crypto, chainId, segment)
    const votes = (['prevote', 'precommit'] as const).map((type) =>
      signVote(crypto, chainId, { type, ...about, segmentId, memberId }, secret),
    )
    const proposed = signProposal(crypto, chainId, { ...about, validRound: -1, segmentId, memberId }, secret)
    const bundle = { segment, certificate: null, heads: [], items: [] }
    const carry = (message: Message): void =>
      void lines!.send(author.founded.memberId, 'consensus', encodeMessage(message))
    const { heldValueCount } = author.node.consensusView()
    carry({ kind: 'votes', votes })
    carry({ kind: 'proposal', signed: proposed, bundle, proof: [] })
    // A word of a member that comes after them, and is heard: so they have been looked at, and left nothing.
    const own = messenger.founded.keys.node.consensus
    const word = { type: 'prevote' as const, ...about, segmentId: null, memberId: messenger.memberId }
    carry({ kind: 'votes', votes: [signVote(crypto, chainId, word, own)] })
    await until(() => author.node.consensusView().prevoted.length > 0)
    const view = author.node.consensusView()
    expect(view.prevoted.map(toHex)).toEqual([messenger.founded.memberId])
    expect(view.precommitted).toEqual([])
    expect(view.heldValueCount).toBe(heldValueCount)
    expect(ledger.state.consortium.suspensions).toEqual([])
  }, 240_000)
})
