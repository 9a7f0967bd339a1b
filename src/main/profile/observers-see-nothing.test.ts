/** What a university and an insurer hold of hospitals' records, byte for byte, on their disks: nothing that can be read. */
import { randomBytes } from 'node:crypto'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { VisitRecord } from '../../shared/domain/visit.ts'
import { fromHex } from '../../shared/std/bytes.ts'
import { decodeHead, encodeHead } from '../node/chain/block.ts'
import { encode } from '../node/chain/codec.ts'
import type { ChainId } from '../node/chain/ids.ts'
import { encodeKeyRow, scopeNumberOf, wrapUnderEpoch } from '../node/chain/key-box.ts'
import { openRecord } from '../node/check-records.ts'
import { createNodeCrypto, createNodeRandom } from '../node/crypto-node.ts'
import { areEqual, keysIn, until } from '../node/members.test-kit.ts'
import { sampleVisit } from '../node/node.test-kit.ts'
import { blockKey, sharedKeyKey } from '../node/storage/buckets.ts'
import { readBlock } from '../node/storage/chain-store.ts'
import { readRowsOf, rowWrite } from '../node/storage/key-box-store.ts'
import { openLevelStore } from '../node/storage/level.ts'
import { put, type Store } from '../node/storage/store.ts'
import { plainValue } from '../node/storage/value.ts'
import { newestEpoch } from '../node/vault/institution-keys.ts'
import { verifyInThread } from '../workers/verify.ts'
import { createCanarySearch, searchFolder, searchStore } from './canary-search.test-kit.ts'
import { foundProfiles, type ProfileConsortium, type ProfileMember } from './consortium.test-kit.ts'
import { STORE_FOLDER } from './profile-folder.ts'

const crypto = createNodeCrypto()
const random = createNodeRandom()

const CANARIES = 1_000
const CANARIES_PER_VISIT = 10

let consortium: ProfileConsortium | null = null
afterEach(async () => {
  await consortium?.close()
  consortium = null
})

/** Words that stand nowhere else in the world, some of them in Chinese. */
function makeCanaries(): string[] {
  return Array.from({ length: CANARIES }, (_, i) => {
    const word = BigInt(`0x${randomBytes(12).toString('hex')}`)
      .toString(36)
      .padStart(19, '0')
    return i % 10 === 9 ? `藥名${word}` : word
  })
}

/** A visit with a canary wherever people write words. */
function visitWith(n: number, canaries: readonly string[]): VisitRecord {
  const [drug, reason, result, diagnosis, note, procedure, payer, method, event, dose] = canaries
  const visit = sampleVisit(n)
  const observation = visit.observations[0]!
  return {
    ...visit,
    encounter: {
      ...visit.encounter,
      reason: { text: reason! },
      payer: { type: 'PRIVATE', organisation: payer! },
    },
    observations: [
      observation,
      { ...observation, kind: 'exam', value: { type: 'text', value: `Looks like ${result!}, mild` } },
      { ...observation, method: { system: 'local', code: 'm', display: method! }, note: `see ${method!}` },
    ],
    diagnoses: [{ ...visit.diagnoses[0]!, text: diagnosis! }],
    procedures: [
      {
        code: { system: 'local', code: 'p1', display: procedure! },
        sourceCodings: [],
        status: 'completed',
      },
    ],
    prescriptions: [
      {
        code: { system: 'local', code: 'd1', display: drug! },
        sourceCodings: [],
        status: 'active',
        intent: 'order',
        text: `Twice a day: ${dose!}`,
      },
    ],
    outcome: { adverseEvents: [event!] },
    notes: [`A note. ${note!}`],
  }
}

const storeOf = ({ folder }: { readonly folder: string }): string => join(folder, STORE_FOLDER)

