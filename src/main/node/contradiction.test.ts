/** Two certificates for one height (R33): more voters lie than any chain can bear, and the node says so for good. */
import { afterEach, describe, expect, it } from 'vitest'
import { utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { checkEvidence, contradictionViewOf, evidenceText } from '../governance/evidence.ts'
import { encodeCertificate, makeCertificate } from './chain/certificate.ts'
import { decodeChainState, encodeChainState } from './chain/chain-state.ts'
import { encode } from './chain/codec.ts'
import type { SegmentId } from './chain/ids.ts'
import { decodeSegment, encodeSegment, segmentIdOf } from './chain/segment.ts'
import { signVote } from './chain/vote.ts'
import { encodeMessage } from './consensus/engine/messages.ts'
import type { DecidedBundle } from './decided-bundle.ts'
import {
  areEqual,
  crypto,
  makeConsortium,
  until,
  type TestConsortium,
  type TestMember,
} from './members.test-kit.ts'
import type { Ledger } from './ledger.ts'
import { peerName, type Peer, type Transport } from './network/transport.ts'
import { createSignatureBook } from './signatures.test-kit.ts'
import { metaKey, segmentKey } from './storage/buckets.ts'
import { readSegment, readState, stateWrite } from './storage/chain-store.ts'
import { put } from './storage/store.ts'
import { plainValue } from './storage/value.ts'
import { decodeSegmentsAnswer, encodeRequest } from './sync/messages.ts'

let consortium: TestConsortium | null = null
afterEach(async () => {
  await consortium?.close()
  consortium = null
})

/** The segment of a height with another time, which nobody could have decided, signed by three who lie. */
async function otherDecision(
  of: TestMember,
  liars: readonly TestMember[],
  height: number,
): Promise<DecidedBundle> {
  const { ledger, store } = of.node!
  const found = await readSegment(store, height)
  if (found.kind !== 'ok') throw new Error('no such height')
  const segment = decodeSegment(found.value.segment)!
  const other = encodeSegment({ ...segment, time: segment.time + 1 })
  const segmentId: SegmentId = segmentIdOf(crypto, ledger.chainId, other)
  const { epoch, protocolVersion } = ledger.state.consortium
  const votes = liars.map(({ memberId, founded }) =>
    signVote(
      crypto,
      ledger.chainId,
      { type: 'precommit', protocolVersion, epoch, height, round: 0, segmentId, memberId },
      founded.keys.node.consensus,
    ),
  )
  const certificate = encodeCertificate(makeCertificate(votes))
  const { bundle } = (await ledger.bundleAt(height))!
  return {
    certificate,
    bundle: { segment: other, certificate: null, heads: bundle.heads, items: bundle.items },
  }
}

function decidedOf(found: Awaited<ReturnType<Ledger['bundleAt']>>): DecidedBundle | null {
  return found && { certificate: found.certificate, bundle: { ...found.bundle, certificate: null } }
}

function hasProof({ node }: TestMember): boolean {
  const found = node!.contradiction
  return found !== null && found !== 'damaged' && found.decisions.length === 2
}

async function running() {
  consortium = await makeConsortium({ voters: 4 })
  const { members, up } = consortium
  const book = createSignatureBook()
  const [victim, ...liars] = members as [TestMember, ...TestMember[]]
  let say: Parameters<Transport['onMessage']>[1] = () => {}
  /** What left the victim on the lane of votes. */
  const spoken: Bytes[] = []
  let askFrom: Transport['request'] = () => Promise.reject(new Error('nobody has started'))
  const startVictim = () =>
    victim.start({
      openNetwork(about) {
        const network = book.watch(victim.openNetwork(about), about)
        const { transport: plain } = network
        const listening: Pick<Transport, 'send' | 'broadcast'> = {
          send(to, lane, message) {
            if (lane === 'consensus') spoken.push(message)
            return plain.send(to, lane, message)
          },
          broadcast(lane, message, to) {
            if (lane === 'consensus') spoken.push(message)
            return plain.broadcast(lane, message, to)
          },
        }
        const transport = new Proxy(plain, {
          get(target, name) {
            if (name === 'send' || name === 'broadcast') return listening[name]
            if (name !== 'onMessage') return Reflect.get(target, name) as unknown
            return (lane: Parameters<Transport['onMessage']>[0], handler: typeof say) => {
              if (lane === 'consensus') say = handler
              target.onMessage(lane, handler)
            }
          },
        })
        return { ...network, transport }
      },
    })
  await startVictim()
  for (const member of liars)
    await member.start({
      openNetwork(about) {
        const network = member.openNetwork(about)
        askFrom = (...question) => network.transport.request(...question)
        return network
      },
    })
  await members[1]!.submit(2, 0)
  await until(() => areEqual(up(), 2))
  const peer = (of: TestMember): Peer =>
    victim.node!.peers().find(({ name }) => name === of.founded.memberId)!
  const show = (from: TestMember, decided: DecidedBundle) =>
    void say(peer(from), encodeMessage({ kind: 'decided', ...decided }))
  /** As a member that fetches the chain asks for all of it. */
  const fetchFrom = async (of: TestMember) => {
    const question = encodeRequest({ kind: 'segments', from: 1, to: 100, byteBudget: 1_000_000 })
    return decodeSegmentsAnswer(await askFrom(peerName(of.memberId), 'sync', question), [])
  }
  return { members, victim, liars, book, show, spoken, fetchFrom, startVictim, up }
}

describe('a node that is shown a second certificate for a height', () => {
  it('halts, keeps both with who signed them, and after a restart still signs and writes nothing', async () => {
    const { members, victim, liars, book, show, startVictim } = await running()
    const { height } = victim.node!.ledger.state
    show(liars[0]!, await otherDecision(victim, liars, height))
    await until(() => victim.node!.status.state === 'halted')
    expect(victim.node!.status.haltedReason).toBe('two-certificates')
    await until(() => hasProof(victim))
    await victim.die('power-cut')
    const signedBefore = book.countOf(victim.founded.memberId)
    await startVictim()
    const { node } = victim
    expect(node!.status).toMatchObject({ state: 'halted', haltedReason: 'two-certificates' })
    await until(() => node!.status.peerCount === 3)
    // The others go on; this one watches and neither votes nor takes anything in.
    await members[1]!.submit(1, 10)
    await until(() => members[1]!.node!.status.blockCount === 3)
    await expect(victim.submit(1, 20)).rejects.toMatchObject({ detail: { code: 'halted' } })
    await expect(node!.write([put(metaKey('x'), utf8Encode('x'))])).rejects.toMatchObject({
      detail: { code: 'halted' },
    })
    expect(book.countOf(victim.founded.memberId)).toBe(signedBefore)
    expect(node!.status.blockCount).toBe(2)
    const view = contradictionViewOf(crypto, node!.ledger.chainId, node!.contradiction!)
    expect(view).toMatchObject({ height, isSameRound: true })

    expect(view.decisions[1]!.signers.toSorted()).toEqual(['Hospital 2', 'Hospital 3', 'Hospital 4'])
    for (const name of view.signedBoth) expect(view.decisions[0]!.signers).toContain(name)
    expect(view.signedBoth.length).toBeGreaterThanOrEqual(2)
  }, 60_000)

  it('signs nothing, says nothing of votes and takes nothing in from then on, and still serves the chain that it has', async () => {
    const { members, victim, liars, book, show, spoken, fetchFrom } = await running()
    const { height } = victim.node!.ledger.state
    show(liars[0]!, await otherDecision(victim, liars, height))
    await until(() => victim.node!.status.state === 'halted')
    await until(() => hasProof(victim))
    const signedBefore = book.countOf(victim.founded.memberId)
    const spokenBefore = spoken.length
    // It is in the same process, with every line up, and what the others say reaches it.
    expect(victim.node!.status.peerCount).toBe(3)
    for (let i = 0; i < 3; i++) {
      await members[1]!.submit(1, 10 + i)
      await until(() => members[1]!.node!.status.blockCount === 3 + i)
    }
    // Also where its turn to propose had come, and where it is asked what it holds.
    show(liars[1]!, (await liars[1]!.node!.ledger.bundleAt(height + 1).then(decidedOf))!)
    await expect(victim.submit(1, 20)).rejects.toMatchObject({ detail: { code: 'halted' } })
    expect(book.countOf(victim.founded.memberId)).toBe(signedBefore)
    expect(spoken.slice(spokenBefore)).toEqual([])
    expect(victim.node!.signing).toBe('halted')
    expect(victim.node!.ledger.state.height).toBe(height)
    expect(victim.node!.status.blockCount).toBe(2)
    const served = await fetchFrom(victim)
    expect(served!.map(({ segment }) => decodeSegment(segment)!.height)).toEqual(
      Array.from({ length: height }, (_, i) => i + 1),
    )
  }, 60_000)

  it('finds one for a height before its last too, and gives a file that anybody can check', async () => {
    const { victim, liars, show, members, up } = await running()
    const { height } = victim.node!.ledger.state
    await members[1]!.submit(1, 10)
    await until(() => areEqual(up(), 3))
    show(liars[1]!, await otherDecision(victim, liars, height))
    await until(() => victim.node!.status.state === 'halted')
    await until(() => hasProof(victim))
    const { node } = victim
    const about = { consortiumName: 'Test consortium', reportedBy: 'Hospital 1' }
    const text = evidenceText(node!.ledger.chainId, about, node!.contradiction!)!
    expect(checkEvidence(crypto, text)).toMatchObject({ kind: 'holds', consortiumName: 'Test consortium' })
    const key = text.match(/"consensusKey": "([0-9a-f]{64})"/)![1]!
    expect(checkEvidence(crypto, text.replace(key, '00'.repeat(32)))).toEqual({
      kind: 'refused',
      reason: 'not-certified',
    })
    expect(checkEvidence(crypto, '{}')).toEqual({ kind: 'refused', reason: 'malformed' })
  }, 60_000)

  it('is moved by no certificate of too few', async () => {
    const { victim, liars, show, members, up } = await running()
    const { height } = victim.node!.ledger.state
    show(liars[0]!, await otherDecision(victim, liars.slice(0, 2), height))
    await members[1]!.submit(1, 10)
    await until(() => areEqual(up(), 3))
    expect(victim.node!.status.state).toBe('running')
    expect(victim.node!.contradiction).toBeNull()
  }, 60_000)

  it('that fetches a range from the other side fetches the other certificate too', async () => {
    const { victim, liars, members, up } = await running()
    const { height } = victim.node!.ledger.state
    const other = await otherDecision(victim, liars, height)
    await victim.stop()
    // This one went along with the other decision, and was away since.
    const state = await readState(victim.store)
    const before = decodeChainState(crypto, state.kind === 'ok' ? state.value : new Uint8Array(0))!
    const lastSegmentId = segmentIdOf(crypto, before.chainId, other.bundle.segment)
    await victim.store.commit([
      stateWrite(encodeChainState({ ...before, lastSegmentId })),
      put(
        segmentKey(height),
        plainValue(encode([other.bundle.segment, other.certificate, other.bundle.items])),
      ),
    ])
    for (let i = 0; i < 4; i++) {
      await members[1]!.submit(1, 10 + i)
      await until(() => areEqual(up(), 3 + i))
    }
    await victim.start()
    await until(() => victim.node!.status.state === 'halted')
    await until(() => hasProof(victim))
    expect(victim.node!.contradiction).toMatchObject({ height })
  }, 60_000)
})
