import { expect, it } from 'vitest'
import { fromHex, toHex } from '../../../shared/std/bytes.ts'
import { present } from '../../../shared/std/assert.ts'
import { createBatchCache } from '../chain/author.ts'
import { verifyGenesis } from '../chain/genesis.ts'
import type { ChainId, MemberId } from '../chain/ids.ts'
import { decodeKeyRow, scopeNumberOf } from '../chain/key-box.ts'
import { checkRecord, type OpeningKeys, type RecordChecker } from '../check-records.ts'
import { createCheckedOutbox } from '../checked-outbox.ts'
import { createNodeCrypto, createNodeRandom } from '../crypto-node.ts'
import { foundAlone } from '../founding.ts'
import { sampleFields } from '../node.test-kit.ts'
import { openOutbox } from '../outbox/outbox.ts'
import { sealVisits } from '../seal-visits.ts'
import { createMemoryStore } from '../storage/memory.ts'
import { newestEpoch } from '../vault/institution-keys.ts'
import { nobody } from './ask.ts'
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

/** Another hospital's pool, which trusts what North writes. */
async function poolOfAnother(onReady: () => void, onForged = (): void => {}) {
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
    asker: nobody,
    now: Date.now,
    facts: () => ({ authorQuotaPerHour: 1_000, authorCount: 2 }),
    mayWrite: (member) => toHex(member) === north.memberId,
    onReady,
    onUnknownEpoch: () => {},
    onForged,
  })
  return { visits, chainId }
}

/** A visit as North sends it, signed by North. */
function sealedBy(chainId: ChainId, facility: string) {
  const keys = {
    chainId,
    memberId: author,
    author: north.keys.node.author,
    custodian: newestEpoch(north.keys.session.custodianEpochs),
    gateway: newestEpoch(north.keys.node.gatewayEpochs),
  }
  const [sealed] = sealVisits(crypto, random, keys, [sampleFields(1, facility)])
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
