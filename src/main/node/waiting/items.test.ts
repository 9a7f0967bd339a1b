/** What waits to be decided, with the chain's state in the test's hand. */
import { describe, expect, it } from 'vitest'
import { equalBytes } from '../../../shared/std/bytes.ts'
import {
  crypto,
  finalise,
  foundConsortium,
  makeItem,
  type Institution,
} from '../chain/consortium.test-kit.ts'
import { nothingEarlier } from '../chain/apply-segment.ts'
import type { ItemHash, SegmentId } from '../chain/ids.ts'
import { decodeSignedItem, itemHashOf, signItem, type SuspensionItem } from '../chain/item.ts'
import { ITEM_SEALED_STEP_BYTES } from '../chain/limits.ts'
import { attestationSignBytes } from '../chain/study-items.ts'
import { signVote } from '../chain/vote.ts'
import type { Ledger } from '../ledger.ts'
import { finalItemKey, u64 } from '../storage/buckets.ts'
import { createMemoryStore } from '../storage/memory.ts'
import { put, type Store } from '../storage/store.ts'
import { checkedValue } from '../storage/value.ts'
import { openWaitingItems } from './items.ts'
import { AHEAD_MAX } from './may-wait.ts'

const four = foundConsortium({ seed: 'items', voters: 4 })
const [a, b, liar] = four.institutions as [Institution, Institution, Institution]

function evidenceOf(height: number, author: Institution, sequence = 1): Uint8Array {
  const vote = (segmentId: SegmentId | null) =>
    signVote(
      crypto,
      four.chainId,
      {
        type: 'precommit',
        protocolVersion: 1,
        epoch: 0,
        height,
        round: 0,
        segmentId,
        memberId: liar.member.memberId,
      },
      liar.consensusSecret,
    )
  const other = vote(new Uint8Array(32).fill(1) as SegmentId)
  return makeItem(four, author, { kind: 'evidence', first: vote(null), second: other }, sequence)
}

/** Of the gateway that is also the liar: three others say one thing of a study, and it signed another. */
function suspensionOf(author: Institution, sequence: number): Uint8Array {
  const [studyHash, ENGINE] = [new Uint8Array(32).fill(3) as ItemHash, 'test/1']
  const agreed = { outcome: 'answered', resultHash: new Uint8Array(32).fill(1) } as const
  const said = { outcome: 'answered', resultHash: new Uint8Array(32).fill(2) } as const
  const sign = ({ authorSecret }: Institution, word: typeof agreed | typeof said) =>
    crypto.ed25519Sign(
      authorSecret,
      attestationSignBytes(four.chainId, { studyHash, ...word }, ENGINE, {
        studyHeight: 0,
        erasureHeight: 0,
      }),
    )
  const others = four.institutions.filter((each) => each !== liar)
  const clear: SuspensionItem = {
    kind: 'suspension',
    memberId: liar.member.memberId,
    reason: 'deviating-result',
    studyHash,
    studyHeight: 0,
    erasureHeight: 0,
    agreed,
    said: { ...said, engine: ENGINE, signature: sign(liar, said) },
    attestations: others.map((each) => ({
      memberId: each.member.memberId,
      engine: ENGINE,
      signature: sign(each, agreed),
    })),
  }
  return makeItem(four, author, clear, sequence)
}

function machine(store: Store = createMemoryStore()) {
  const at = {
    store,
    /** Whether the keys of the institution are here. */
    hasKeys: true,
    /** Of the gateway scope, whose keys are here. */
    epochs: [0],
    /** Whose node it is; every institution's, where it is all the same. */
    of: null as Institution | null,
    ledger: { chainId: four.chainId, state: four.start, earlierFor: async () => nothingEarlier },
    open: () =>
      openWaitingItems({
        store,
        crypto,
        ledger: at.ledger as unknown as Ledger,
        now: () => at.ledger.state.lastTime + 60_000,
        isMine: (author) => at.of === null || equalBytes(at.of.member.memberId, author),
        signAgain: (item, as = item) => {
          const author = four.institutions.find(({ member }) => equalBytes(member.memberId, item.author))!
          return at.hasKeys && (at.of ?? author) === author
            ? signItem(crypto, four.chainId, { ...item, ...as }, author.authorSecret)
            : null
        },
        hasKeyOf: ({ sealed }) => sealed === null || at.epochs.includes(sealed.epoch),
        onReady() {},
      }),
    /** One more segment with this item, of which the store knows where it stands. */
    async decide(item: Uint8Array) {
      at.ledger.state = finalise(four, at.ledger.state, { items: [item] }).state
      const key = finalItemKey(itemHashOf(crypto, four.chainId, item))
      await store.commit([put(key, checkedValue(key, u64(at.ledger.state.height)))])
    },
    /** One more segment. */
    grow(given?: number, author = b) {
      const sequence = given ?? at.ledger.state.height + 1
      const item = makeItem(
        four,
        author,
        { kind: 'policy', name: 'smallestCount', value: 12 + (at.ledger.state.height % 2), approvals: [] },
        sequence,
      )
      at.ledger.state = finalise(four, at.ledger.state, { items: [item] }).state
    },
  }
  return at
}

