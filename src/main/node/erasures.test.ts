import { afterEach, describe, expect, it } from 'vitest'
import { equalBytes, fromHex, toHex } from '../../shared/std/bytes.ts'
import { erasureListHash, ROOTS_PER_PART, weighErasures, type SaidErasure } from './chain/erasure.ts'
import {
  decodeSealedContent,
  encodeSealedContent,
  epochCommitmentOf,
  type SealedContent,
} from './chain/sealed-content.ts'
import { hospitalErasuresMax } from './chain/apply-erasure.ts'
import type { ItemHash, MemberId } from './chain/ids.ts'
import { ITEM_SEALED_STEP_BYTES } from './chain/limits.ts'
import { sealItemPart, type DecisionItem } from './chain/item.ts'
import { decodeKeyRow, encodeKeyRow, sealEpochKey } from './chain/key-box.ts'
import { membersOf } from './chain/state.ts'
import { loadErased } from './erasures.ts'
import { openHospitalStatements } from './hospital-statements.ts'
import type { ChainNode } from './node.ts'
import type { SharedKeys } from './shared-keys.ts'
import { rowWrite } from './storage/key-box-store.ts'
import { del, put } from './storage/store.ts'
import { expectContent, readCheckedValue } from './storage/value.ts'
import { isIn, nameKey, rowKey } from './storage/buckets.ts'
import { erasedAmong } from './storage/forgotten.ts'
import {
  areEqual,
  crypto,
  decideTogether,
  keysIn,
  makeConsortium,
  random,
  until,
  type Institutions,
  type TestConsortium,
} from './members.test-kit.ts'
import { newestEpoch } from './vault/institution-keys.ts'
import { verifyStore } from './verify-store.ts'

let consortium: TestConsortium | null = null
afterEach(async () => {
  await consortium?.close()
  consortium = null
})

async function start(institutions: Institutions): Promise<TestConsortium> {
  consortium = await makeConsortium(institutions)
  for (const member of consortium.members) await member.start()
  return consortium
}

async function rowsOf(node: ChainNode, roots: readonly string[]): Promise<number> {
  const names = (await keysIn(node.store as never, 'k')).map((key) => toHex(key.subarray(2, 34)))
  return names.filter((name) => roots.includes(name)).length
}
const ask = (roots: readonly string[]) => ({
  roots: roots.map((root) => fromHex(root)),
  reason: 'patient-request',
  text: null,
  userKeyId: 'dpo-1',
})
const NOTHING = { keys: [], people: [] }
const inOrder = (texts: readonly string[]) => [...texts].sort((a, b) => (a < b ? -1 : 1))
const onlyErasure = async (node: ChainNode) => (await node.erasures.list())[0]
const verified = (node: ChainNode) =>
  verifyStore(crypto, node.store, {
    chainId: node.ledger.chainId,
    epochs: { gateway: node.gatewayKeys().epochs },
    isCancelled: () => false,
    onProgress: () => {},
  })