async function inStore<T>(folder: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openLevelStore(storeOf({ folder }), { mustExist: true })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** The folder's files as they lie there, then what the store says. */
async function searchProfile(canaries: readonly string[], folder: string) {
  const search = createCanarySearch(canaries)
  const files = await searchFolder(search, folder)
  const fileBytes = search.byteCount
  const entries = await inStore(folder, (store) => searchStore(search, store))
  return { found: search.found, files, fileBytes, entries, entryBytes: search.byteCount - fileBytes }
}

function verify(member: ProfileMember, folder = member.folder) {
  const chainId = fromHex(member.founded.chainId) as Uint8Array as ChainId
  const input = { storePath: storeOf({ folder }), chainId, epochs: {}, areRowsHeld: false }
  return verifyInThread(input, new AbortController().signal, () => {})
}

/** What a disk would look like without sealing: each body replaced by what the hospital's keys open it to. */
async function unseal(hospital: ProfileMember, folder: string): Promise<number> {
  const keys = hospital.node.gatewayKeys()
  return inStore(folder, async (copy) => {
    let count = 0
    for (; count < hospital.node.status.blockCount; count++) {
      const block = await readBlock(hospital.node.store, count)
      if (block.kind !== 'ok') throw new Error(`block ${count} is ${block.kind}`)
      const { height, head: headBytes, body } = block.value
      const head = decodeHead(headBytes)!
      const { epoch } = newestEpoch(keys.epochs)
      const [row] = await readRowsOf(hospital.node.store, [head.merkleRoot], scopeNumberOf('gateway'), epoch)
      const found = row?.kind === 'ok' ? row.row : null
      const opened = openRecord(crypto, keys, { ...head, body, row: found }, null)
      if (opened.kind === 'refused') throw new Error(opened.reason)
      const place = new Uint8Array(10)
      new DataView(place.buffer).setBigUint64(0, BigInt(height))
      new DataView(place.buffer).setUint16(8, headBytes.length)
      const plain = Buffer.concat([place, encodeHead(head), encode(opened.fields)])
      await copy.commit([put(blockKey(count), plainValue(new Uint8Array(plain)))])
    }
    return count
  })
}

describe('a university and an insurer', () => {
  it('verify the whole chain and hold no readable record: none of 1,000 canaries, in no encoding (T01, I14)', async () => {
    const kinds = ['hospital', 'hospital', 'hospital', 'hospital', 'university', 'insurer'] as const
    consortium = await foundProfiles(kinds)
    const { members, up, scratch } = consortium
    const [hospitals, observers] = [members.slice(0, 4), members.slice(4)]
    const canaries = makeCanaries()
    const visits = Array.from({ length: CANARIES / CANARIES_PER_VISIT }, (_, n) =>
      visitWith(n, canaries.slice(n * CANARIES_PER_VISIT, (n + 1) * CANARIES_PER_VISIT)),
    )
    // The university is there from the first visit on, the insurer catches up with what came before it.
    for (const member of members.slice(0, 5)) await member.start()
    const share = Math.ceil(visits.length / 8)
    for (let i = 0; i < 8; i++) {
      if (i === 4) await members[5]!.start()
      await hospitals[i % 4]!.submit(visits.slice(i * share, (i + 1) * share))
    }
    await until(() => up().length === 6 && areEqual(up(), visits.length))
    await until(() => hospitals.every(({ node }) => node.rowsHeldUpTo === visits.length))
    const { tip, height } = hospitals[0]!.node.status

    for (const observer of observers) {
      const { store } = observer.node
      expect(await keysIn(store as Store, 'k')).toEqual([])
      // The keys of its own audit and of its own studies, and no key that members share.
      expect(await keysIn(store as Store, 'e')).toEqual([sharedKeyKey(4, 1), sharedKeyKey(6, 0)])
      expect(observer.node.gatewayKeys().epochs).toEqual([])
      await observer.stop()
      expect(await verify(observer)).toEqual({
        kind: 'ok',
        blocks: visits.length,
        segments: height,
        tip,
        erased: 0,
      })
      const searched = await searchProfile(canaries, observer.folder)
      expect([...searched.found], observer.kind).toEqual([])
      // That nothing was found is worth something only where everything was looked at.
      expect(searched.files).toBeGreaterThanOrEqual(6)
      expect(searched.entries).toBeGreaterThan(3 * visits.length)
      const sealedBytes = await inStore(observer.folder, (opened) => bodyBytes(opened, visits.length))
      expect(searched.fileBytes).toBeGreaterThan(sealedBytes)
      expect(searched.entryBytes).toBeGreaterThan(sealedBytes)
    }

    // The same search of the same folder finds all of them as soon as its records are not sealed,
    const control = join(scratch, 'control')
    await cp(observers[0]!.folder, control, { recursive: true })
    expect(await unseal(hospitals[0]!, control)).toBe(visits.length)
    const unsealed = await searchProfile(canaries, control)
    expect(unsealed.found.size).toBe(CANARIES)
    // and in files alone, as somebody finds them who has taken the disk.
    const inFiles = createCanarySearch(canaries)
    await searchFolder(inFiles, control)
    expect(inFiles.found.size).toBe(CANARIES)
    expect(await verify(observers[0]!, control)).toMatchObject({ kind: 'failed', index: 0 })

    // A single row of the key box is noticed, too.
    const given = join(scratch, 'given')
    await cp(observers[1]!.folder, given, { recursive: true })
    await inStore(given, (store) => giveRow(hospitals[0]!, store, 7))
    expect(await verify(observers[1]!, given)).toMatchObject({
      kind: 'failed',
      index: 7,
      reason: 'row-not-allowed',
    })
  }, 120_000)
})

async function bodyBytes(store: Store, count: number): Promise<number> {
  let sum = 0
  for (let index = 0; index < count; index++) {
    const block = await readBlock(store, index)
    if (block.kind === 'ok') sum += block.value.body.length
  }
  return sum
}

async function giveRow(hospital: ProfileMember, store: Store, index: number): Promise<void> {
  const block = await readBlock(store, index)
  if (block.kind !== 'ok') throw new Error(block.kind)
  const { merkleRoot } = decodeHead(block.value.head)!
  const { epoch, key } = newestEpoch(hospital.node.gatewayKeys().epochs)
  const about = { merkleRoot, scope: 'gateway' as const, epoch }
  const row = wrapUnderEpoch(
    crypto,
    random,
    fromHex(hospital.founded.chainId) as never,
    about,
    key,
    random(32),
  )
  await store.commit([rowWrite(merkleRoot, scopeNumberOf('gateway'), epoch, encodeKeyRow(row))])
}
