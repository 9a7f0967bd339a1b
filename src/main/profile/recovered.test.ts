/** A machine that comes back with less than it knew: an old backup (A8), a recovery kit alone (A7). Real folders and links. */
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { present } from '../../shared/std/assert.ts'
import { fromHex } from '../../shared/std/bytes.ts'
import { testWorld } from '../governance/institution.test-kit.ts'
import { areEqual, keysIn, until } from '../node/members.test-kit.ts'
import { sampleVisit } from '../node/node.test-kit.ts'
import { createSignatureBook, type SignatureBook } from '../node/signatures.test-kit.ts'
import type { Store } from '../node/storage/store.ts'
import { readKit, writeKit } from '../node/vault/recovery-kit.ts'
import { verifyInThread } from '../workers/verify.ts'
import {
  foundProfiles,
  PASSPHRASE,
  signersOf,
  type ProfileConsortium,
  type ProfileMember,
} from './consortium.test-kit.ts'
import { loadNetwork, saveNetwork } from './network-settings.ts'
import { restoreProfile, type ProfileWorld } from './open-profile.ts'
import { STORE_FOLDER } from './profile-folder.ts'

let consortium: ProfileConsortium | null = null
afterEach(async () => {
  await consortium?.close()
  consortium = null
})

function watchedWorld(book: SignatureBook): ProfileWorld {
  const world = testWorld()
  return {
    ...world,
    openNetwork: async (about, settings) => book.watch(await world.openNetwork(about, settings), about),
  }
}

interface Running {
  readonly at: ProfileConsortium
  readonly book: SignatureBook
  readonly lost: ProfileMember
  readonly others: readonly ProfileMember[]
  start(member: ProfileMember): Promise<void>
  /** Visits of these hospitals in turn, each final everywhere before the next. */
  grow(visits: number, by: readonly ProfileMember[]): Promise<void>
}

async function run(): Promise<Running> {
  const at = (consortium = await foundProfiles(['hospital', 'hospital', 'hospital', 'hospital']))
  const book = createSignatureBook()
  let next = 0
  const running: Running = {
    at,
    book,
    lost: at.members[1]!,
    others: at.members.filter((_, i) => i !== 1),
    start: async (member) => void (await member.start(watchedWorld(book))),
    async grow(visits, by) {
      for (let i = 0; i < visits; i++) {
        await by[i % by.length]!.submit([sampleVisit(next++)])
        await until(() => areEqual(at.up(), next))
      }
    },
  }
  for (const member of at.members) await running.start(member)
  await until(() => at.up().every(({ status }) => status.votersReachable === 4))
  return running
}

/** A person has confirmed: it votes again after some heights, and what it signs then is seen. */
async function comesBack({ at, book, lost, others, grow }: Running): Promise<void> {
  const { node } = lost
  const { memberId } = lost.founded
  for (let i = 0; i < 10 && node.status.standing !== 'voting'; i++) await grow(1, others)
  expect(node.status.standing).toBe('voting')
  const { height } = node.status
  await grow(4, at.members)
  expect(book.countOf(memberId, height + 1)).toBeGreaterThan(0)
  expect(book.count).toBeGreaterThan(40)
  expect(book.doubles()).toEqual([])
  const { blockCount } = node.status
  await until(() => node.rowsHeldUpTo === blockCount)
  const { tip } = others[0]!.node.status
  await lost.stop()
  const verified = await verifyInThread(
    {
      storePath: join(lost.folder, STORE_FOLDER),
      chainId: fromHex(lost.founded.chainId) as never,
      epochs: { gateway: lost.founded.keys.node.gatewayEpochs },
      areRowsHeld: true,
    },
    new AbortController().signal,
    () => {},
  )
  expect(verified).toMatchObject({ kind: 'ok', blocks: blockCount, tip })
}

describe('a hospital of four', () => {
  it('whose old backup is put back notices, follows, and votes again when it is safe; it signs nothing twice (A8, T35)', async () => {
    const running = await run()
    const { at, lost, others, book, start, grow } = running
    await grow(3, at.members)
    await lost.stop()
    const backup = join(at.scratch, 'backup')
    await cp(lost.folder, backup, { recursive: true })
    await start(lost)
    const heightOfBackup = others[0]!.node.status.height
    await grow(6, at.members)
    // Three of four certify: only what holds its signature can tell it later that it signed more than it knows.
    const hasCertified = async () =>
      (await signersOf(others[0]!)).slice(heightOfBackup).flat().includes(lost.founded.memberId)
    for (let i = 0; i < 20 && !(await hasCertified()); i++) await grow(1, at.members)
    await lost.stop()
    await rm(lost.folder, { recursive: true })
    await cp(backup, lost.folder, { recursive: true })
    // The others go on meanwhile, and it is not told that it is an old copy.
    await grow(2, others)
    const before = book.countOf(lost.founded.memberId)
    await start(lost)
    const { blockCount } = others[0]!.node.status
    await until(() => areEqual(at.up(), blockCount))
    // Nothing is decided meanwhile: what the others tell it comes before anything to sign.
    await until(() => lost.node.status.standing === 'observing')
    expect(lost.node.status.observingReason).toBe('unknown-own-signature')
    expect(book.countOf(lost.founded.memberId)).toBe(before)
    await grow(3, others)
    expect(lost.node.status.standing, 'what nobody has confirmed').toBe('observing')
    expect(book.countOf(lost.founded.memberId)).toBe(before)
    lost.node.confirmVoting()
    await comesBack(running)
  }, 120_000)

  it('whose laptop is lost is made anew from its kit and the others, and votes again when it is safe (A7, T35)', async () => {
    const running = await run()
    const { at, lost, others, book, start, grow } = running
    const { founded, folder } = lost
    await grow(6, at.members)
    const world = testWorld()
    const facts = {
      institutionName: 'hospital 2',
      memberId: fromHex(founded.memberId),
      chainId: fromHex(founded.chainId),
      zone: 'Asia/Taipei',
      isSynthetic: true,
      genesis: founded.genesisBytes,
    }
    const { text } = writeKit({ facts, keys: founded.keys }, '2026-01-02')
    const listening = present(await loadNetwork(folder), 'it listened')
    await lost.stop()
    await rm(folder, { recursive: true })
    await grow(2, others)

    const read = readKit(text.toLowerCase())
    if (read.kind !== 'kit') throw new Error(read.reason)
    lost.folder = join(at.scratch, 'new-laptop')
    await restoreProfile(world, read.kit, lost.folder, PASSPHRASE)
    // Where the others know it to be.
    await saveNetwork(lost.folder, listening)
    const before = book.countOf(founded.memberId)
    await start(lost)
    expect(lost.node.status).toMatchObject({ standing: 'observing', observingReason: 'data-restored' })
    await until(() => areEqual(at.up(), 8))
    // Whoever restores has said that the old machine is gone; what remains is to be above all that it may have signed.
    expect(lost.node.status.standing).toBe('observing')
    expect(book.countOf(founded.memberId)).toBe(before)
    // The whole chain came, and with it the rows of its own and of others' visits.
    await until(() => lost.node.rowsHeldUpTo === 8)
    expect((await keysIn(lost.node.store as Store, 'k')).length).toBeGreaterThanOrEqual(8)
    await comesBack(running)
  }, 120_000)
})