describe('an erasure (T09)', () => {
  it('that a second hospital agreed to destroys the keys everywhere, with a receipt of each, and the chain verifies', async () => {
    const { members, up } = await start({ voters: 4, clinics: 1, others: ['insurer'] })
    const [author, second] = [members[0]!.node!, members[1]!.node!]
    const roots = await members[0]!.submit(3, 0)
    const kept = await members[0]!.submit(2, 10)
    await until(() => areEqual(up(), 5))
    await until(() =>
      up()
        .slice(0, 5)
        .every((node) => node.rowsHeldUpTo === 5),
    )

    const erasureId = (await author.erasures.request(ask(roots), NOTHING))!
    await until(async () => (await onlyErasure(second))?.state === 'asked')
    // The one who asks cannot agree with itself, whoever of it says so.
    await author.erasures.approve(erasureId, 'somebody-else')
    await until(() => author.ledger.state.consortium.erasureHeight > 0 && areEqual(up(), 5))
    expect(await rowsOf(author, roots)).toBe(6)

    await second.erasures.approve(erasureId, 'dpo-2')
    await until(async () => (await onlyErasure(author))?.receipts.length === 5)
    for (const node of up().slice(0, 5)) {
      await until(async () => (await onlyErasure(node))?.here === 'done')
      expect(await rowsOf(node, roots)).toBe(0)
      expect(await rowsOf(node, kept)).toBe(node === author ? 4 : 2)
      expect(await verified(node)).toMatchObject({ kind: 'ok', blocks: 5, erased: 3 })
      expect(inOrder([...(await loadErased(node.store)).keys()])).toEqual(inOrder(roots))
    }
    const { receipts, expected, approval } = (await onlyErasure(second))!
    const said = receipts.map(({ author: by, rowCount }) => `${toHex(by)} ${rowCount}`)
    const hospitals = members.slice(0, 5)
    expect(inOrder(said)).toEqual(
      inOrder(hospitals.map((member, i) => `${toHex(member.memberId)} ${i === 0 ? 6 : 3}`)),
    )
    expect(expected).toHaveLength(5)
    expect(approval).toMatchObject({ author: members[1]!.memberId, userKeyId: 'dpo-2' })
    // Every member sees that there was one, also who opens nothing of it; the agreement that does not count may come after it.
    const decidedAt = (await onlyErasure(second))!.decidedAt!
    for (const node of up()) await until(() => node.ledger.state.consortium.erasureHeight >= decidedAt)
    // Nobody is asked for a key that is gone: heights after it are held as before.
    await members[2]!.submit(1, 20)
    await until(
      () =>
        areEqual(up(), 6) &&
        up()
          .slice(0, 5)
          .every((node) => node.rowsHeldUpTo === 6),
    )
    // A row that comes back, from an old copy say, is found.
    await members[3]!.store.commit([put(rowKey(fromHex(roots[0]!), 3, 0), new Uint8Array(40))])
    expect((await verified(members[3]!.node!)).kind).toBe('failed')
  }, 60_000)

  it('reaches a hospital that was away, and one that joins later never has the keys', async () => {
    const { members, up, invite } = await start({ voters: 4 })
    const roots = await members[0]!.submit(2, 0)
    await until(() => areEqual(up(), 2) && up().every((node) => node.rowsHeldUpTo === 2))
    await members[3]!.die('power-cut')
    const erasureId = (await members[0]!.node!.erasures.request(ask(roots), NOTHING))!
    await until(async () => (await onlyErasure(members[1]!.node!))?.state === 'asked')
    await members[1]!.node!.erasures.approve(erasureId, 'dpo-2')
    await until(async () => (await onlyErasure(members[0]!.node!))?.receipts.length === 3)
    await members[3]!.start()
    await until(async () => (await onlyErasure(members[0]!.node!))?.receipts.length === 4)
    expect(await rowsOf(members[3]!.node!, roots)).toBe(0)
    // And after a restart nothing of it is done or said again.
    await members[3]!.stop()
    await members[3]!.start()
    await members[3]!.node!.erasures.settled()
    // It may have stopped before it had heard of every other's.
    await until(async () => (await onlyErasure(members[3]!.node!))!.receipts.length >= 4)
    expect((await onlyErasure(members[3]!.node!))!.receipts).toHaveLength(4)
    const late = await invite('Late', 'hospital', false)
    for (const node of up())
      node.setGuests([
        {
          memberId: late.memberId,
          kind: 'hospital',
          isVoter: false,
          isGuest: true,
          networkKey: late.row.networkKey,
          memberKey: late.row.authorKey,
        },
      ])
    await late.start()
    await until(() => late.node!.status.blockCount === 2)
    for (const node of up()) node.setGuests([])
    const added: DecisionItem = { kind: 'membership', change: 'add', member: late.row, approvals: [] }
    await decideTogether(members[0]!, members.slice(0, 4), [added])
    await until(() => late.node!.rowsHeldUpTo === 2)
    expect(await rowsOf(late.node!, roots)).toBe(0)
    expect(await onlyErasure(late.node!)).toMatchObject({ here: 'done' })
    expect((await onlyErasure(late.node!))!.expected).toHaveLength(4)
  }, 60_000)

  it('of records of another hospital is carried out by nobody', async () => {
    const { members, up } = await start({ voters: 4 })
    const foreign = await members[2]!.submit(1, 0)
    await until(() => areEqual(up(), 1) && up().every((node) => node.rowsHeldUpTo === 1))
    const erasureId = (await members[0]!.node!.erasures.request(ask(foreign), NOTHING))!
    await until(async () => (await onlyErasure(members[1]!.node!))?.state === 'asked')
    await members[1]!.node!.erasures.approve(erasureId, 'dpo-2')
    for (const node of up()) {
      await until(async () => (await onlyErasure(node))?.here === 'refused')
      expect(await rowsOf(node, foreign)).toBeGreaterThan(0)
      expect((await onlyErasure(node))!.receipts).toEqual([])
    }
  }, 60_000)

  it('waits at a hospital that has a key and cannot open the record yet, and is carried out when it can', async () => {
    const { members, up } = await start({ voters: 4 })
    const roots = await members[0]!.submit(1, 0)
    await until(() => areEqual(up(), 1) && up().every((node) => node.rowsHeldUpTo === 1))
    const { store } = members[2]!
    const at = rowKey(fromHex(roots[0]!), 3, 0)
    const right = (await store.get(at))!
    const row = decodeKeyRow(expectContent(readCheckedValue(at, right), at))!
    const foreignEpoch = encodeKeyRow({ ...row, epoch: 7 })
    await store.commit([del(at), rowWrite(fromHex(roots[0]!), 3, 7, foreignEpoch)])
    const erasureId = (await members[0]!.node!.erasures.request(ask(roots), NOTHING))!
    await until(async () => (await onlyErasure(members[1]!.node!))?.state === 'asked')
    await members[1]!.node!.erasures.approve(erasureId, 'dpo-2')
    await until(async () => (await onlyErasure(members[2]!.node!))?.receipts.length === 3)
    await members[2]!.node!.erasures.settled()
    expect(await onlyErasure(members[2]!.node!)).toMatchObject({ here: 'to-do' })
    expect(await rowsOf(members[2]!.node!, roots)).toBe(1)

    await store.commit([put(at, right), del(rowKey(fromHex(roots[0]!), 3, 7))])
    await members[2]!.node!.erasures.settled()
    await until(async () => (await onlyErasure(members[2]!.node!))?.receipts.length === 4)
    expect(await rowsOf(members[2]!.node!, roots)).toBe(0)
  }, 60_000)

  it('of a hospital alone needs a second person, and can be taken back before', async () => {
    const { members } = await start({ voters: 1 })
    const node = members[0]!.node!
    const roots = await members[0]!.submit(2, 0)
    await until(() => node.status.blockCount === 2)
    const extra = rowKey(new Uint8Array(32), 9, 9)
    const patientId = new Uint8Array(16).fill(3)
    const beside = { keys: [extra], people: [{ tag: new Uint8Array(16), nameKey: nameKey(patientId) }] }
    const withdrawn = (await node.erasures.request(ask(roots), beside))!
    await until(async () => (await onlyErasure(node))?.state === 'asked')
    await node.erasures.withdraw(withdrawn, 'dpo-1')
    await until(async () => (await onlyErasure(node))?.state === 'withdrawn')
    expect(await node.erasures.approve(withdrawn, 'dpo-2')).toBe('not-open')
    await node.erasures.settled()
    expect(await keysIn(members[0]!.store, 'y')).toEqual([])

    await members[0]!.store.commit([
      put(extra, new Uint8Array(1)),
      put(nameKey(patientId), new Uint8Array(1)),
    ])
    const erasureId = (await node.erasures.request(ask(roots), beside))!
    await until(async () => (await node.erasures.list()).at(-1)?.state === 'asked')
    await node.erasures.approve(erasureId, 'dpo-1')
    await until(async () => (await node.erasures.list()).at(-1)?.approval === null)
    expect(await rowsOf(node, roots)).toBe(4)
    await node.erasures.approve(erasureId, 'dpo-2')
    await until(async () => (await node.erasures.list()).at(-1)?.receipts.length === 1)
    expect(await keysIn(members[0]!.store, 'k')).toEqual([])
    expect(await keysIn(members[0]!.store, 'n')).toEqual([])
    // A table that misses somebody after a restore knows that this one was erased.
    expect(await erasedAmong(members[0]!.store, [patientId], true)).toEqual([patientId])
    expect(await verified(node)).toMatchObject({ kind: 'ok', blocks: 2 })
  }, 60_000)
})