describe('an item that was ready before the chain grew', () => {
  it('is no work until it was looked at again, since most of them are final by then', async () => {
    const at = machine()
    const items = await at.open()
    await items.submit(evidenceOf(1, a))
    expect(items.readyCount).toBe(1)
    at.grow()
    expect(items.readyCount).toBe(0)
    await items.refresh()
    expect(items.readyCount).toBe(1)
    at.ledger.state = finalise(four, at.ledger.state, { items: items.candidates() as Uint8Array[] }).state
    expect(items.readyCount).toBe(0)
    await items.refresh()
    expect(items.readyCount).toBe(0)
    expect(items.candidates()).toEqual([])
  })

  it('is no work either while it is looked at for the first time', async () => {
    const at = machine()
    const items = await at.open()
    const taking = items.takeIn(a.member.memberId, [evidenceOf(1, a)])
    const seen: number[] = []
    at.ledger.earlierFor = async () => {
      seen.push(items.readyCount)
      return nothingEarlier
    }
    await taking
    expect(seen).toEqual([0])
    expect(items.readyCount).toBe(1)
  })
})

describe('an item under a key that is not here', () => {
  it('stands in no proposal of this node, nor does what its author said after it, until the key comes', async () => {
    const at = machine()
    const items = await at.open()
    const box = new Uint8Array(12 + ITEM_SEALED_STEP_BYTES + 16)
    const sealed = (author: Institution, epoch: number, sequence: number) =>
      makeItem(four, author, { kind: 'sealed' }, sequence, { sealed: { epoch, box } })
    const anchor = { kind: 'anchor', auditRoot: new Uint8Array(32), count: 1 } as const
    const [first, second, other] = [sealed(a, 1, 1), makeItem(four, a, anchor, 2), sealed(b, 0, 1)]
    await items.takeIn(a.member.memberId, [first, second])
    await items.takeIn(b.member.memberId, [other])
    expect(items.candidates()).toEqual([other])
    expect(items.readyCount).toBe(1)
    const hash = itemHashOf(crypto, four.chainId, second)
    expect(await items.fateOf(hash)).toEqual({ kind: 'waiting', reason: 'item-unknown-epoch' })
    at.epochs.push(1)
    await items.refresh()
    expect(items.readyCount).toBe(3)
    expect(items.candidates()).toHaveLength(3)
    // Decided by others before the key is here, it waits no more.
    at.epochs.pop()
    at.ledger.state = finalise(four, at.ledger.state, { items: [first] }).state
    await items.refresh()
    expect((await items.fateOf(itemHashOf(crypto, four.chainId, first))).kind).toBe('dropped')
    expect(items.candidates()).toHaveLength(2)
    // What was behind it is ready at once.
    expect(items.readyCount).toBe(2)
    expect(await items.fateOf(hash)).toEqual({ kind: 'waiting', reason: null })
  })
})

describe('items that others send under a key that is not here', () => {
  const many = foundConsortium({ seed: 'many', voters: 9, others: ['university'] })
  const [own, ...others] = many.institutions.filter(({ member }) => member.kind === 'hospital')
  const box = new Uint8Array(12 + ITEM_SEALED_STEP_BYTES + 16)
  const sealed = (author: Institution, sequence: number) =>
    makeItem(many, author, { kind: 'sealed' }, sequence, { sealed: { epoch: 9, box } })
  const machineOfMany = () => {
    const at = machine()
    at.ledger = { ...at.ledger, chainId: many.chainId, state: many.start }
    return at
  }

  it('leave room for what is submitted here, however many they are', async () => {
    const items = await machineOfMany().open()
    for (const each of others)
      await items.takeIn(
        each.member.memberId,
        Array.from({ length: 128 }, (_, i) => sealed(each, i + 1)),
      )
    const anchor = { kind: 'anchor', auditRoot: new Uint8Array(32), count: 1 } as const
    const last = itemHashOf(crypto, many.chainId, sealed(others[7]!, 128))
    expect((await items.fateOf(last)).kind).toBe('waiting')
    await items.submit(makeItem(many, own!, anchor, 1))
    expect(items.readyCount).toBe(1)
  })

  it('are not kept where their author may say nothing of the kind', async () => {
    const items = await machineOfMany().open()
    const university = many.institutions.at(-1)!
    const item = sealed(university, 1)
    await items.takeIn(university.member.memberId, [item])
    expect((await items.fateOf(itemHashOf(crypto, many.chainId, item))).kind).toBe('unknown')
  })
})

