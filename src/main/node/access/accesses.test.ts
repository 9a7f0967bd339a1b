import { afterEach, describe, expect, it } from 'vitest'
import { equalBytes, fromHex, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { Failure } from '../../../shared/std/failure.ts'
import { accessToCbor, type AccessContent, type PatientName } from '../chain/access.ts'
import { decodeHead } from '../chain/block.ts'
import { encode } from '../chain/codec.ts'
import { unwrapForAccess } from '../chain/grant-wrap.ts'
import { sealItemPart, signItem, type DecisionItem } from '../chain/item.ts'
import { findMember } from '../chain/members.ts'
import { membersOf } from '../chain/state.ts'
import { fieldsOfVisit, visitOfFields } from '../chain/visit-fields.ts'
import { openWithKey } from '../check-records.ts'
import {
  areEqual,
  crypto,
  decideTogether,
  makeConsortium,
  random,
  until,
  type Institutions,
  type TestConsortium,
  type TestMember,
} from '../members.test-kit.ts'
import { encodeKeyBoxRequest } from '../network/protocols/key-box.ts'
import { refusalOf } from '../network/protocols/access.ts'
import { peerName, type Peer, type Transport } from '../network/transport.ts'
import type { ChainNode, NodeOptions } from '../node.ts'
import { sampleVisit } from '../node.test-kit.ts'
import { sealVisits } from '../seal-visits.ts'
import { rangeOf } from '../storage/buckets.ts'
import { readBlock } from '../storage/chain-store.ts'
import { newestEpoch } from '../vault/institution-keys.ts'
import type { AccessEntry } from './access-entry.ts'
import type { AccessAsk, AccessesOfNode } from './accesses.ts'

let consortium: TestConsortium | null = null
afterEach(async () => {
  await consortium?.close()
  consortium = null
})

const transports = new Map<string, Transport>()

async function start(
  institutions: Institutions = { voters: 4, others: ['university', 'insurer'] },
  over: (i: number) => Partial<NodeOptions> = () => ({}),
): Promise<TestMember[]> {
  consortium = await makeConsortium(institutions)
  for (const [i, member] of consortium.members.entries())
    await member.start({
      openNetwork: (about) => {
        const network = member.openNetwork(about)
        transports.set(member.name, network.transport)
        return network
      },
      ...over(i),
    })
  return [...consortium.members]
}

/** A round that began for nothing shows within its first timeout. */
const QUIET_MS = 1_500

const patientName = (n: number): PatientName => ({ epoch: 0, key: new Uint8Array(32).fill(n) })

/** Visits of one patient, recorded by this hospital. */
async function record(member: TestMember, patient: number, numbers: readonly number[]): Promise<string[]> {
  const node = member.node!
  const sealed = sealVisits(
    crypto,
    random,
    node.sealingKeys(newestEpoch(member.founded.keys.session.custodianEpochs)),
    numbers.map((n) => {
      const visit = sampleVisit(n)
      const key = toHex(patientName(patient).key)
      const result = fieldsOfVisit({
        ...visit,
        patient: { ...visit.patient, key },
        encounter: { ...visit.encounter, facility: member.founded.memberId },
      })
      if (result.kind === 'refused') throw new Error(result.reason)
      return result.fields
    }),
  )
  const visits = sealed.map((each) => {
    if (each.kind === 'refused') throw new Error(each.reason)
    return each.visit
  })
  await node.submit(visits, node.reserve(visits.length), [])
  return visits.map(({ merkleRoot }) => toHex(merkleRoot))
}

async function allFinal(nodes: readonly ChainNode[], count: number): Promise<void> {
  await until(() => areEqual(nodes, count))
  for (const node of nodes)
    if (node.member?.kind === 'hospital') {
      await until(async () => {
        await node.accesses.finder.settled()
        return node.accesses.finder.foundUpTo === count
      })
    }
}

const ask = (patient: number, over: Partial<AccessAsk> = {}): AccessAsk => ({
  basis: 'treatment',
  patient: [patientName(patient)],
  durationMs: 3_600_000,
  reason: null,
  text: null,
  userKeyId: 'clerk-b',
  ...over,
})

/** Opens, and waits for who is slow on a busy machine. */
async function opened(member: TestMember, asked: AccessAsk): Promise<AccessEntry> {
  const { accesses } = member.node!
  const { content: said } = (await accesses.open(asked))!
  await until(async () => (await accesses.get(said.accessId))!.answers.every(({ kind }) => kind !== 'away'))
  return (await accesses.get(said.accessId))!
}

/** What a session at this hospital reads of a version now; null where no key may be used. */
async function read(member: TestMember, root: string): Promise<string | null> {
  const node = member.node!
  const [found] = (
    await Promise.all(Array.from({ length: 9 }, (_, n) => node.accesses.finder.find([patientName(n)])))
  )
    .flat()
    .filter((each) => toHex(each.merkleRoot) === root)
  const [usable] = await node.accesses.keysOf(fromHex(root))
  if (found === undefined || usable === undefined) return null
  const block = await readBlock(node.store, found.index)
  if (block.kind !== 'ok') return null
  const head = decodeHead(block.value.head)!
  const { key, entry } = usable
  const about = {
    accessId: key.accessId,
    reader: node.memberId,
    custodian: found.author,
    patientKey: found.patient.key,
    visitId: found.visitId,
    merkleRoot: found.merkleRoot,
    expiresAt: entry.content.expiresAt,
  }
  const secret = member.founded.keys.session.custodian
  const unwrapped = unwrapForAccess(crypto, node.ledger.chainId, about, key.wrap, secret, head.keyCommitment)
  if (unwrapped.kind === 'refused') return unwrapped.reason
  const keys = { chainId: node.ledger.chainId, authorKeys: node.ledger.authorKeys() }
  const opened = openWithKey(crypto, keys, { ...head, body: block.value.body }, unwrapped.dataKey, null)
  if (opened.kind === 'refused') return opened.reason
  const visit = visitOfFields(opened.fields)
  return visit.kind === 'visit' ? visit.record.diagnoses[0]!.text! : visit.reason
}

/** An access as this hospital's own key would sign it, with whatever in it. */
function signedAccess(member: TestMember, content: AccessContent, sequence = 900): Bytes {
  const node = member.node!
  const { chainId } = node.ledger
  const { epoch, key } = newestEpoch(node.shared.gateway())
  const about = { kind: 'sealed', author: node.memberId, sequence } as const
  const sealed = sealItemPart(crypto, random, chainId, about, epoch, key, encode(accessToCbor(content)))
  const item = {
    clear: { kind: 'sealed' },
    sealed,
    author: node.memberId,
    sequence,
    notAfterHeight: 1_000_000,
  } as const
  return signItem(crypto, chainId, item, member.founded.keys.node.author)
}

const content = (patient: number, over: Partial<AccessContent> = {}): AccessContent => ({
  kind: 'access',
  accessId: random(16),
  basis: 'treatment',
  patient: [patientName(patient)],
  expiresAt: Date.now() + 3_600_000,
  reason: null,
  text: null,
  userKeyId: 'clerk-b',
  at: Date.now(),
  ...over,
})

const peerOf = (member: TestMember, kind: Peer['kind'] = 'hospital'): Peer => ({
  name: peerName(member.memberId),
  memberId: member.memberId,
  kind,
  isVoter: true,
  isGuest: false,
})

async function answerOf(at: TestMember, from: TestMember, item: Bytes): Promise<string | number> {
  const answered = await (at.node!.accesses as AccessesOfNode).answer(peerOf(from), item)
  return typeof answered === 'number' ? (refusalOf(answered) ?? answered) : 'answered'
}

async function bytesUnder(member: TestMember, bucket: 'z/g'): Promise<number> {
  let count = 0
  for await (const _ of member.store.scan(rangeOf(bucket))) count++
  return count
}

describe('a clerk of hospital B and the patient of hospital A (T25)', () => {
  it('is denied without an access, reads with one, and A hears of it', async () => {
    const [a, b, c] = (await start()) as [TestMember, TestMember, TestMember]
    const ofA = await record(a, 1, [1, 2])
    const ofC = await record(c, 1, [3])
    const others = await record(a, 2, [4])
    await record(b, 1, [5])
    await allFinal(consortium!.up(), 5)
    // Known to be there, and closed.
    expect(await b.node!.accesses.finder.find([patientName(1)])).toHaveLength(4)
    for (const root of [...ofA, ...ofC]) expect(await read(b, root)).toBeNull()

    const entry = await opened(b, ask(1))
    expect(entry.answers.map(({ kind, versionCount }) => `${kind} ${versionCount}`).sort()).toEqual([
      'answered 1',
      'answered 2',
    ])
    expect(await Promise.all(ofA.map((root) => read(b, root)))).toEqual(['Visit number 1', 'Visit number 2'])
    expect(await read(b, ofC[0]!)).toBe('Visit number 3')
    // Nothing of another patient came along, and nobody else reads.
    expect(await read(b, others[0]!)).toBeNull()
    expect(await read(c, ofA[0]!)).toBeNull()

    await until(async () => (await a.node!.accesses.list(10))[0]?.height != null)
    const [seen] = await a.node!.accesses.list(10)
    expect(seen).toMatchObject({ side: 'custodian', content: { basis: 'treatment', userKeyId: 'clerk-b' } })
    // The fourth hospital has no visit of this patient, and keeps nothing of it.
    expect(await consortium!.members[3]!.node!.accesses.list(10)).toEqual([])
    // Everything is final: no voter goes on through rounds in which nobody has anything to propose (R1).
    const areIdle = (): boolean => consortium!.up().every((node) => node.consensusView().phase === 'idle')
    await until(areIdle)
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
    expect(areIdle()).toBe(true)
  })

  it('reads nothing more once the access has expired, and the keys are gone from the store', async () => {
    let offset = 0
    const [a, b] = (await start({ voters: 4 }, () => ({ now: () => Date.now() + offset }))) as [
      TestMember,
      TestMember,
    ]
    const [root] = await record(a, 1, [1])
    await allFinal(consortium!.up(), 1)
    await opened(b, ask(1, { durationMs: 60_000 }))
    const [usable] = await b.node!.accesses.keysOf(fromHex(root!))
    const before = await everythingIn(b)
    expect(await read(b, root!)).toBe('Visit number 1')
    expect(await bytesUnder(b, 'z/g')).toBe(1)
    // Not even wrapped does it lie there in the clear.
    expect(before.includes(toHex(usable!.key.wrap))).toBe(false)

    offset = 61_000
    // At once, before anything was destroyed.
    expect(await read(b, root!)).toBeNull()
    await b.node!.accesses.tick()
    expect(await bytesUnder(b, 'z/g')).toBe(0)
    // What was set back does not bring it back, neither the clock nor the machine.
    offset = 0
    expect(await read(b, root!)).toBeNull()
    expect((await b.node!.accesses.list(5))[0]).toMatchObject({ isDestroyed: true })
  })

  it('reads nothing by a clock that is set back', async () => {
    let offset = 0
    const [a, b] = (await start({ voters: 4 }, (i) =>
      i === 1 ? { now: () => Date.now() + offset } : {},
    )) as [TestMember, TestMember]
    const [root] = await record(a, 1, [1])
    await allFinal(consortium!.up(), 1)
    await opened(b, ask(1))
    expect(await read(b, root!)).toBe('Visit number 1')
    offset = -3_600_000
    expect(await read(b, root!)).toBeNull()
    await b.node!.accesses.tick()
    expect(await bytesUnder(b, 'z/g')).toBe(0)
  })

  it('reads nothing more once A, or B itself, has ended it; A is not asked again', async () => {
    const [a, b, c] = (await start({ voters: 4 })) as [TestMember, TestMember, TestMember]
    const [ofA] = await record(a, 1, [1])
    const [ofC] = await record(c, 1, [2])
    await allFinal(consortium!.up(), 2)
    const { content: said, item } = await opened(b, ask(1))
    await until(async () => (await a.node!.accesses.list(5)).length === 1)
    expect(await a.node!.accesses.end(said.accessId, 'officer-a')).toBe(true)
    await until(async () => (await read(b, ofA!)) === null)
    expect(await read(b, ofC!)).toBe('Visit number 2')
    expect(await answerOf(a, b, item!)).toBe('ended')
    const again = await b.node!.accesses.askAgain(said.accessId)
    expect(again!.answers.find(({ memberId }) => equalBytes(memberId, a.memberId))).toMatchObject({
      kind: 'refused',
      refusal: 'ended',
    })
    expect(await b.node!.accesses.end(said.accessId, 'clerk-b')).toBe(true)
    expect(await read(b, ofC!)).toBeNull()
    expect(await bytesUnder(b, 'z/g')).toBe(0)
  })

  it('says which hospital is away, and breaks the glass: told, reviewed, over after four hours', async () => {
    let offset = 0
    const [a, b, c] = (await start({ voters: 4 }, () => ({ now: () => Date.now() + offset }))) as [
      TestMember,
      TestMember,
      TestMember,
    ]
    const [ofA] = await record(a, 1, [1])
    const [ofC] = await record(c, 1, [2])
    await allFinal(consortium!.up(), 2)
    await a.stop()
    await until(() => !transports.get(b.name)!.isUp(peerName(a.memberId)))
    const asked = (await b.node!.accesses.open(ask(1)))!
    expect(asked.answers.map(({ kind }) => kind).sort()).toEqual(['answered', 'away'])
    expect(await read(b, ofA!)).toBeNull()
    expect(await read(b, ofC!)).toBe('Visit number 2')

    const told: string[] = []
    c.node!.accesses.onNotice(({ kind }) => told.push(kind))
    const glass = (await b.node!.accesses.open(
      ask(1, { basis: 'break-glass', durationMs: 1e12, reason: 'unconscious', text: 'brought in' }),
    ))!
    expect(glass.content.expiresAt - glass.content.at).toBe(4 * 3_600_000)
    expect(await read(b, ofA!)).toBe('Visit number 1')
    await until(() => told.includes('break-glass'))
    // The hospital that was away hears of it when it is back.
    await a.start({ now: () => Date.now() + offset })
    await until(async () => a.node!.accesses.glasses().length === 1)
    const [heard] = a.node!.accesses.glasses()
    expect(heard!.content).toMatchObject({ reason: 'unconscious', text: 'brought in', userKeyId: 'clerk-b' })
    expect(await a.node!.accesses.review(glass.content.accessId, 'object', 'not unconscious', 'dpo-a')).toBe(
      true,
    )
    await until(async () => b.node!.accesses.glasses()[0]!.reviews.length === 1)
    expect(b.node!.accesses.glasses()[0]!.reviews[0]).toMatchObject({
      verdict: 'object',
      text: 'not unconscious',
    })

    offset = 4 * 3_600_000 + 1
    expect(await read(b, ofA!)).toBeNull()
    await b.node!.accesses.tick()
    expect(await bytesUnder(b, 'z/g')).toBe(0)
  })

  it('goes on after a restart of either, and has no key where it died before they came', async () => {
    const [a, b] = (await start({ voters: 4 })) as [TestMember, TestMember]
    const [root] = await record(a, 1, [1])
    await allFinal(consortium!.up(), 1)
    const { content: said } = await opened(b, ask(1))
    await b.die('power-cut')
    await b.start()
    expect(await read(b, root!)).toBe('Visit number 1')
    const [more] = await record(a, 1, [2])
    await allFinal(consortium!.up(), 2)
    expect(await read(b, more!)).toBeNull()
    await until(async () => {
      const entry = await b.node!.accesses.askAgain(said.accessId)
      return entry!.answers[0]!.kind === 'answered'
    })
    expect(await read(b, more!)).toBe('Visit number 2')
  })

  it('names a hospital that is slow as away, and takes in what it answers later', async () => {
    const [a, b] = (await start({ voters: 4 })) as [TestMember, TestMember]
    const [root] = await record(a, 1, [1])
    await allFinal(consortium!.up(), 1)
    a.node!.accesses.guardAnswers(() => new Promise((resolve) => setTimeout(resolve, 2_500)))
    const entry = await b.node!.accesses.open(ask(1))
    expect(entry!.answers.map(({ kind }) => kind)).toEqual(['away'])
    expect(await read(b, root!)).toBeNull()
    await until(async () => (await read(b, root!)) === 'Visit number 1')
    await until(() => b.node!.accesses.readingNow([patientName(1)])[0]!.answers[0]!.kind === 'answered')
  })

  it('gets no answer where the hospital that is read cannot note it', async () => {
    const [a, b] = (await start({ voters: 4 })) as [TestMember, TestMember]
    const [root] = await record(a, 1, [1])
    await allFinal(consortium!.up(), 1)
    a.node!.accesses.guardAnswers(() => Promise.reject(new Failure({ code: 'audit-unavailable' })))
    const entry = await b.node!.accesses.open(ask(1))
    expect(entry!.answers).toMatchObject([{ kind: 'refused', refusal: 'not-ready' }])
    expect(await read(b, root!)).toBeNull()
  })

  it('loses what is erased, key and index row', async () => {
    const [a, b, c] = (await start({ voters: 4 })) as [TestMember, TestMember, TestMember]
    const roots = await record(a, 1, [1, 2])
    await allFinal(consortium!.up(), 2)
    await opened(b, ask(1))
    const erasureId = (await a.node!.erasures.request(
      { roots: [fromHex(roots[0]!)], reason: 'patient-request', text: null, userKeyId: 'dpo' },
      { keys: [], people: [] },
    ))!
    await until(async () => (await c.node!.erasures.list())[0]?.state === 'asked')
    await c.node!.erasures.approve(erasureId, 'dpo-2')
    await until(async () => (await b.node!.erasures.list())[0]?.here === 'done')
    expect(await bytesUnder(b, 'z/g')).toBe(1)
    const left = await b.node!.accesses.finder.find([patientName(1)])
    expect(left.map(({ merkleRoot }) => toHex(merkleRoot))).toEqual([roots[1]])
    expect(await read(b, roots[1]!)).toBe('Visit number 2')
  })
})

describe('who asks without a right to', () => {
  it('has no lane to ask on as a university or an insurer, and is refused where it had one', async () => {
    const members = await start()
    const [a] = members as [TestMember]
    await record(a, 1, [1])
    await allFinal(consortium!.up(), 1)
    for (const outsider of members.slice(4)) {
      const question = encodeKeyBoxRequest({ kind: 'access', item: new Uint8Array(100) })
      const asking = transports.get(outsider.name)!.request(peerName(a.memberId), 'keybox', question)
      await expect(asking).rejects.toMatchObject({ detail: { code: 'peer-unreachable' } })
      expect(await outsider.node!.accesses.open(ask(1))).toBeNull()
      expect(await outsider.node!.accesses.finder.find([patientName(1)])).toEqual([])
      expect(await answerOf(a, outsider, new Uint8Array(100))).toBe('not-permitted')
    }
  })

  it('gets nothing by an access that is another hospital’s, altered, expired, too long or from the future', async () => {
    const [a, b, c] = (await start({ voters: 4 })) as [TestMember, TestMember, TestMember]
    await record(a, 1, [1])
    await record(a, 2, [2])
    await allFinal(consortium!.up(), 2)
    expect(await answerOf(a, b, new Uint8Array(64))).toBe('malformed')
    const said = content(1)
    const item = signedAccess(b, said)
    expect(await answerOf(a, c, item)).toBe('not-yours')
    const flipped = item.slice()
    flipped[flipped.length - 1]! ^= 1
    expect(await answerOf(a, b, flipped)).toBe('not-yours')
    // Signed by another key than the hospital's.
    const forger = { ...b, founded: c.founded } as TestMember
    expect(await answerOf(a, b, signedAccess(forger, said))).toBe('not-yours')
    expect(await answerOf(a, b, item)).toBe('answered')
    const other = { ...said, patient: [patientName(2)] }
    expect(await answerOf(a, b, signedAccess(b, other, 901))).toBe('altered')
    const longer = { ...said, expiresAt: said.expiresAt + 1 }
    expect(await answerOf(a, b, signedAccess(b, longer, 902))).toBe('altered')
    const past = Date.now() - 10_000
    expect(await answerOf(a, b, signedAccess(b, content(1, { at: past - 1, expiresAt: past }), 903))).toBe(
      'expired',
    )
    const never = content(1, { expiresAt: Date.now() + 40 * 86_400_000 })
    expect(await answerOf(a, b, signedAccess(b, never, 904))).toBe('too-long')
    const future = Date.now() + 86_400_000
    const later = content(1, { at: future, expiresAt: future + 1_000 })
    expect(await answerOf(a, b, signedAccess(b, later, 905))).toBe('clock')
  })

  it('gets only the patient that the access names', async () => {
    const [a, b] = (await start({ voters: 4 })) as [TestMember, TestMember]
    const [first] = await record(a, 1, [1])
    const [second] = await record(a, 2, [2])
    await allFinal(consortium!.up(), 2)
    await opened(b, ask(2))
    expect(await read(b, second!)).toBe('Visit number 2')
    expect(await read(b, first!)).toBeNull()
  })

  it('is refused as a member that was removed, and destroys what it holds', async () => {
    const members = (await start({ voters: 5 })) as [TestMember, TestMember]
    const [a, b] = members
    const [root] = await record(a, 1, [1])
    await allFinal(consortium!.up(), 1)
    const { item, content: said } = await opened(b, ask(1))
    const row = findMember(membersOf(a.node!.ledger.state.consortium), b.memberId)!
    const removal: DecisionItem = { kind: 'membership', change: 'remove', member: row, approvals: [] }
    await decideTogether(
      a,
      members.filter((each) => each !== b),
      [removal],
    )
    await until(() => findMember(membersOf(a.node!.ledger.state.consortium), b.memberId) === null)
    expect(await answerOf(a, b, item!)).toBe('not-permitted')
    await until(() => b.node!.member === null)
    await b.node!.accesses.tick()
    expect(await read(b, root!)).toBeNull()
    expect(await bytesUnder(b, 'z/g')).toBe(0)
    expect((await b.node!.accesses.askAgain(said.accessId))?.isDestroyed).toBe(true)
  })

  it('is told of and then refused when it reads in bulk, also by many patients in one access', async () => {
    const [a, b] = (await start({ voters: 4 })) as [TestMember, TestMember]
    const patients = Array.from({ length: 120 }, (_, i) => 10 + i)
    for (const patient of patients) await record(a, patient, [patient])
    await allFinal(consortium!.up(), 120)
    const told: string[] = []
    a.node!.accesses.onNotice((notice) => notice.kind === 'bulk' && told.push(notice.alarm.watched))
    const outcomes: string[] = []
    // Sixty at once, then one by one.
    const sixty = content(0, { patient: patients.slice(0, 60).map(patientName) })
    outcomes.push(String(await answerOf(a, b, signedAccess(b, sixty))))
    expect(told).toContain('person-hour')
    for (const [i, patient] of patients.slice(60).entries())
      outcomes.push(String(await answerOf(a, b, signedAccess(b, content(patient), 901 + i))))
    expect(outcomes.filter((each) => each === 'answered')).toHaveLength(1 + 40)
    expect(outcomes.at(-1)).toBe('too-many')
    expect(a.node!.accesses.alarms().some(({ isRefused }) => isRefused)).toBe(true)
    // A restart forgets nothing of it.
    await a.stop()
    await a.start()
    expect(await answerOf(a, b, signedAccess(b, content(129), 990))).toBe('too-many')
    expect(a.node!.accesses.alarms().length).toBeGreaterThan(0)
  })
})

async function everythingIn(member: TestMember): Promise<string> {
  let all = ''
  for await (const { key, value } of member.store.scan({ from: new Uint8Array(0) }))
    all += `${toHex(key)}=${toHex(value)}\n`
  return all
}
