/** Documents and words between gateways whose clocks, keys and neighbours the test chooses, over the exchange's own questions. */
import { describe, expect, it } from 'vitest'
import { present } from '../../../shared/std/assert.ts'
import { equalBytes, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { createNodeSeal } from '../access/node-seal.ts'
import { crypto, foundConsortium, type Institution } from '../chain/consortium.test-kit.ts'
import type { ItemHash, MemberId } from '../chain/ids.ts'
import type { ConsortiumState, OpenStudy } from '../chain/state.ts'
import {
  attestationSignBytes,
  commitmentOf,
  type ResultOutcome,
  type StudyItem,
} from '../chain/study-items.ts'
import type { FinalItem } from '../final-items.ts'
import type { Ledger } from '../ledger.ts'
import { decodeStudyRequest, studyRefusalNumber } from '../network/protocols/studies.ts'
import { NetworkFailure, peerName, type Peer } from '../network/transport.ts'
import { createMemoryStore } from '../storage/memory.ts'
import { finalItemKey, u64 } from '../storage/buckets.ts'
import { put, type Store } from '../storage/store.ts'
import { checkedValue } from '../storage/value.ts'
import type { Around } from './around.ts'
import { openAttestations, type Attestations } from './attestations.ts'
import { decodeEnvelope, sealEnvelope } from './envelope.ts'
import { openEnvelopes, type Envelopes } from './envelopes.ts'
import type { Closed } from './late-words.ts'
import { openStudyIndex, type StudyRow } from './study-index.ts'
import { documentOf, sampleDocument } from './studies.test-kit.ts'

const DAY_MS = 86_400_000
const STUDY = new Uint8Array(32).fill(6) as ItemHash
/** Of every study here. */
const AT = { studyHeight: 7, erasureHeight: 0 }
const ENGINE = 'test/1'

interface Place {
  readonly memberId: MemberId
  readonly store: Store
  readonly gatewayKey: Bytes | null
  envelopes: Envelopes
  attestations: Attestations
  /** Opens both again, as after a restart. */
  open(): Promise<void>
}

/** Four hospitals and a university, in one process. `away`: names of whoever nobody reaches. */
async function village() {
  const consortium = foundConsortium({ voters: 4, others: ['university'] })
  const { chainId, random, institutions } = consortium
  let state: ConsortiumState = consortium.start.consortium
  let clock = Date.UTC(2026, 5, 1)
  let lastTime = clock
  let hasReadAll = true
  let closed: Closed | 'over' | null = null
  const away = new Set<string>()
  /** Within reach, and answers nothing before that is over. */
  const hanging = new Map<string, Promise<void>>()
  const asked: string[] = []
  const finals = new Set<string>()
  const secrets = new Map(
    institutions.map(({ member, authorSecret }) => [toHex(member.memberId), authorSecret]),
  )
  const places = new Map<string, Place>()

  async function answer(to: Place, from: Peer, bytes: Bytes): Promise<Bytes> {
    const request = present(decodeStudyRequest(bytes))
    const answerTo = async () => {
      switch (request.kind) {
        case 'hold':
          return to.envelopes.hold(from, request.envelope)
        case 'want':
          return to.envelopes.want(from, request.commitment)
        case 'attest':
          return to.attestations.takeIn(from, request.attestation)
        case 'attestations':
          return to.attestations.answer(from, request.studyHash)
        default:
          throw new Error(request.kind)
      }
    }
    const said = await answerTo()
    if (typeof said !== 'string') return said
    throw new NetworkFailure({
      code: 'request-refused',
      peer: peerName(to.memberId),
      reason: studyRefusalNumber(said),
    })
  }

  async function settle(institution: Institution): Promise<Place> {
    const { member, gatewaySecret } = institution
    const { memberId } = member
    const around: Around = {
      crypto,
      random,
      chainId,
      memberId,
      ledger: {
        get state() {
          return { consortium: state, lastTime }
        },
      } as Ledger,
      now: () => clock,
      transport: {
        isUp: (name) => !away.has(name),
        async request(name, _lane, bytes) {
          asked.push(name)
          if (hanging.has(name)) {
            await hanging.get(name)
            throw new NetworkFailure({ code: 'request-timeout', peer: name })
          }
          return answer(present(places.get(name)), { memberId, kind: member.kind } as Peer, bytes)
        },
      },
      authorSecret: () => secrets.get(toHex(memberId))!,
      gatewaySecrets: () => (member.gatewayKey === null ? [] : [gatewaySecret]),
    }
    const store = createMemoryStore()
    const seal = createNodeSeal(crypto, random, chainId, () => [
      { epoch: 1, key: new Uint8Array(32).fill(5) },
    ])
    const isFinal = async (author: MemberId, commitment: Bytes) =>
      finals.has(toHex(author) + toHex(commitment))
    const place: Place = {
      memberId,
      store,
      gatewayKey: member.gatewayKey,
      envelopes: await openEnvelopes(store, seal, around, isFinal, () => hasReadAll),
      attestations: await openAttestations(store, around, async () => closed),
      async open() {
        place.envelopes = await openEnvelopes(store, seal, around, isFinal, () => hasReadAll)
        place.attestations = await openAttestations(store, around, async () => closed)
      },
    }
    places.set(peerName(memberId), place)
    return place
  }

  const [a, b, c, d, university] = (await Promise.all(institutions.map(settle))) as [
    Place,
    Place,
    Place,
    Place,
    Place,
  ]
  return {
    chainId,
    a,
    b,
    c,
    d,
    university,
    away: (...of: readonly Place[]) => {
      away.clear()
      for (const { memberId } of of) away.add(peerName(memberId))
    },
    pass(ms: number) {
      clock += ms
      lastTime = clock
    },
    /** The clock goes on; the chain is known and read as far as it was, or known and not read yet. */
    passOff(ms: number, isKnown: boolean) {
      clock += ms
      if (isKnown) lastTime = clock
      hasReadAll = !isKnown
    },
    now: () => clock,
    hang: (of: Place, until: Promise<void>) => void hanging.set(peerName(of.memberId), until),
    /** How often a member was asked something. */
    timesAsked: (of: Place) => asked.filter((name) => name === peerName(of.memberId)).length,
    makeFinal: (author: MemberId, commitment: Bytes) => void finals.add(toHex(author) + toHex(commitment)),
    openStudy(commitment: Bytes, author: MemberId, studyHash = STUDY) {
      const open: OpenStudy = {
        studyHash,
        memberId: author,
        chargeKind: 'table',
        of: null,
        commitment,
        height: 7,
        checkersMin: 2,
        expiryDay: 30_000,
        checks: [],
      }
      state = { ...state, openStudies: [...state.openStudies, open] }
    },
    /** The chain has a result of each, or their days are over. */
    closeStudies(as: Closed | 'over' = 'over') {
      state = { ...state, openStudies: [] }
      closed = as
    },
    /** Hospitals agreed to an erasure at that height. */
    erase: (erasureHeight: number) => void (state = { ...state, erasureHeight }),
    /** A member's author key is another from now on, in the chain and at its node. */
    changeKey(of: Place) {
      const secret = random(32)
      secrets.set(toHex(of.memberId), secret)
      const authorKey = crypto.ed25519PublicKey(secret)
      const members = state.members.map((row) =>
        equalBytes(row.member.memberId, of.memberId) ? { ...row, member: { ...row.member, authorKey } } : row,
      )
      state = { ...state, members }
      return secret
    },
  }
}

describe('a document', () => {
  it('comes from whichever gateway has it, sealed anew, though its author left the others out', async () => {
    const { a, b, c, d, university, away } = await village()
    away(b, c, d)
    const document = sampleDocument()
    const { commitment, held } = await university.envelopes.send(document)
    expect(held.map(({ memberId }) => toHex(memberId))).toEqual([toHex(a.memberId)])
    away(university)
    for (const { envelopes } of [b, c, d])
      expect(await envelopes.documentOf(commitment, university.memberId)).toEqual(document)
    // A gateway that was told by another gives it on.
    away(university, a)
    const peer = { memberId: d.memberId, kind: 'hospital' } as Peer
    expect(typeof (await b.envelopes.want(peer, commitment))).toBe('object')
  })

  it('is its author’s: nobody hands another’s over, and none is kept under a commitment that it does not open', async () => {
    const { a, b, university, chainId } = await village()
    const document = sampleDocument()
    const { commitment } = await university.envelopes.send(document)
    const sealed = await a.envelopes.want({ memberId: b.memberId, kind: 'hospital' } as Peer, commitment)
    const envelope = present(decodeEnvelope(sealed as Bytes))
    expect(await b.envelopes.hold({ memberId: a.memberId, kind: 'hospital' } as Peer, envelope)).toBe(
      'not-for-you',
    )
    const copied = { ...envelope, author: a.memberId }
    const byCopier = { memberId: a.memberId, kind: 'hospital' } as Peer
    expect(await b.envelopes.hold(byCopier, copied)).toBe('malformed')
    const fresh = await village()
    expect(
      await fresh.b.envelopes.hold(
        { ...byCopier, memberId: fresh.a.memberId },
        { ...copied, author: fresh.a.memberId },
      ),
    ).toBe('malformed')
    // The same text of another author, or another purpose, is another commitment.
    expect(commitmentOf(crypto, chainId, a.memberId, document)).not.toEqual(commitment)
    const changed = document.slice()
    changed[changed.length - 1]! ^= 1
    expect(commitmentOf(crypto, chainId, university.memberId, changed)).not.toEqual(commitment)
    expect(await b.envelopes.takeOpened(commitment, university.memberId, changed)).toBe(false)
    expect(await b.envelopes.takeOpened(commitment, a.memberId, document)).toBe(false)
  })

  it('that gateways would refuse is neither handed over nor kept', async () => {
    const { a, university, chainId } = await village()
    const { memberId } = university
    const gatewayKey = present(a.gatewayKey)
    for (const [bytes, isTaken] of [
      [16_384, true],
      [16_385, false],
    ] as const) {
      const document = documentOf(new Uint8Array(bytes))
      const commitment = commitmentOf(crypto, chainId, memberId, document)
      const about = { commitment, author: memberId }
      const to = [{ memberId: a.memberId, key: gatewayKey }]
      const envelope = sealEnvelope(crypto, (n) => new Uint8Array(n).fill(3), chainId, about, to, document)
      const peer = { memberId, kind: 'university' } as Peer
      expect((await a.envelopes.hold(peer, envelope)) === 'malformed').toBe(!isTaken)
    }
    await expect(university.envelopes.send(documentOf(new Uint8Array(16_385)))).rejects.toMatchObject({
      detail: { code: 'document-malformed' },
    })
  })

  it('that came when its study was final already stays, and one that no study is of is forgotten', async () => {
    const { a, university, pass, makeFinal } = await village()
    const [late, stray] = [sampleDocument(), sampleDocument()]
    const { commitment } = await university.envelopes.send(late)
    const { commitment: other } = await university.envelopes.send(stray)
    // The chain was heard of before the document came: nothing says again that it is final.
    makeFinal(university.memberId, commitment)
    await a.open()
    pass(8 * DAY_MS)
    await a.envelopes.deliver()
    expect(await a.envelopes.kept(commitment)).toEqual(late)
    expect(await a.envelopes.kept(other)).toBeNull()
  })

  it('of whose commitment somebody else asks a study is forgotten all the same', async () => {
    const { a, b, university, pass } = await village()
    const { commitment } = await university.envelopes.send(sampleDocument())
    await a.envelopes.charged(commitment, b.memberId)
    pass(8 * DAY_MS)
    await a.envelopes.deliver()
    expect(await a.envelopes.kept(commitment)).toBeNull()
  })

  it('has its place among those that wait, also where many come at once', async () => {
    const { a, b, c, d, university, away } = await village()
    away(a, b, c, d)
    const sent = await Promise.allSettled(
      Array.from({ length: 70 }, () => university.envelopes.send(sampleDocument())),
    )
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(64)
  })

  it('stays at a gateway that was off for long, until it has read what came meanwhile', async () => {
    const { a, university, pass, passOff, makeFinal } = await village()
    const [charged, stray] = [sampleDocument(), sampleDocument()]
    const { commitment } = await university.envelopes.send(charged)
    const { commitment: other } = await university.envelopes.send(stray)
    await a.open()
    for (const isKnown of [false, true]) {
      passOff(8 * DAY_MS, isKnown)
      await a.envelopes.deliver()
      expect(await a.envelopes.kept(commitment)).toEqual(charged)
    }
    makeFinal(university.memberId, commitment)
    passOff(0, false)
    pass(0)
    await a.envelopes.deliver()
    expect(await a.envelopes.kept(commitment)).toEqual(charged)
    expect(await a.envelopes.kept(other)).toBeNull()
  })

  it('is kept for longer than a gateway has signed that it keeps it', async () => {
    const { a, university, pass, now } = await village()
    const { commitment, held } = await university.envelopes.send(sampleDocument())
    expect(held).toHaveLength(4)
    for (const { until } of held) expect(until - now()).toBe(3 * DAY_MS)
    pass(6 * DAY_MS)
    await a.envelopes.deliver()
    expect(await university.envelopes.heldBy(commitment)).toEqual([])
    // Asked again, it signs again, and counts from then.
    await university.envelopes.deliver()
    const again = await university.envelopes.heldBy(commitment)
    expect(again).toHaveLength(4)
    pass(2.9 * DAY_MS)
    await a.envelopes.deliver()
    expect(await a.envelopes.kept(commitment)).not.toBeNull()
  })
})

describe('the index of studies', () => {
  it('looks for what is about a study behind it alone, and for nothing where there is none', async () => {
    const store = createMemoryStore()
    let rowsRead = 0
    const counting: Store = {
      ...store,
      get: (key) => store.get(key),
      commitUnsynced: (writes) => store.commitUnsynced(writes),
      async *scan(range) {
        for await (const row of store.scan(range)) {
          rowsRead++
          yield row
        }
      },
    }
    const index = openStudyIndex({
      store: counting,
      asked: () => [],
      isHeld: () => false,
      dayRead: () => null,
    })
    const { university } = await village()
    const hashAt = (height: number) => new Uint8Array(32).fill(height) as ItemHash
    for (let height = 1; height <= 20; height++) {
      const hash = hashAt(height)
      const key = finalItemKey(hash)
      await store.commit([put(key, checkedValue(key, u64(height)))])
      const clear: StudyItem = {
        kind: 'study',
        commitment: hash,
        requesterClass: 'university',
        chargeKind: height === 20 ? 'repeat' : 'table',
        chargeMicroRho: height === 20 ? 0 : 1_000,
        snapshotHash: hash,
        studyId: new Uint8Array(16),
        of: height === 20 ? hashAt(18) : null,
        smallestCount: 11,
        checkersMin: 2,
        expiryDays: 30,
        held: [],
      }
      const signed = { item: { clear, author: university.memberId } } as unknown as FinalItem['signed']
      await index.take({ signed, hash, height, time: height, content: null })
    }
    const about = (of: ItemHash) => index.list({ author: university.memberId, of, limit: 5 })
    expect((await about(hashAt(18))).map(({ studyHash }) => studyHash)).toEqual([hashAt(20)])
    expect(rowsRead).toBe(1)
    expect(await about(hashAt(99))).toEqual([])
    expect(rowsRead).toBe(1)
  })

  it('does not say that it is over of a study whose result is taken while its row is read', async () => {
    const store = createMemoryStore()
    const { university } = await village()
    const hash = new Uint8Array(32).fill(1) as ItemHash
    const key = finalItemKey(hash)
    await store.commit([put(key, checkedValue(key, u64(1)))])
    const author = university.memberId
    const final = (clear: FinalItem['signed']['item']['clear']): FinalItem => {
      const signed = { item: { clear, author } } as unknown as FinalItem['signed']
      return { signed, hash, height: 1, time: 0, content: null }
    }
    let day: number | null = null
    let meanwhile: (() => Promise<void>) | null = null
    const index = openStudyIndex({
      store: {
        ...store,
        async get(asked) {
          const value = await store.get(asked)
          const work = meanwhile
          meanwhile = null
          await work?.()
          return value
        },
        scan: (range) => store.scan(range),
        commitUnsynced: (writes) => store.commitUnsynced(writes),
      },
      asked: () => [],
      isHeld: () => false,
      dayRead: () => day,
    })
    await index.take(
      final({
        kind: 'study',
        commitment: hash,
        requesterClass: 'university',
        chargeKind: 'table',
        chargeMicroRho: 1_000,
        snapshotHash: hash,
        studyId: new Uint8Array(16),
        of: null,
        smallestCount: 11,
        checkersMin: 2,
        expiryDays: 30,
        held: [],
      }),
    )
    const word = { studyHash: hash, outcome: 'answered', resultHash: hash } as const
    const result = { ...word, erasureHeight: 0, attestations: [] }
    // The row is read, then the result is taken, and with it everything up to this day.
    const takeRest = async () => {
      await index.take(final({ kind: 'result', ...result }))
      day = 40
    }
    meanwhile = async () => {
      meanwhile = takeRest
    }
    expect((await index.studyOf(hash))?.state).toBe('charged')
    expect((await index.studyOf(hash))?.state).toBe('answered')
  })

  it('reads of one author what is of that author, newest first and page by page', async () => {
    const store = createMemoryStore()
    let rowsRead = 0
    const counting: Store = {
      ...store,
      get: (key) => store.get(key),
      commitUnsynced: (writes) => store.commitUnsynced(writes),
      async *scan(range) {
        for await (const row of store.scan(range)) {
          rowsRead++
          yield row
        }
      },
    }
    const index = openStudyIndex({
      store: counting,
      asked: () => [],
      isHeld: () => false,
      dayRead: () => 29,
    })
    const { university, a } = await village()
    const hashAt = (height: number) => new Uint8Array(32).fill(height) as ItemHash
    for (let height = 1; height <= 40; height++) {
      const hash = hashAt(height)
      const key = finalItemKey(hash)
      await store.commit([put(key, checkedValue(key, u64(height)))])
      const clear: StudyItem = {
        kind: 'study',
        commitment: hash,
        requesterClass: 'university',
        chargeKind: 'table',
        chargeMicroRho: 1_000,
        snapshotHash: hash,
        studyId: new Uint8Array(16),
        of: null,
        smallestCount: 11,
        checkersMin: 2,
        expiryDays: height,
        held: [],
      }
      const author = height % 10 === 0 ? university.memberId : a.memberId
      const signed = { item: { clear, author } } as unknown as FinalItem['signed']
      await index.take({ signed, hash, height, time: 1, content: null })
    }
    const own = (before?: StudyRow) =>
      index.list({ author: university.memberId, limit: 2, ...(before === undefined ? {} : { before }) })
    const first = await own()
    expect(first.map(({ height, state }) => [height, state])).toEqual([
      [40, 'charged'],
      [30, 'charged'],
    ])
    expect((await own(first[1])).map(({ height, state }) => [height, state])).toEqual([
      [20, 'expired'],
      [10, 'expired'],
    ])
    expect(rowsRead).toBeLessThanOrEqual(6)
    const over = await index.list({ states: ['expired'], limit: 50 })
    expect(over.map(({ height }) => height)).toEqual(Array.from({ length: 29 }, (_, i) => 29 - i))
  })

  it('lists the registrations of one member, and of one protocol, without reading those of others', async () => {
    const { university, a, b } = await village()
    let rowsRead = 0
    const store = createMemoryStore()
    const counting: Pick<Store, 'get' | 'scan' | 'commitUnsynced'> = {
      get: (key) => store.get(key),
      commitUnsynced: (writes) => store.commitUnsynced(writes),
      async *scan(range) {
        for await (const row of store.scan(range)) {
          rowsRead++
          yield row
        }
      },
    }
    const index = openStudyIndex({
      store: counting as Store,
      asked: () => [],
      isHeld: () => false,
      dayRead: () => null,
    })
    const bytes = (byte: number) => new Uint8Array(32).fill(byte)
    for (let height = 1; height <= 40; height++) {
      const author = height % 20 === 0 ? university.memberId : height % 2 === 0 ? a.memberId : b.memberId
      const clear = { kind: 'registration', protocolHash: bytes(height % 10) } as const
      const signed = { item: { clear, author } } as unknown as FinalItem['signed']
      // Told twice, as after a crash.
      for (const _ of [0, 1])
        await index.take({ signed, hash: bytes(height) as ItemHash, height, time: 1, content: null })
    }
    const own = await index.registrations({ author: university.memberId, limit: 9 })
    expect(own.map(({ height }) => height)).toEqual([40, 20])
    const same = await index.registrations({ protocolHash: bytes(7), limit: 3 })
    expect(same.map(({ height, author }) => [height, toHex(author)])).toEqual(
      [37, 27, 17].map((height) => [height, toHex(b.memberId)]),
    )
    expect(await index.registrations({ protocolHash: bytes(77), limit: 3 })).toEqual([])
    expect(rowsRead).toBeLessThanOrEqual(6)
  })
})

function attest(
  { attestations }: Place,
  studyHash: ItemHash,
  outcome: ResultOutcome,
  resultHash: Bytes,
  engine = ENGINE,
  erasureHeight = 0,
): Promise<void> {
  return attestations.attest({ studyHash, outcome, resultHash, engine, erasureHeight })
}

describe('a gateway that hangs', () => {
  it('holds up no other, and is asked once in a round', async () => {
    const { a, b, c, d, university, openStudy, hang, timesAsked } = await village()
    const end = Promise.withResolvers<void>()
    hang(b, end.promise)
    const hashes = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte) as ItemHash)
    for (const studyHash of hashes) {
      openStudy(studyHash, university.memberId, studyHash)
      await attest(a, studyHash, 'answered', studyHash)
    }
    const round = a.attestations.tell()
    while (hashes.some((hash) => [c, d].some(({ attestations }) => attestations.of(hash).length === 0)))
      await new Promise((resolve) => setTimeout(resolve, 1))
    // What is said meanwhile is told to the others too.
    const later = new Uint8Array(32).fill(4) as ItemHash
    openStudy(later, university.memberId, later)
    await attest(a, later, 'answered', later)
    const next = a.attestations.tell()
    while (c.attestations.of(later).length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    expect(timesAsked(b)).toBe(1)
    end.resolve()
    await Promise.all([round, next])
    expect(timesAsked(b)).toBe(1)
  })

  it('keeps no document from the others, and is asked once for all of them', async () => {
    const { a, b, c, d, university, away, hang, timesAsked } = await village()
    away(a, b, c, d)
    const sent = []
    for (let i = 0; i < 3; i++) sent.push((await university.envelopes.send(sampleDocument())).commitment)
    away()
    hang(b, Promise.resolve())
    await university.envelopes.deliver()
    for (const commitment of sent) expect(await university.envelopes.heldBy(commitment)).toHaveLength(3)
    expect(timesAsked(b)).toBe(1)
  })
})