describe('evidence of a height that is not reached here', () => {
  it('waits until it is', async () => {
    const at = machine()
    const items = await at.open()
    const bytes = evidenceOf(2, a)
    await items.takeIn(a.member.memberId, [bytes])
    expect(items.candidates()).toEqual([bytes])
    expect(items.readyCount).toBe(0)
    at.grow()
    await items.refresh()
    expect(items.readyCount).toBe(1)
  })

  it('stays where it was submitted here and the store was put back to an older state', async () => {
    const at = machine()
    const first = await at.open()
    for (let height = 1; height <= 3; height++) at.grow()
    await first.submit(evidenceOf(4, a))
    at.ledger.state = four.start
    expect((await at.open()).submittedHere()).toEqual([evidenceOf(4, a)])
  })

  it('is not held for others where it is far off, and is taken when it is offered again near it', async () => {
    const at = machine()
    const items = await at.open()
    const bytes = evidenceOf(2 + AHEAD_MAX, a)
    await items.takeIn(a.member.memberId, [bytes])
    expect(items.candidates()).toEqual([])
    at.grow()
    await items.takeIn(a.member.memberId, [bytes])
    expect(items.candidates()).toEqual([bytes])
  })
})

describe('evidence against a voter whom another item that waits would name first', () => {
  it('stays, durably, until the chain names the voter, for that other item may never be decided', async () => {
    const at = machine()
    const first = await at.open()
    const [ofA, ofB] = [evidenceOf(1, a), evidenceOf(1, b)]
    await first.submit(ofA)
    await first.submit(ofB)
    expect(first.readyCount).toBe(1)
    const second = await at.open()
    expect(second.submittedHere()).toHaveLength(2)
    // Whichever stands first is overtaken by another item of its author.
    const overtaken = equalBytes(second.candidates()[0]!, ofA) ? a : b
    at.grow(2, overtaken)
    await second.refresh()
    expect(second.submittedHere()).toHaveLength(2)
    expect(second.submittedHere()).toContainEqual(overtaken === a ? ofB : ofA)
    expect(second.readyCount).toBe(1)
    at.ledger.state = finalise(four, at.ledger.state, { items: [second.candidates()[0]!] }).state
    await second.refresh()
    expect(second.candidates()).toEqual([])
  })

  it('stays also where others sent both, and leaves when the voter is named', async () => {
    const at = machine()
    const items = await at.open()
    const both = [evidenceOf(1, a), evidenceOf(1, b)]
    await items.takeIn(a.member.memberId, both)
    expect(items.candidates()).toHaveLength(2)
    at.ledger.state = finalise(four, at.ledger.state, { items: [items.candidates()[0]!] }).state
    await items.refresh()
    expect(items.candidates()).toEqual([])
  })
})

describe('an own accusation that another item of its author overtook', () => {
  const sequencesOf = (items: { submittedHere(): readonly Uint8Array[] }) =>
    items.submittedHere().map((bytes) => decodeSignedItem(crypto, bytes)!.item.sequence)

  it('is said again, also where that is seen after a restart, and is the one that was submitted', async () => {
    const at = machine()
    const first = await at.open()
    const hash = await first.submit(evidenceOf(1, b, 1))
    at.grow(2)
    await first.refresh()
    expect(sequencesOf(first)).toEqual([3])
    expect(await first.fateOf(hash)).toEqual({ kind: 'waiting', reason: null })
    at.grow(4)
    const second = await at.open()
    expect(sequencesOf(second)).toEqual([5])
    const said = second.submittedHere() as Uint8Array[]
    at.ledger.state = finalise(four, at.ledger.state, { items: said }).state
    expect(at.ledger.state.consortium.suspensions).toHaveLength(1)
    await second.refresh()
    expect(second.submittedHere()).toEqual([])
    // Whoever still has the old one does not bring it back.
    await first.refresh()
    await first.takeIn(b.member.memberId, [evidenceOf(1, b, 1)])
    expect(first.candidates()).toEqual([])
  })

  it('is never missing, wherever the power is cut', async () => {
    for (let cutAt = 0; ; cutAt++) {
      const store = createMemoryStore()
      let commits = 0
      const cut: Store = {
        ...store,
        get: (key) => store.get(key),
        scan: (range) => store.scan(range),
        async commit(writes) {
          if (commits++ >= cutAt) throw new Error('the power is cut')
          await store.commit(writes)
        },
      }
      const before = machine(store)
      await (await before.open()).submit(evidenceOf(1, b, 1))
      before.grow(2)
      const at = machine(cut)
      at.ledger.state = before.ledger.state
      const isCut = await at.open().then(
        () => false,
        () => true,
      )
      const after = machine(store)
      after.ledger.state = before.ledger.state
      expect(sequencesOf(await after.open())).toEqual([3])
      if (!isCut) break
    }
  })

  it('waits where the key of its author is not here now', async () => {
    const at = machine()
    const first = await at.open()
    await first.submit(evidenceOf(1, b, 1))
    at.grow(2)
    at.hasKeys = false
    const second = await at.open()
    expect(sequencesOf(second)).toEqual([1])
    expect(second.readyCount).toBe(0)
    at.hasKeys = true
    await second.refresh()
    expect(sequencesOf(second)).toEqual([3])
  })

  it('leaves where another member is its author, who alone can say it again', async () => {
    const at = machine()
    at.of = a
    const items = await at.open()
    await items.submit(evidenceOf(1, b, 1))
    at.grow(2)
    await items.refresh()
    expect(items.submittedHere()).toEqual([])
    expect(items.candidates()).toEqual([])
  })

  it('is over where somebody else has named that one', async () => {
    const at = machine()
    const items = await at.open()
    await items.submit(evidenceOf(1, b, 1))
    at.ledger.state = finalise(four, at.ledger.state, { items: [evidenceOf(1, a)] }).state
    at.grow(2)
    await items.refresh()
    expect(items.submittedHere()).toEqual([])
  })
})