describe('an agreement to an erasure', () => {
  it('counts in the kind of item that everybody sees, and in no other (ADR 0032)', async () => {
    const { members } = await start({ voters: 1 })
    const node = members[0]!.node!
    const roots = await members[0]!.submit(1, 0)
    await until(() => node.status.blockCount === 1)
    const erasureId = (await node.erasures.request(ask(roots), NOTHING))!
    await until(async () => (await onlyErasure(node))?.state === 'asked')
    const { listHash } = (await onlyErasure(node))!
    const bytes = encodeSealedContent({
      kind: 'erasure-approval',
      erasureId,
      listHash,
      userKeyId: 'dpo-2',
      at: Date.now(),
    })
    const { epoch, key } = newestEpoch(node.shared.gateway())
    const author = node.memberId
    const sequenceOf = () => node.items.nextSequence(author)
    const before = sequenceOf()
    await node.propose(
      { kind: 'sealed' },
      (sequence) =>
        sealItemPart(
          crypto,
          random,
          node.ledger.chainId,
          { kind: 'sealed', author, sequence },
          epoch,
          key,
          bytes,
        ),
      1_000,
    )
    await until(() => node.ledger.state.consortium.sequences.some(([, last]) => last >= before))
    await until(() => node.itemsReadUpTo === node.ledger.state.height)
    expect(await onlyErasure(node)).toMatchObject({ state: 'asked', approval: null })
    expect(node.ledger.state.consortium.erasureHeight).toBe(0)
    await node.erasures.approve(erasureId, 'dpo-2')
    await until(async () => (await onlyErasure(node))?.receipts.length === 1)
    expect(node.ledger.state.consortium.erasureHeight).toBe((await onlyErasure(node))!.decidedAt)
  }, 60_000)
})