describe('a word', () => {
  it('is signed again by the key that came since, and told again, and stays the same word', async () => {
    const { a, b, c, openStudy, changeKey, university, chainId, away } = await village()
    openStudy(new Uint8Array(32), university.memberId)
    const resultHash = new Uint8Array(32).fill(1)
    await attest(a, STUDY, 'answered', resultHash)
    away(c)
    await a.attestations.tell()
    expect(b.attestations.of(STUDY)).toHaveLength(1)
    const secret = changeKey(a)
    // Its old signature holds by no key in effect, so nobody hands it in.
    expect(b.attestations.of(STUDY)).toEqual([])
    // Nor does the new key make room for another word.
    const peer = { memberId: a.memberId, kind: 'hospital' } as Peer
    const second = { studyHash: STUDY, outcome: 'answered', resultHash: new Uint8Array(32).fill(2) } as const
    const signature = crypto.ed25519Sign(secret, attestationSignBytes(chainId, second, ENGINE, AT))
    await b.attestations.takeIn(peer, {
      ...second,
      engine: ENGINE,
      erasureHeight: 0,
      memberId: a.memberId,
      signature,
    })
    expect(b.attestations.of(STUDY)).toEqual([])
    away()
    await a.open()
    await a.attestations.signAgain()
    await a.attestations.tell()
    for (const { attestations } of [a, b, c]) {
      const [word] = attestations.of(STUDY)
      expect(word).toMatchObject({ outcome: 'answered', resultHash })
    }
    await expect(attest(a, STUDY, 'answered', second.resultHash)).rejects.toMatchObject({
      detail: { code: 'attested-otherwise' },
    })
    const signed = attestationSignBytes(chainId, second, ENGINE, AT)
    expect(signed).not.toEqual(attestationSignBytes(chainId, second, ENGINE, { ...AT, studyHeight: 8 }))
    expect(signed).not.toEqual(attestationSignBytes(chainId, second, ENGINE, { ...AT, erasureHeight: 7 }))
    expect(signed).not.toEqual(attestationSignBytes(chainId, second, 'test/2', AT))
  })

  it('found with another engine takes the place of the first, and is told to all; nobody else can bring the first one back', async () => {
    const { a, b, c, openStudy, university, chainId } = await village()
    openStudy(new Uint8Array(32), university.memberId)
    const [one, two] = [1, 2].map((byte) => new Uint8Array(32).fill(byte)) as [Bytes, Bytes]
    await attest(a, STUDY, 'answered', one)
    await a.attestations.tell()
    const [first] = b.attestations.of(STUDY)
    await attest(a, STUDY, 'answered', two, 'test/2')
    await a.attestations.tell()
    for (const { attestations } of [a, b, c])
      expect(attestations.of(STUDY)).toMatchObject([{ engine: 'test/2', resultHash: two }])
    await expect(attest(a, STUDY, 'answered', one, 'test/2')).rejects.toMatchObject({
      detail: { code: 'attested-otherwise' },
    })
    // Whoever still has the first word is asked for what it knows.
    await c.attestations.close(STUDY)
    await c.attestations.takeIn({ memberId: a.memberId, kind: 'hospital' } as Peer, first!)
    await b.attestations.ask(STUDY)
    expect(b.attestations.of(STUDY)).toMatchObject([{ engine: 'test/2' }])
    expect(chainId).toHaveLength(32)
  })

  it('may be another one after an erasure, and not without one', async () => {
    const { a, b, openStudy, university, erase } = await village()
    openStudy(new Uint8Array(32), university.memberId)
    const [one, none] = [1, 2].map((byte) => new Uint8Array(32).fill(byte)) as [Bytes, Bytes]
    await attest(a, STUDY, 'answered', one)
    await a.attestations.tell()
    // Not without an erasure.
    await expect(attest(a, STUDY, 'refused', none)).rejects.toMatchObject({
      detail: { code: 'attested-otherwise' },
    })
    erase(9)
    await attest(a, STUDY, 'refused', none, ENGINE, 9)
    await a.attestations.tell()
    expect(b.attestations.of(STUDY)).toMatchObject([{ outcome: 'refused' }])
    await expect(attest(a, STUDY, 'answered', one, ENGINE, 9)).rejects.toMatchObject({
      detail: { code: 'attested-otherwise' },
    })
  })

  it('from before an erasure counts nowhere, is told to nobody, and counts again once it is said anew', async () => {
    const { a, b, c, openStudy, university, erase, away, timesAsked } = await village()
    openStudy(new Uint8Array(32), university.memberId)
    away(c)
    await attest(a, STUDY, 'answered', STUDY)
    await a.attestations.tell()
    const [old] = b.attestations.of(STUDY)
    erase(9)
    away()
    for (const { attestations } of [a, b]) expect(attestations.of(STUDY)).toEqual([])
    const before = timesAsked(c)
    await a.attestations.tell()
    expect(timesAsked(c)).toBe(before)
    const from = { memberId: a.memberId, kind: 'hospital' } as Peer
    expect(await c.attestations.takeIn(from, old!)).toBe('not-ready')
    // What was found before it comes too late to be said.
    await attest(a, STUDY, 'answered', STUDY)
    expect(a.attestations.of(STUDY)).toEqual([])
    await attest(a, STUDY, 'answered', STUDY, ENGINE, 9)
    await a.attestations.tell()
    for (const { attestations } of [a, b, c])
      expect(attestations.of(STUDY)).toMatchObject([{ erasureHeight: 9 }])
    // Of an erasure that is not known here yet.
    expect(await c.attestations.takeIn(from, { ...old!, erasureHeight: 10 })).toBe('not-ready')
  })

  const resultOf = (resultHash: Bytes, ...attesters: readonly Place[]): Closed => ({
    height: AT.studyHeight,
    result: { outcome: 'answered', resultHash, erasureHeight: 0, attesters },
  })

  it('that is not in the result is kept beside it, told until everybody has it, and given to whoever asks', async () => {
    const { a, b, c, d, university, openStudy, closeStudies, away, timesAsked } = await village()
    openStudy(new Uint8Array(32), university.memberId)
    const [same, other] = [1, 2].map((byte) => new Uint8Array(32).fill(byte)) as [Bytes, Bytes]
    for (const place of [a, b, c]) await attest(place, STUDY, 'answered', same)
    await attest(d, STUDY, 'answered', other)
    away(a)
    for (const { attestations } of [b, c, d]) await attestations.tell()
    closeStudies(resultOf(same, a, b, c))
    const told: Bytes[] = []
    a.attestations.listenLate(({ memberId }) => told.push(memberId))
    for (const { attestations } of [a, b, c, d]) await attestations.closeOver()
    expect(await b.attestations.beside(STUDY, 'here')).toMatchObject([{ memberId: d.memberId }])
    expect(await a.attestations.beside(STUDY, 'here')).toEqual([])
    away()
    for (const { attestations } of [b, c, d]) await attestations.tell()
    expect(await a.attestations.beside(STUDY, 'here')).toMatchObject([{ resultHash: other }])
    expect(told).toEqual([d.memberId])
    const before = timesAsked(a)
    await d.attestations.tell()
    expect(timesAsked(a)).toBe(before)
    // As members read the result, they read who else said what; each holds it against the signature.
    const asked = () => university.attestations.beside(STUDY, 'all')
    expect(await asked()).toMatchObject([{ memberId: d.memberId, resultHash: other }])
    away(a, b, c, d)
    await university.open()
    expect(await asked()).toHaveLength(1)
    await expect(attest(d, STUDY, 'answered', same)).rejects.toMatchObject({
      detail: { code: 'attested-otherwise' },
    })
  })

  it('that comes after the result is one more beside it, and none that was found after another erasure', async () => {
    const { a, b, c, d, university, openStudy, closeStudies, erase, chainId } = await village()
    openStudy(new Uint8Array(32), university.memberId)
    const [same, other] = [1, 2].map((byte) => new Uint8Array(32).fill(byte)) as [Bytes, Bytes]
    closeStudies(resultOf(same, a, b))
    await attest(c, STUDY, 'answered', same)
    await c.attestations.tell()
    expect(await a.attestations.beside(STUDY, 'here')).toMatchObject([
      { memberId: c.memberId, resultHash: same },
    ])
    // Whose word is in the result has said it.
    await attest(a, STUDY, 'answered', other)
    expect(await a.attestations.beside(STUDY, 'here')).toHaveLength(1)
    // An erasure was agreed to: what is found then is held against nothing.
    erase(9)
    await attest(d, STUDY, 'answered', other, ENGINE, 9)
    await d.attestations.tell()
    for (const { attestations } of [a, d]) expect(await attestations.beside(STUDY, 'here')).toHaveLength(1)
    // In another's name nobody says anything, here either.
    const [word] = await a.attestations.beside(STUDY, 'here')
    const from = { memberId: d.memberId, kind: 'hospital' } as Peer
    expect(await a.attestations.takeIn(from, { ...word!, memberId: d.memberId })).toBe('malformed')
    expect(chainId).toHaveLength(32)
  })

  it('that differs is not taken back by one of another engine, and one of an engine that nobody ran hides no other', async () => {
    const { a, b, c, d, university, openStudy, closeStudies } = await village()
    openStudy(new Uint8Array(32), university.memberId)
    const [same, other] = [1, 2].map((byte) => new Uint8Array(32).fill(byte)) as [Bytes, Bytes]
    closeStudies(resultOf(same, a, b, c))
    await attest(d, STUDY, 'answered', other, 'liar/1')
    await attest(d, STUDY, 'answered', other)
    await attest(d, STUDY, 'answered', same, 'test/2')
    await d.attestations.tell()
    expect(await a.attestations.beside(STUDY, 'here')).toMatchObject([{ resultHash: other, engine: ENGINE }])
  })

  it('beside a result comes from whichever member kept it, also to a gateway that was away when it was said', async () => {
    const { a, b, c, d, university, openStudy, closeStudies, away } = await village()
    openStudy(new Uint8Array(32), university.memberId)
    const [same, other] = [1, 2].map((byte) => new Uint8Array(32).fill(byte)) as [Bytes, Bytes]
    closeStudies(resultOf(same, a, b, c))
    away(b, c)
    await attest(d, STUDY, 'answered', other)
    await d.attestations.tell()
    expect(await university.attestations.beside(STUDY, 'all')).toMatchObject([{ resultHash: other }])
    // Whoever said it, and the one gateway that was told, are gone for good.
    away(a, d)
    expect(await b.attestations.beside(STUDY, 'here')).toEqual([])
    const told: Bytes[] = []
    b.attestations.listenLate(({ memberId }) => told.push(memberId))
    expect(await b.attestations.beside(STUDY, 'all')).toMatchObject([
      { memberId: d.memberId, resultHash: other },
    ])
    // It hands in what the word proves.
    expect(told).toEqual([d.memberId])
    // Of a study that is open nobody but a gateway is told, and by nobody else.
    openStudy(new Uint8Array(32), university.memberId)
    for (const [to, from] of [
      [university, b],
      [b, university],
    ] as const) {
      const peer = { memberId: from.memberId, kind: 'hospital' } as Peer
      expect(await to.attestations.answer(peer, STUDY)).toBe('not-for-you')
    }
  })

  it('beside a result is signed again by a new key, for whoever has not heard it, and takes no second word in', async () => {
    const { a, b, c, d, university, openStudy, closeStudies, away, changeKey } = await village()
    openStudy(new Uint8Array(32), university.memberId)
    const [same, other] = [1, 2].map((byte) => new Uint8Array(32).fill(byte)) as [Bytes, Bytes]
    for (const place of [a, b, c]) await attest(place, STUDY, 'answered', same)
    await attest(d, STUDY, 'answered', other)
    await d.attestations.tell()
    // The key changes between the word and the result: it stays known as what it was, and d signs it again.
    changeKey(d)
    closeStudies(resultOf(same, a, b, c))
    for (const { attestations } of [a, b, c, d]) await attestations.closeOver()
    const [old] = await a.attestations.beside(STUDY, 'here')
    expect(old).toMatchObject({ memberId: d.memberId, resultHash: other })
    expect(await university.attestations.beside(STUDY, 'all')).toEqual([])
    await d.attestations.signAgain()
    await d.attestations.tell()
    const [anew] = await a.attestations.beside(STUDY, 'here')
    expect(anew).toMatchObject({ memberId: d.memberId, resultHash: other })
    expect(anew!.signature).not.toEqual(old!.signature)
    // And once more beside the result, after a restart: everybody who asks can hold it against the key in effect.
    changeKey(d)
    await d.open()
    await d.attestations.signAgain()
    away(b, c)
    await d.attestations.tell()
    away(d)
    await university.open()
    expect(await university.attestations.beside(STUDY, 'all')).toMatchObject([{ resultHash: other }])
    // Another word is none the less one too many.
    await expect(attest(d, STUDY, 'answered', same)).rejects.toMatchObject({
      detail: { code: 'attested-otherwise' },
    })
    const [last] = await a.attestations.beside(STUDY, 'here')
    const from = { memberId: d.memberId, kind: 'hospital' } as Peer
    expect(await a.attestations.takeIn(from, anew!)).toBe('malformed')
    expect(await a.attestations.beside(STUDY, 'here')).toEqual([last])
  })

  it('on a study that is over is forgotten, in the store too, and told no more', async () => {
    const { a, b, openStudy, closeStudies, university, timesAsked } = await village()
    openStudy(new Uint8Array(32), university.memberId)
    await attest(a, STUDY, 'answered', STUDY)
    closeStudies()
    await a.attestations.closeOver()
    await a.attestations.tell()
    expect(timesAsked(b)).toBe(0)
    openStudy(new Uint8Array(32), university.memberId)
    await a.open()
    expect(a.attestations.of(STUDY)).toEqual([])
  })
})