describe('what a person has said once and another item of its author overtook', () => {
  const protocolHash = new Uint8Array(32).fill(9)
  const registration = (sequence: number, notAfterHeight = 1_000) =>
    makeItem(four, b, { kind: 'registration', protocolHash }, sequence, { notAfterHeight })
  const sequencesOf = (items: { submittedHere(): readonly Uint8Array[] }) =>
    items.submittedHere().map((bytes) => decodeSignedItem(crypto, bytes)!.item.sequence)

  it('is said again by its node, as long as it was to wait, and is found by its first name after a restart', async () => {
    const at = machine()
    const first = await at.open()
    const hash = await first.submit(registration(1))
    at.grow(2)
    await first.refresh()
    expect(sequencesOf(first)).toEqual([3])
    const [bytes] = first.submittedHere() as [Uint8Array]
    expect(decodeSignedItem(crypto, bytes)!.item).toMatchObject({
      clear: { kind: 'registration', protocolHash },
      notAfterHeight: 1_000,
    })
    expect(await first.fateOf(hash)).toEqual({ kind: 'waiting', reason: null })
    const second = await at.open()
    const said = itemHashOf(crypto, four.chainId, bytes)
    expect(await second.currentOf(hash)).toEqual(said)
    expect(await second.currentOf(said)).toEqual(said)
    // Once it is final, that is the end of it.
    await at.decide(bytes)
    await second.refresh()
    expect(second.submittedHere()).toEqual([])
    expect(await second.fateOf(hash)).toEqual({ kind: 'final', height: 2 })
    const third = await at.open()
    expect(third.submittedHere()).toEqual([])
    expect(await third.fateOf(hash)).toEqual({ kind: 'final', height: 2 })
  })

  it('is over by its height, and a decision of members is its author’s to propose anew', async () => {
    const at = machine()
    const items = await at.open()
    const late = await items.submit(registration(1, 1))
    at.grow(2)
    await items.refresh()
    expect(items.submittedHere()).toEqual([])
    expect(await items.fateOf(late)).toMatchObject({ kind: 'dropped' })
    const policy = { kind: 'policy', name: 'smallestCount', value: 15, approvals: [] } as const
    const proposed = await items.submit(makeItem(four, b, policy, 3))
    at.grow(4)
    await items.refresh()
    expect(await items.fateOf(proposed)).toEqual({ kind: 'dropped', reason: 'item-sequence' })
  })

  it('is not said twice: what the chain has was not overtaken', async () => {
    const at = machine()
    const items = await at.open()
    const bytes = registration(1)
    const hash = await items.submit(bytes)
    await at.decide(bytes)
    at.grow(2)
    await items.refresh()
    expect(items.submittedHere()).toEqual([])
    expect(await items.fateOf(hash)).toEqual({ kind: 'final', height: 1 })
  })
})

describe('a suspension of a gateway whom another item that waits would name first', () => {
  it('stays until the chain names it, and is said again where it is overtaken', async () => {
    const at = machine()
    const items = await at.open()
    await items.submit(suspensionOf(a, 1))
    await items.submit(suspensionOf(b, 1))
    expect(items.submittedHere()).toHaveLength(2)
    expect(items.readyCount).toBe(1)
    const stood = decodeSignedItem(crypto, items.candidates()[0]!)!.item.author
    at.grow(2, equalBytes(stood, a.member.memberId) ? a : b)
    await items.refresh()
    expect(items.submittedHere()).toHaveLength(2)
    expect(items.readyCount).toBe(1)
    at.ledger.state = finalise(four, at.ledger.state, { items: [items.candidates()[0]!] }).state
    await items.refresh()
    expect(items.candidates()).toEqual([])
  })
})
