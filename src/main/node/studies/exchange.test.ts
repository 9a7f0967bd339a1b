/** Documents and words between gateways whose clocks, keys and neighbours the test chooses, over the exchange's own questions. */
import { describe, expect, it } from 'vitest'
import { present } from '../../../shared/std/assert.ts'
import { equalBytes, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { createNodeSeal } from '../access/node-seal.ts'
import { crypto, foundConsortium, type Institution } from '../chain/consortium.test-kit.ts'
import type { ItemHash, MemberId } from '../chain/ids.ts'
import type { ConsortiumState, OpenStudy } from '../chain/state.ts'
import { attestationSignBytes, commitmentOf, type StudyItem } from '../chain/study-items.ts'
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
import { openStudyIndex } from './study-index.ts'
import { documentOf, sampleDocument } from './studies.test-kit.ts'

const DAY_MS = 86_400_000
const STUDY = new Uint8Array(32).fill(6) as ItemHash

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
      attestations: await openAttestations(store, around, async () => null),
      async open() {
        place.envelopes = await openEnvelopes(store, seal, around, isFinal, () => hasReadAll)
        place.attestations = await openAttestations(store, around, async () => null)
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
        checks: [],
      }
      state = { ...state, openStudies: [...state.openStudies, open] }
    },
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
    const index = openStudyIndex({ store: counting, asked: () => [], isHeld: () => false })
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
        held: [],
      }
      const signed = { item: { clear, author: university.memberId } } as unknown as FinalItem['signed']
      await index.take({ signed, hash, height, time: height, content: null })
    }
    const about = (of: ItemHash) => index.list({ author: university.memberId, of, limit: 5 })
    expect((await about(hashAt(18))).map(({ studyHash }) => studyHash)).toEqual([hashAt(20)])
    expect(rowsRead).toBe(3)
    expect(await about(hashAt(99))).toEqual([])
    expect(rowsRead).toBe(3)
  })
})

describe('a gateway that hangs', () => {
  it('holds up no other, and is asked once in a round', async () => {
    const { a, b, c, d, university, openStudy, hang, timesAsked } = await village()
    const end = Promise.withResolvers<void>()
    hang(b, end.promise)
    const hashes = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte) as ItemHash)
    for (const studyHash of hashes) {
      openStudy(studyHash, university.memberId, studyHash)
      await a.attestations.attest(studyHash, 'answered', studyHash)
    }
    const round = a.attestations.tell()
    while (hashes.some((hash) => [c, d].some(({ attestations }) => attestations.of(hash).length === 0)))
      await new Promise((resolve) => setTimeout(resolve, 1))
    // What is said meanwhile is told to the others too.
    const later = new Uint8Array(32).fill(4) as ItemHash
    openStudy(later, university.memberId, later)
    await a.attestations.attest(later, 'answered', later)
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
    await a.attestations.attest(STUDY, 'answered', resultHash)
    away(c)
    await a.attestations.tell()
    expect(b.attestations.of(STUDY)).toHaveLength(1)
    const secret = changeKey(a)
    // Its old signature holds by no key in effect, so nobody hands it in.
    expect(b.attestations.of(STUDY)).toEqual([])
    // Nor does the new key make room for another word.
    const peer = { memberId: a.memberId, kind: 'hospital' } as Peer
    const second = { studyHash: STUDY, outcome: 'answered', resultHash: new Uint8Array(32).fill(2) } as const
    const signature = crypto.ed25519Sign(secret, attestationSignBytes(chainId, second, 7))
    await b.attestations.takeIn(peer, { ...second, memberId: a.memberId, signature })
    expect(b.attestations.of(STUDY)).toEqual([])
    away()
    await a.open()
    await a.attestations.signAgain()
    await a.attestations.tell()
    for (const { attestations } of [a, b, c]) {
      const [word] = attestations.of(STUDY)
      expect(word).toMatchObject({ outcome: 'answered', resultHash })
    }
    await expect(a.attestations.attest(STUDY, 'refused', resultHash)).rejects.toMatchObject({
      detail: { code: 'attested-otherwise' },
    })
    expect(attestationSignBytes(chainId, second, 7)).not.toEqual(attestationSignBytes(chainId, second, 8))
  })
})
