import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../../../shared/std/bytes.ts'
import { present } from '../../../shared/std/assert.ts'
import { createBatchCache } from '../chain/author.ts'
import { verifyGenesis } from '../chain/genesis.ts'
import type { Head } from '../chain/block.ts'
import type { ChainId, MemberId } from '../chain/ids.ts'
import { decodeKeyRow, scopeNumberOf } from '../chain/key-box.ts'
import { bodyHashOf } from '../chain/record.ts'
import { checkRecord, type OpeningKeys, type RecordChecker } from '../check-records.ts'
import { createCheckedOutbox } from '../checked-outbox.ts'
import { createNodeCrypto, createNodeRandom } from '../crypto-node.ts'
import { foundAlone } from '../founding.ts'
import { sampleFields } from '../node.test-kit.ts'
import { openOutbox } from '../outbox/outbox.ts'
import { sealVisits } from '../seal-visits.ts'
import { createMemoryStore } from '../storage/memory.ts'
import { newestEpoch } from '../vault/institution-keys.ts'
import { nobody, type Asker } from './ask.ts'
import { openWaitingVisits } from './visits.ts'

const crypto = createNodeCrypto()
const random = createNodeRandom()
const north = foundAlone(crypto, random, Date.now(), {
  institutionName: 'North',
  personName: 'Lin',
  roles: ['clerk'],
})
const asMember = (bytes: Uint8Array): MemberId => bytes as MemberId
const author = asMember(fromHex(north.memberId))

type Over = { readonly asker: Asker; readonly now: () => number; readonly quota: number }

/** Another hospital's pool, which trusts what North writes. */
async function poolOfAnother(onReady: () => void, onForged = (): void => {}, over: Partial<Over> = {}) {
  const genesis = verifyGenesis(crypto, north.genesisBytes)
  if (genesis.kind !== 'valid') throw new Error('North is founded')
  const { chainId } = genesis
  const store = createMemoryStore()
  const outbox = await openOutbox(store)
  const cache = createBatchCache()
  const checker: RecordChecker = {
    check: async (opening, records) => records.map((record) => checkRecord(crypto, opening, record, cache)),
    close: async () => {},
  }
  const keys = (): OpeningKeys => ({
    chainId,
    scope: 'gateway',
    epochs: north.keys.node.gatewayEpochs,
    authorKeys: new Map([[north.memberId, crypto.ed25519PublicKey(north.keys.node.author)]]),
  })
  const fail = (error: unknown): never => {
    throw error
  }
  const checked = createCheckedOutbox({
    store,
    outbox,
    checker,
    keys,
    signAgain: async (records) => records.map(() => null),
    onReady: () => {},
    onFailure: fail,
  })
  const visits = await openWaitingVisits({
    store,
    crypto,
    chainId,
    memberId: asMember(random(author.length)),
    outbox,
    checked,
    checker,
    keys,
    asker: over.asker ?? nobody,
    now: over.now ?? Date.now,
    facts: () => ({ authorQuotaPerHour: over.quota ?? 1_000, authorCount: 2 }),
    mayWrite: (member) => toHex(member) === north.memberId,
    onReady,
    onUnknownEpoch: () => {},
    onForged,
  })
  return { visits, chainId }
}

/** A visit as North sends it, signed by North. */
function sealedBy(chainId: ChainId, facility: string, seed = 1) {
  const keys = {
    chainId,
    memberId: author,
    author: north.keys.node.author,
    custodian: newestEpoch(north.keys.session.custodianEpochs),
    gateway: newestEpoch(north.keys.node.gatewayEpochs),
  }
  const [sealed] = sealVisits(crypto, random, keys, [sampleFields(seed, facility)])
  if (sealed?.kind !== 'sealed') throw new Error('a sample fits')
  const row = sealed.visit.rows.find(({ scope }) => scope === scopeNumberOf('gateway'))
  const decoded = present(decodeKeyRow(present(row, 'sealed for the gateway').bytes), 'a row')
  return { visit: sealed.visit, row: decoded }
}

