import { afterEach, describe, expect, it } from 'vitest'
import { compareBytes, equalBytes, fromHex, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { openStudyOf } from '../chain/apply-study.ts'
import type { ItemHash } from '../chain/ids.ts'
import type { ItemClear, SnapshotItem } from '../chain/item.ts'
import { decodeSignedItem } from '../chain/item.ts'
import { attestationSignBytes, type ResultOutcome } from '../chain/study-items.ts'
import {
  crypto,
  makeConsortium,
  random,
  until,
  type Institutions,
  type TestConsortium,
  type TestMember,
} from '../members.test-kit.ts'
import { encodeStudyRequest, studyRefusalOf, type StudyRequest } from '../network/protocols/studies.ts'
import { peerName, type Transport } from '../network/transport.ts'
import type { ChainNode } from '../node.ts'
import { rangeOf } from '../storage/buckets.ts'
import { readSegment } from '../storage/chain-store.ts'
import { resultHashOf } from './envelope.ts'
import { allKnow, askStudy, declareSnapshot, sampleDocument, studyClear } from './studies.test-kit.ts'

const ENGINE = 'test/1'
let consortium: TestConsortium | null = null
const transports = new Map<string, Transport>()
afterEach(async () => {
  await consortium?.close()
  consortium = null
})

/** Four hospitals, a university and an insurer, with a snapshot of two visits. */
async function start(institutions: Institutions = { voters: 4, others: ['university', 'insurer'] }) {
  consortium = await makeConsortium(institutions)
  for (const member of consortium.members)
    await member.start({
      openNetwork: (about) => {
        const network = member.openNetwork(about)
        transports.set(member.name, network.transport)
        return network
      },
    })
  const { members } = consortium
  await members[0]!.submit(2, 1)
  await allKnow(consortium.up(), (node) => node.status.blockCount === 2)
  const snapshotHash = await declareSnapshot(consortium)
  return {
    members: members as [TestMember, TestMember, TestMember, TestMember, TestMember, TestMember],
    snapshotHash,
  }
}

async function refusalOf(from: TestMember, to: TestMember, request: StudyRequest): Promise<string | null> {
  const asking = transports
    .get(from.name)!
    .request(peerName(to.memberId), 'studies', encodeStudyRequest(request))
  const reason = await asking.then(
    () => null,
    (error: { detail: { code: string; reason: number } }) => error.detail.reason,
  )
  return reason === null ? null : studyRefusalOf(reason)
}

/** Every gateway attests this answer and one submits what they attested. */
async function answerTogether(
  gateways: readonly TestMember[],
  studyHash: ItemHash,
  answer: Bytes,
): Promise<void> {
  const { chainId } = gateways[0]!.node!.ledger
  const resultHash = resultHashOf(crypto, chainId, answer)
  for (const { node } of gateways) {
    await node!.studies.exchange.keepAnswer(studyHash, answer)
    await attest(node!, studyHash, 'answered', resultHash)
  }
  await submitAttested(gateways[0]!.node!, studyHash, gateways.length)
}

function attest(
  node: ChainNode,
  studyHash: ItemHash,
  outcome: ResultOutcome,
  resultHash: Bytes,
): Promise<void> {
  const { erasureHeight } = node.ledger.state.consortium
  return node.studies.exchange.attest({ studyHash, outcome, resultHash, engine: ENGINE, erasureHeight })
}

async function submitAttested(node: ChainNode, studyHash: ItemHash, count: number): Promise<void> {
  const { exchange } = node.studies
  await until(() => exchange.attestationsOf(studyHash).length >= count)
  const attestations = exchange.attestationsOf(studyHash)
  const { outcome, resultHash, erasureHeight } = attestations[0]!
  await exchange.submit({ kind: 'result', studyHash, outcome, resultHash, erasureHeight, attestations })
  await allKnow(
    consortium!.up(),
    async (each) => (await each.studies.index.studyOf(studyHash))?.result != null,
  )
}

describe('documents of studies', () => {
  it('reach every gateway, sealed, and nobody else opens them', async () => {
    const { members, snapshotHash } = await start()
    const [a, b, c, d, university, insurer] = members
    const { commitment, document, studyHash } = await askStudy(consortium!, university.node!, snapshotHash)
    await until(async () => (await university.node!.studies.exchange.heldBy(commitment)).length === 4)
    for (const { node } of [a, b, c, d])
      expect(await node!.studies.exchange.documentOf(commitment)).toEqual(document)
    expect(await university.node!.studies.exchange.documentOf(commitment)).toEqual(document)
    expect(await insurer.node!.studies.exchange.documentOf(commitment)).toBeNull()
    expect(await refusalOf(insurer, a, { kind: 'want', commitment })).toBe('not-for-you')
    expect(await refusalOf(insurer, a, { kind: 'answer', studyHash })).toBe('not-for-you')
    expect(await refusalOf(insurer, a, { kind: 'attestations', studyHash })).toBe('not-for-you')
    expect(
      await refusalOf(insurer, a, { kind: 'contribute', height: 1, segmentId: random(32) as never }),
    ).toBe('not-for-you')
    // At rest they lie sealed, also at their author's.
    for (const { store } of [a, university])
      for await (const { value } of store.scan(rangeOf('z/s')))
        expect(toHex(value)).not.toContain(toHex(document))
  })

  it('reach a gateway that was away when its author comes, or another gateway', async () => {
    const { members, snapshotHash } = await start()
    const [a, , c, d, university] = members
    await d.stop()
    await until(() => university.node!.peers().filter(({ state }) => state === 'up').length === 3)
    const { commitment, document } = await askStudy(consortium!, university.node!, snapshotHash)
    expect(await university.node!.studies.exchange.heldBy(commitment)).toHaveLength(3)
    await university.die('kill')
    await d.start()
    await until(() =>
      d.node!.peers().some(({ memberId, state }) => state === 'up' && equalBytes(memberId, a.memberId)),
    )
    await until(async () => (await d.node!.studies.exchange.documentOf(commitment)) !== null)
    expect(await d.node!.studies.exchange.documentOf(commitment)).toEqual(document)
    // The author comes back, still knows what it has to hand over, and learns that it is there.
    await university.start()
    await until(async () => (await university.node!.studies.exchange.heldBy(commitment)).length === 4)
    expect(await c.node!.studies.exchange.documentOf(commitment)).toEqual(document)
  })

  it('are refused where they are none, too long, or too many of one member', async () => {
    const { members } = await start({ voters: 1, others: ['university'] })
    const { exchange } = members[1]!.node!.studies
    await expect(exchange.send(random(40))).rejects.toMatchObject({ detail: { code: 'document-malformed' } })
    await expect(exchange.send(new Uint8Array(1 << 18))).rejects.toMatchObject({
      detail: { code: 'too-long' },
    })
    const document = sampleDocument()
    const { commitment } = await exchange.send(document)
    expect((await exchange.send(document)).commitment).toEqual(commitment)
    for (let i = 0; i < 63; i++) await exchange.send(sampleDocument())
    await expect(exchange.send(sampleDocument())).rejects.toMatchObject({
      detail: { code: 'too-many-waiting' },
    })
    // A modified program counts differently, the gateway does not.
    const bytes = await transports
      .get(members[0]!.name)!
      .request(peerName(members[1]!.memberId), 'studies', encodeStudyRequest({ kind: 'want', commitment }))
    expect(bytes.length).toBeGreaterThan(4_096)
  })
})

describe('a study', () => {
  it('is answered by its author’s gateways once all of them said the same', async () => {
    const { members, snapshotHash } = await start()
    const [a, b, c, d, university, insurer] = members
    const { studyHash, commitment } = await askStudy(consortium!, university.node!, snapshotHash)
    expect(await a.node!.studies.index.studyOf(studyHash)).toMatchObject({
      state: 'charged',
      chargeMicroRho: 10_000,
    })
    await a.node!.studies.exchange.keepAnswer(studyHash, random(50))
    expect(await refusalOf(university, a, { kind: 'answer', studyHash })).toBe('not-ready')
    expect(await university.node!.studies.exchange.answerOf(studyHash)).toBeNull()
    const answer = random(16_384)
    await answerTogether([a, b, c, d], studyHash, answer)
    expect(await university.node!.studies.exchange.answerOf(studyHash)).toEqual(answer)
    expect(await refusalOf(insurer, a, { kind: 'answer', studyHash })).toBe('not-for-you')
    const row = (await insurer.node!.studies.index.studyOf(studyHash))!
    expect(row).toMatchObject({ state: 'answered', result: { outcome: 'answered' } })
    expect(row.result!.attesters).toHaveLength(4)
    expect(a.node!.studies.exchange.attestationsOf(studyHash)).toEqual([])
    expect(a.node!.ledger.state.consortium.ledger.lifetimeMicroRho).toBe(10_000)
    // Another who asks the same again is given the same bytes, once the gateways found that it is the same.
    const again = { chargeKind: 'repeat', chargeMicroRho: 0, of: studyHash } as const
    const { studyHash: repeated } = await askStudy(consortium!, insurer.node!, snapshotHash, again)
    // To have asked is nothing: a repeat is free and may name anything.
    expect(await refusalOf(insurer, a, { kind: 'answer', studyHash })).toBe('not-for-you')
    await answerTogether([a, b, c, d], repeated, answer)
    expect(await insurer.node!.studies.exchange.answerOf(studyHash)).toEqual(answer)
    expect(await insurer.node!.studies.index.list({ of: studyHash, limit: 5 })).toMatchObject([
      { chargeKind: 'repeat' },
    ])
    // What hospitals publish is for everybody, and stays with everybody when no gateway is within reach.
    const published = await askStudy(consortium!, a.node!, snapshotHash, { requesterClass: 'published' })
    expect(await refusalOf(university, b, { kind: 'published', studyHash })).toBe('not-for-you')
    const early = { kind: 'published', studyHash: published.studyHash } as const
    expect(await refusalOf(university, b, early)).toBe('not-ready')
    await answerTogether([a, b, c, d], published.studyHash, answer)
    const filter = { states: ['answered'], requesterClass: 'published', limit: 1 } as const
    for (const { node } of [university, insurer]) {
      const [found] = await node!.studies.index.list(filter)
      expect(toHex(found!.studyHash)).toBe(toHex(published.studyHash))
      const { exchange } = node!.studies
      expect(await exchange.documentOf(published.commitment, published.studyHash)).toEqual(published.document)
      expect(await exchange.answerOf(published.studyHash)).toEqual(answer)
    }
    // Chosen before they are counted: newer answers of others do not hide it.
    const ofUniversity = { ...filter, requesterClass: 'university' } as const
    expect(await insurer.node!.studies.index.list(ofUniversity)).toMatchObject([{ chargeKind: 'table' }])
    expect(await insurer.node!.studies.exchange.documentOf(commitment, studyHash)).toBeNull()
    for (const hospital of [a, b, c, d]) await hospital.stop()
    const { exchange } = university.node!.studies
    expect(await exchange.documentOf(published.commitment, published.studyHash)).toEqual(published.document)
  })

  it('is held while gateways say different things; whoever spoke does not speak otherwise', async () => {
    const { members, snapshotHash } = await start()
    const [a, b, c, , university] = members
    const { studyHash } = await askStudy(consortium!, university.node!, snapshotHash)
    const [one, other] = [random(32), random(32)]
    const heard: string[] = []
    c.node!.studies.exchange.onAttestation(({ resultHash }) => heard.push(toHex(resultHash)))
    await attest(a.node!, studyHash, 'answered', one)
    await attest(a.node!, studyHash, 'answered', one)
    await expect(attest(a.node!, studyHash, 'answered', other)).rejects.toMatchObject({
      detail: { code: 'attested-otherwise' },
    })
    await until(() => c.node!.studies.exchange.attestationsOf(studyHash).length === 1)
    expect(await c.node!.studies.index.studyOf(studyHash)).toMatchObject({ state: 'charged' })
    await attest(b.node!, studyHash, 'refused', other)
    await until(() => c.node!.studies.exchange.attestationsOf(studyHash).length === 2)
    expect(await c.node!.studies.index.studyOf(studyHash)).toMatchObject({ state: 'held' })
    expect([...heard].sort()).toEqual([toHex(one), toHex(other)].sort())
    await expect(attest(university.node!, studyHash, 'answered', one)).rejects.toMatchObject({
      detail: { code: 'not-a-gateway' },
    })
    // In another's name nobody attests, and nothing unsigned is kept.
    const [said] = a.node!.studies.exchange.attestationsOf(studyHash)
    expect(await refusalOf(b, c, { kind: 'attest', attestation: said! })).toBe('malformed')
    const forged = { ...said!, memberId: members[3].memberId }
    expect(await refusalOf(members[3], c, { kind: 'attest', attestation: forged })).toBe('malformed')
    // What was attested is there after a restart, and told to whoever was away.
    await c.die('power-cut')
    await c.start()
    await until(() => c.node!.studies.exchange.attestationsOf(studyHash).length === 2)
  })

  it('whose answer differs is named by that very word; one that comes after the result is told and kept beside it', async () => {
    const { members, snapshotHash } = await start()
    const [a, b, c, d, university] = members
    const { chainId } = a.node!.ledger
    const { studyHash } = await askStudy(consortium!, university.node!, snapshotHash)
    const answer = random(64)
    const agreed = { outcome: 'answered', resultHash: resultHashOf(crypto, chainId, answer) } as const
    await attest(d.node!, studyHash, 'answered', random(32))
    for (const { node } of [a, b, c]) await attest(node!, studyHash, 'answered', agreed.resultHash)
    await until(() => a.node!.studies.exchange.attestationsOf(studyHash).length === 4)
    const words = a.node!.studies.exchange.attestationsOf(studyHash)
    const attestations = words
      .filter(({ resultHash }) => equalBytes(resultHash, agreed.resultHash))
      .sort((x, y) => compareBytes(x.memberId, y.memberId))
    const said = words.find(({ memberId }) => equalBytes(memberId, d.memberId))!
    const studyHeight = openStudyOf(a.node!.ledger.state.consortium, studyHash)!.height
    const suspension = {
      kind: 'suspension',
      memberId: d.memberId,
      reason: 'deviating-result',
      studyHash,
      studyHeight,
      erasureHeight: 0,
      agreed,
      said,
      attestations,
    } as const
    await a.node!.studies.exchange.submit({
      kind: 'result',
      studyHash,
      ...agreed,
      erasureHeight: 0,
      attestations,
    })
    await allKnow(consortium!.up(), (node) => node.ledger.state.consortium.openStudies.length === 0)
    // Whether the study has its result by then does not matter: the words say what they say.
    await b.node!.studies.exchange.submit(suspension)
    await allKnow(consortium!.up(), (node) => node.ledger.state.consortium.suspensions.length === 1)

    const { studyHash: next } = await askStudy(consortium!, university.node!, snapshotHash)
    const late: string[] = []
    c.node!.studies.exchange.onLateWord(({ memberId }) => late.push(toHex(memberId)))
    for (const { node } of [a, b, c]) await attest(node!, next, 'answered', agreed.resultHash)
    const height = openStudyOf(b.node!.ledger.state.consortium, next)!.height
    await until(() => b.node!.studies.exchange.attestationsOf(next).length === 3)
    await submitAttested(b.node!, next, 3)
    const word = { studyHash: next, outcome: 'answered', resultHash: random(32) } as const
    const secret = d.founded.keys.node.author
    const attestationOf = (erasureHeight: number) => {
      const signBytes = attestationSignBytes(chainId, word, ENGINE, { studyHeight: height, erasureHeight })
      const signature = crypto.ed25519Sign(secret, signBytes)
      return { ...word, engine: ENGINE, erasureHeight, memberId: d.memberId, signature }
    }
    // What it found once there was an erasure after the result says nothing against it.
    expect(await refusalOf(d, c, { kind: 'attest', attestation: attestationOf(height) })).toBeNull()
    expect(late).toEqual([])
    const attestation = attestationOf(0)
    expect(await refusalOf(d, c, { kind: 'attest', attestation })).toBeNull()
    expect(await refusalOf(d, c, { kind: 'attest', attestation })).toBeNull()
    expect(late).toEqual([toHex(d.memberId)])
    const forged = { ...attestation, resultHash: random(32) }
    expect(await refusalOf(d, c, { kind: 'attest', attestation: forged })).toBe('malformed')
    expect(c.node!.studies.exchange.attestationsOf(next)).toEqual([])
    // Whoever asked reads it, and who was suspended for what was said of the first.
    const beside = await university.node!.studies.exchange.attestationsBeside(next, 'all')
    expect(beside).toMatchObject([{ memberId: d.memberId, resultHash: word.resultHash }])
    expect(await university.node!.studies.index.studyOf(studyHash)).toMatchObject({
      suspensions: [{ memberId: d.memberId, outcome: 'answered', resultHash: said.resultHash }],
    })
    expect(c.node!.ledger.state.consortium.suspensions).toHaveLength(1)
  })

  it('from before an erasure gives no result, and gives one when it is said anew (ADR 0032)', async () => {
    const { members, snapshotHash } = await start()
    const [a, b, c, d, university] = members
    const { studyHash } = await askStudy(consortium!, university.node!, snapshotHash)
    const resultHash = resultHashOf(crypto, a.node!.ledger.chainId, random(64))
    const sayAll = async () => {
      for (const { node } of [a, b, c, d]) await attest(node!, studyHash, 'answered', resultHash)
    }
    await sayAll()
    await until(() => d.node!.studies.exchange.attestationsOf(studyHash).length === 4)
    const attestations = d.node!.studies.exchange.attestationsOf(studyHash)

    const roots = (await a.submit(1, 50)).map(fromHex)
    const asked = { roots, reason: 'patient-request', text: null, userKeyId: 'dpo-1' }
    const erasureId = (await a.node!.erasures.request(asked, { keys: [], people: [] }))!
    await until(async () => (await b.node!.erasures.list())[0]?.state === 'asked')
    await b.node!.erasures.approve(erasureId, 'dpo-2')
    await allKnow(consortium!.up(), ({ ledger }) => ledger.state.consortium.erasureHeight > 0)
    expect(d.node!.studies.exchange.attestationsOf(studyHash)).toEqual([])
    const word = { kind: 'result', studyHash, outcome: 'answered', resultHash, attestations } as const
    const { erasureHeight } = d.node!.ledger.state.consortium
    for (const [height, reason] of [
      [0, 'item-result-erasure'],
      [erasureHeight, 'item-attestations'],
    ] as const)
      await expect(d.node!.studies.exchange.submit({ ...word, erasureHeight: height })).rejects.toMatchObject(
        { detail: { reason } },
      )
    await sayAll()
    await submitAttested(d.node!, studyHash, 4)
    expect((await a.node!.studies.index.studyOf(studyHash))!.result).toMatchObject({ erasureHeight })
  })

  it('is told to the gateway in order and again after a crash, until it took it', async () => {
    const { members, snapshotHash } = await start({ voters: 1, others: ['university'] })
    const [hospital, university] = members
    const first = await askStudy(consortium!, university.node!, snapshotHash)
    const second = await askStudy(consortium!, university.node!, snapshotHash)
    const told: string[] = []
    const take = async ({ signed, hash }: { signed: { item: { clear: ItemClear } }; hash: ItemHash }) => {
      told.push(`${signed.item.clear.kind} ${toHex(hash)}`)
      if (told.length === 2) throw new TypeError('the gateway falls over')
    }
    hospital.node!.studies.exchange.onFinal(take)
    await until(() => told.length === 2)
    await hospital.die('kill')
    await hospital.start()
    const after: string[] = []
    hospital.node!.studies.exchange.onFinal(async ({ hash }) => void after.push(toHex(hash)))
    await until(() => after.length >= 2)
    const studies = [first, second].map(({ studyHash }) => toHex(studyHash))
    expect(told).toEqual([`snapshot ${toHex(snapshotHash)}`, `study ${studies[0]}`])
    expect(after.slice(-2)).toEqual(studies)
    expect(
      (await hospital.node!.studies.index.list({ limit: 9 })).map((row) => toHex(row.studyHash)).sort(),
    ).toEqual([...studies].sort())
  })

  it('by rule is released after two checks, and reviews and registrations are listed', async () => {
    const { members, snapshotHash } = await start()
    const [a, b, c, d, university, insurer] = members
    const free = { chargeKind: 'by-rule', chargeMicroRho: 0 } as const
    const { studyHash } = await askStudy(consortium!, university.node!, snapshotHash, free)
    expect(await a.node!.studies.index.studyOf(studyHash)).toMatchObject({ state: 'to-be-checked' })
    const answer = random(300)
    const proposalHash = resultHashOf(crypto, a.node!.ledger.chainId, answer)
    for (const { node } of [b, c])
      await node!.studies.exchange.submit({ kind: 'check', studyHash, proposalHash, verdict: 'approve' })
    await until(async () => (await a.node!.studies.index.studyOf(studyHash))!.checks.length === 2)
    await answerTogether([a, b, c, d], studyHash, answer)
    expect(await university.node!.studies.exchange.answerOf(studyHash)).toEqual(answer)
    const review = {
      kind: 'review',
      studyHash,
      packageHash: random(32),
      verdict: 'confirmed',
      textHash: random(32),
    } as const
    await insurer.node!.studies.exchange.submit(review)
    const protocolHash = random(32)
    const { itemHash } = await university.node!.studies.exchange.submit({
      kind: 'registration',
      protocolHash,
    })
    await until(async () => (await a.node!.studies.index.registrationOf(itemHash)) !== null)
    await until(async () => (await a.node!.studies.index.studyOf(studyHash))!.reviews.length === 1)
    expect(
      await a.node!.studies.index.registrations({ author: university.memberId, limit: 9 }),
    ).toMatchObject([{ protocolHash }])
    expect(await a.node!.studies.index.registrations({ author: insurer.memberId, limit: 9 })).toEqual([])
  })

  it('that cannot be paid is refused at once, with the limit that is in the way', async () => {
    const { members, snapshotHash } = await start({
      voters: 1,
      others: ['university'],
      policy: { rhoUniversityMicro: 15_000 },
    })
    const [, university] = members
    const { exchange } = university.node!.studies
    await askStudy(consortium!, university.node!, snapshotHash)
    const sent = await exchange.send(sampleDocument())
    await expect(exchange.submit(studyClear(university.node!, sent, snapshotHash))).rejects.toMatchObject({
      detail: { code: 'item-refused', reason: 'item-budget-requester' },
    })
  })
})

describe('a snapshot', () => {
  const snapshotOf = async (node: ChainNode, snapshotHash: ItemHash): Promise<SnapshotItem> => {
    for (let height = 1; height <= node.ledger.state.height; height++) {
      const stored = await readSegment(node.store, height)
      for (const bytes of stored.kind === 'ok' ? stored.value.items : []) {
        const clear = decodeSignedItem(crypto, bytes)!.item.clear
        if (clear.kind === 'snapshot') return clear
      }
    }
    throw new Error(`no snapshot ${toHex(snapshotHash)}`)
  }

  it('has one noise key at every gateway, which no university has', async () => {
    const { members, snapshotHash } = await start()
    const keys = await Promise.all(
      members.slice(0, 4).map(({ node }) => node!.studies.snapshots.noiseKeyOf(snapshotHash)),
    )
    expect(keys[0]).toHaveLength(32)
    expect(new Set(keys.map((key) => toHex(key!))).size).toBe(1)
    expect(await members[4].node!.studies.snapshots.noiseKeyOf(snapshotHash)).toBeNull()
    const { contributions } = await snapshotOf(members[4].node!, snapshotHash)
    expect(contributions.length).toBeGreaterThanOrEqual(2)
    await members[1].die('power-cut')
    const restarted = await members[1].start()
    expect(toHex((await restarted.studies.snapshots.noiseKeyOf(snapshotHash))!)).toBe(toHex(keys[0]!))
  })

  it('is declared by nobody while its gateways find too little that is new', async () => {
    const { members } = await start()
    const [a] = members
    const { snapshots } = a.node!.studies
    await a.submit(1, 50)
    await allKnow(consortium!.up(), (node) => node.status.blockCount === 3)
    for (const { node } of members.slice(0, 4))
      node!.studies.snapshots.setMayDeclare(async () => 'too-few-patients')
    expect(await snapshots.propose()).toEqual({ kind: 'refused', reason: 'too-few-patients' })
    // One gateway alone cannot, whatever it says.
    snapshots.setMayDeclare(async () => 'yes')
    expect(await snapshots.propose()).toEqual({ kind: 'refused', reason: 'too-few-patients' })
    members[1].node!.studies.snapshots.setMayDeclare(async () => 'yes')
    expect(await snapshots.propose()).toMatchObject({ kind: 'submitted' })
    await expect(members[4].node!.studies.snapshots.propose()).rejects.toMatchObject({
      detail: { code: 'not-a-gateway' },
    })
  })

  it('is declared again with what came since, and not without', async () => {
    const { members } = await start({ voters: 1 })
    const [a] = members
    const { snapshots } = a.node!.studies
    expect(await snapshots.propose()).toEqual({ kind: 'nothing-new' })
    await a.submit(1, 50)
    await until(() => a.node!.status.blockCount === 3)
    const { height } = a.node!.ledger.state
    expect(await snapshots.propose()).toMatchObject({ kind: 'submitted', height })
    await until(() => a.node!.ledger.state.consortium.snapshots.length === 2)
  })
})