describe('a hospital that agreed to as many erasures as the chain takes of it on a day', () => {
  it('is told so when it agrees to one more, which could be overtaken and lost if it waited', async () => {
    const { members, up } = await start({ voters: 4 })
    const [asker, second] = [members[0]!.node!, members[1]!.node!]
    const roots = await members[0]!.submit(1, 0)
    await until(() => areEqual(up(), 1) && up().every((node) => node.rowsHeldUpTo === 1))
    const erasureId = (await asker.erasures.request(ask(roots), NOTHING))!
    await until(async () => (await onlyErasure(second))?.state === 'asked')
    const { consortium: state } = second.ledger.state
    const box = new Uint8Array(12 + ITEM_SEALED_STEP_BYTES + 16)
    const agreed: ItemHash[] = []
    for (let i = 0; i < hospitalErasuresMax(state); i++)
      agreed.push(await second.propose({ kind: 'erasure' }, () => ({ epoch: 0, box }), 1_000))
    for (const hash of agreed) await until(async () => (await second.items.fateOf(hash)).kind === 'final')
    expect(await second.erasures.approve(erasureId, 'dpo-2')).toBe('too-many-today')
    expect(await onlyErasure(second)).toMatchObject({ state: 'asked', approval: null })
    expect(await members[2]!.node!.erasures.approve(erasureId, 'dpo-3')).toBe('taken')
    await until(async () => (await onlyErasure(second))?.state === 'decided')
  }, 60_000)
})

describe('a list of what hospitals said', () => {
  it('of which a segment is damaged is not kept: what stands there is read once it is mended', async () => {
    const { members } = await start({ voters: 1 })
    const node = members[0]!.node!
    const roots = await members[0]!.submit(1, 0)
    await until(() => node.status.blockCount === 1)
    await node.erasures.request(ask(roots), NOTHING)
    await until(async () => (await onlyErasure(node))?.state === 'asked')
    let isDamaged = true
    const store = {
      ...members[0]!.store,
      async get(key: Uint8Array) {
        const value = await members[0]!.store.get(key)
        return isDamaged && isIn('s', key) ? new Uint8Array(value!.length) : value
      },
    }
    const statements = openHospitalStatements({
      store,
      crypto,
      chainId: node.ledger.chainId,
      gateway: () => node.shared.gateway(),
      hasEpoch: () => true,
      waiting: () => [],
      say: async () => null,
    })
    expect(await statements.list()).toEqual([])
    expect(statements.areAllRead).toBe(false)
    isDamaged = false
    expect(await statements.list()).toHaveLength(1)
    expect(statements.areAllRead).toBe(true)
    isDamaged = true
    expect(await statements.list()).toHaveLength(1)
  }, 60_000)
})