it('has a visit that came alone cut at once: what is here is not under way any more', async () => {
  const decisions: string[] = []
  const { visits, chainId } = await poolOfAnother(() => {
    decisions.push(visits.cut({ visitsMax: 100, bytesMax: 1e6 }, Date.now()).kind)
  })
  const { visit, row } = sealedBy(chainId, north.memberId)
  visits.takeRows(author, [row])
  await visits.takeIn(author, Date.now() + 60_000, [visit])
  expect(decisions).toEqual(['cut'])
})

it('takes no visit that says another hospital keeps it', async () => {
  let forgedCount = 0
  const { visits, chainId } = await poolOfAnother(
    () => {},
    () => forgedCount++,
  )
  const { visit, row } = sealedBy(chainId, 'ab'.repeat(16))
  visits.takeRows(author, [row])
  await visits.takeIn(author, Date.now() + 60_000, [visit])
  expect(visits.readyCount).toBe(0)
  expect(forgedCount).toBe(1)
})

describe('a proposal whose visits this node did not hear of before', () => {
  const proposer = asMember(random(author.length))
  type Sealed = ReturnType<typeof sealedBy>
  /** As the proposer hands them out when it is asked. */
  const from = (sealed: readonly Sealed[]): Asker => ({
    bodies: async () => sealed.map(({ visit }) => visit),
    rows: async () => sealed.map(({ row }) => row),
  })
  const headOf = (chainId: ChainId, { visit }: Sealed): Head => {
    const { merkleRoot, keyCommitment, sizeClass, body } = visit
    const bodyHash = bodyHashOf(crypto, chainId, body)
    return { merkleRoot, keyCommitment, sizeClass, bodyHash } as unknown as Head
  }
  const { signal } = new AbortController()
  async function judged(
    make: (chainId: ChainId) => Sealed[],
    over: Partial<Over> = {},
  ): Promise<{
    vote: () => Promise<string>
    pool: Awaited<ReturnType<typeof poolOfAnother>>
    sealed: Sealed[]
  }> {
    let sealed: Sealed[] = []
    const asker: Asker = {
      bodies: (...asked) => from(sealed).bodies(...asked),
      rows: (...asked) => from(sealed).rows(...asked),
    }
    const pool = await poolOfAnother(
      () => {},
      () => {},
      { asker, ...over },
    )
    sealed = make(pool.chainId)
    const heads = sealed.map((each) => headOf(pool.chainId, each))
    return { vote: () => pool.visits.open(heads, [proposer], signal), pool, sealed }
  }
  const several = (count: number) => (chainId: ChainId) =>
    Array.from({ length: count }, (_, i) => sealedBy(chainId, north.memberId, i))

  it('is valid where every record opens and says what it should', async () => {
    const { vote } = await judged(several(3))
    expect(await vote()).toBe('valid')
  })

  it('is invalid where one does not open, or says that another hospital keeps it', async () => {
    const broken = await judged((chainId) => {
      const [first, second] = several(2)(chainId) as [Sealed, Sealed]
      const body = second.visit.body.slice()
      body[body.length - 1]! ^= 1
      return [first, { ...second, visit: { ...second.visit, body } }]
    })
    expect(await broken.vote()).toBe('invalid')
    const foreign = await judged((chainId) => [sealedBy(chainId, 'ab'.repeat(16))])
    expect(await foreign.vote()).toBe('invalid')
  })

  it('is unwelcome where it brings more than its author may submit, however often it is proposed', async () => {
    const { vote } = await judged(several(4), { quota: 3 })
    expect([await vote(), await vote(), await vote()]).toEqual(['unwelcome', 'unwelcome', 'unwelcome'])
    const within = await judged(several(3), { quota: 3 })
    // Once is enough: the same proposal again costs its author nothing more.
    expect([await within.vote(), await within.vote()]).toEqual(['valid', 'valid'])
  })

  it('is unwelcome where what was submitted here has expired, also after it left the pool', async () => {
    let now = Date.now()
    const { vote, pool, sealed } = await judged(several(1), { now: () => now })
    const [{ visit, row }] = sealed as [Sealed]
    pool.visits.takeRows(author, [row])
    await pool.visits.takeIn(author, now + 60_000, [visit])
    expect(await vote()).toBe('valid')
    now += 60_001
    expect(await vote()).toBe('unwelcome')
    expect(pool.visits.pick({ visitsMax: 100, bytesMax: 1e6 }, now)).toEqual([])
    expect(await vote()).toBe('unwelcome')
  })
})