describe('an item under an epoch whose key the chain has not given to hospitals', () => {
  /** Where a second hospital is asked to agree, and one of four says what it likes. */
  async function asked() {
    const { members, up } = await start({ voters: 4, clinics: 1 })
    const [liar, asker] = [members[3]!.node!, members[0]!.node!]
    const roots = await members[0]!.submit(1, 0)
    await until(() => areEqual(up(), 1) && up().every((node) => node.rowsHeldUpTo === 1))
    const erasureId = (await asker.erasures.request(ask(roots), NOTHING))!
    await until(async () => (await onlyErasure(liar))?.state === 'asked')
    const { listHash } = (await onlyErasure(liar))!
    const agrees = {
      kind: 'erasure-approval',
      erasureId,
      listHash,
      userKeyId: 'dpo-2',
      at: Date.now(),
    } as const
    const { chainId } = liar.ledger
    const sayUnder = (kind: 'erasure' | 'sealed', content: SealedContent, epoch: number, key: Uint8Array) => {
      const about = (sequence: number) => ({ kind, author: liar.memberId, sequence })
      const bytes = encodeSealedContent(content)
      const seal = (sequence: number) =>
        sealItemPart(crypto, random, chainId, about(sequence), epoch, key, bytes)
      return liar.propose({ kind }, seal, 1_000)
    }
    const areFinal = async (...hashes: readonly ItemHash[]): Promise<void> => {
      for (const hash of hashes) await until(async () => (await asker.items.fateOf(hash)).kind === 'final')
      await until(() => up().every((node) => node.itemsReadUpTo === asker.ledger.state.height))
    }
    const announce = (key: Uint8Array, isTrue: boolean): SealedContent => {
      const epoch = 1
      const sealed = membersOf(asker.ledger.state.consortium).flatMap(({ memberId, gatewayKey }) => {
        const about = { scope: 'gateway', epoch, memberId } as const
        const part = sealEpochKey(crypto, random, chainId, about, gatewayKey!, isTrue ? key : random(32))
        return part === null ? [] : [{ memberId, gatewayKey: gatewayKey!, sealed: part.sealed }]
      })
      return {
        kind: 'gateway-epoch',
        epoch,
        commitment: epochCommitmentOf(crypto, chainId, epoch, key),
        sealed,
      }
    }
    return { members, up, liar, asker, erasureId, agrees, sayUnder, areFinal, announce }
  }
  const keyOfFounding = (node: ChainNode) => node.shared.gateway().find(({ epoch }) => epoch === 0)!.key

  it('is voted for by nobody who has no key of that epoch, announced or not, and the others go on', async () => {
    const { members, up, liar, asker, erasureId, agrees, sayUnder, areFinal, announce } = await asked()
    const key = random(32)
    await areFinal(await sayUnder('sealed', announce(key, false), 0, keyOfFounding(liar)))
    // The one that has it proposes it too, at its turn.
    await (liar.shared as SharedKeys).add('gateway', [{ epoch: 0xffffffff, key }])
    const never = [
      await sayUnder('erasure', agrees, 0xffffffff, key),
      await sayUnder('erasure', agrees, 1, key),
    ]
    await until(async () => (await asker.items.fateOf(never[1]!)).kind === 'waiting')
    expect(await members[1]!.node!.erasures.approve(erasureId, 'dpo-2')).toBe('taken')
    for (const node of up().slice(0, 3))
      await until(async () => (await onlyErasure(node))?.receipts.length === 4)
    // The turn of each voter comes.
    for (let i = 2; i <= 5; i++) {
      await members[0]!.submit(1, 10 * i)
      await until(() => areEqual(up(), i))
    }
    for (const hash of never) expect((await asker.items.fateOf(hash)).kind).toBe('waiting')
    // The epoch after it is made under the newest key that hospitals have.
    const row = asker.ledger.state.consortium.members.find(({ member }) =>
      equalBytes(member.memberId, members[4]!.memberId),
    )!.member
    const gone: DecisionItem = { kind: 'membership', change: 'remove', member: row, approvals: [] }
    await decideTogether(members[0]!, members.slice(0, 3), [gone])
    for (const { node } of members.slice(0, 3))
      await until(() => node!.shared.gateway().some(({ epoch }) => epoch === 2))
  }, 60_000)

  it('says nothing where so many have voted for it all the same, also once the chain announces it', async () => {
    const { members, up, liar, agrees, sayUnder, areFinal, announce } = await asked()
    const key = random(32)
    // More than are tolerated have it before it is announced.
    for (const node of up()) await (node.shared as SharedKeys).add('gateway', [{ epoch: 1, key }])
    await areFinal(await sayUnder('erasure', agrees, 1, key))
    // In the kind of an agreement it is none.
    await areFinal(await sayUnder('erasure', announce(key, true), 0, keyOfFounding(liar)))
    await areFinal(await sayUnder('erasure', agrees, 1, key))
    await areFinal(await sayUnder('sealed', announce(key, true), 0, keyOfFounding(liar)))
    // What is read again after a crash is read as it was.
    await members[1]!.die('power-cut')
    await members[1]!.start()
    await areFinal()
    for (const node of up()) expect(await onlyErasure(node)).toMatchObject({ state: 'asked' })
    await areFinal(await sayUnder('erasure', agrees, 1, key))
    for (const node of up()) await until(async () => (await onlyErasure(node))?.state === 'decided')
  }, 60_000)
})

describe('weighing erasures', () => {
  const chainId = random(32) as never
  const [north, south] = [random(16), random(16)] as Uint8Array[] as MemberId[]
  const erasureId = random(16)
  const roots = Array.from({ length: ROOTS_PER_PART + 2 }, () => random(32))
  const request = (part: number, author = north!): SaidErasure => ({
    author,
    height: 10 + part,
    content: {
      kind: 'erasure-request',
      erasureId,
      part,
      partCount: 2,
      roots: part === 0 ? roots.slice(0, ROOTS_PER_PART) : roots.slice(ROOTS_PER_PART),
      reason: 'patient-request',
      text: '依病人要求',
      userKeyId: 'a',
      at: 5,
    },
  })
  const listHash = erasureListHash(crypto, chainId, north!, erasureId, roots)
  const approval = (author = south!, hash = listHash): SaidErasure => ({
    author,
    height: 20,
    content: { kind: 'erasure-approval', erasureId, listHash: hash, userKeyId: 'b', at: 6 },
  })
  const weigh = (...said: SaidErasure[]) => weighErasures(crypto, chainId, said, () => 2)

  it('takes the parts of a long request together, and the approval of the whole only', () => {
    expect(weigh(request(0))).toMatchObject([{ state: 'incomplete' }])
    expect(weigh(request(0), request(1, south), approval())).toMatchObject([{ state: 'incomplete' }])
    const partHash = erasureListHash(crypto, chainId, north!, erasureId, roots.slice(0, ROOTS_PER_PART))
    expect(weigh(request(0), approval(south, partHash), request(1))).toMatchObject([{ state: 'asked' }])
    expect(weigh(request(0), request(1), approval(south, partHash))).toMatchObject([{ state: 'asked' }])
    expect(weigh(request(0), request(1), approval(north))).toMatchObject([{ state: 'asked' }])
    expect(weigh(request(0), request(1), approval())).toMatchObject([
      { state: 'decided', decidedAt: 20, roots, listHash },
    ])
  })

  it('reads back what it wrote, and nothing that is a byte different in form', () => {
    for (const { content } of [request(0), approval()]) {
      const bytes = encodeSealedContent(content)
      expect(decodeSealedContent(bytes)).toEqual(content)
      expect(bytes.length).toBeLessThan(60_000)
    }
    for (const content of [
      { kind: 'erasure-receipt', erasureId, listHash, rowCount: 3, at: 9 },
      { kind: 'erasure-withdrawal', erasureId, userKeyId: 'a', at: 9 },
    ] as const)
      expect(decodeSealedContent(encodeSealedContent(content))).toEqual(content)
    const outside = request(0)
    const parts = { ...outside.content, part: 2 } as never
    expect(decodeSealedContent(encodeSealedContent(parts))).toBeNull()
  })
})
