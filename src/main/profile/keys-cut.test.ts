/**
 * A5, with a machine that dies: a change of own keys is cut after each of its durable writes, in the folder and in the
 * store, and the power is gone. Whatever is on the disk then, the next start has the keys by which the chain knows the
 * institution, and the change is finished, by itself or when a person asks once more.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { present } from '../../shared/std/assert.ts'
import { toHex } from '../../shared/std/bytes.ts'
import { testWorld } from '../governance/institution.test-kit.ts'
import type { Headless } from '../headless.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { until } from '../node/members.test-kit.ts'
import { createMemoryStore, type MemoryStore } from '../node/storage/memory.ts'
import { StorageFailure, type Store } from '../node/storage/store.ts'
import {
  areKeysOther,
  askForNewKeys,
  foundIn,
  openIn,
  PASSPHRASE,
  recordVisit,
  rowsOf,
} from './alone.test-kit.ts'
import type * as atomicFile from './atomic-file.ts'
import type { ProfileWorld } from './open-profile.ts'
import { STORE_FOLDER, unsealKeys } from './profile-folder.ts'

const disk = vi.hoisted(() => ({
  /** Asked before each durable write; throws once the machine is dead. */
  write: (_what: string): void => {},
}))
vi.mock('./atomic-file.ts', async (original) => {
  const real = await original<typeof atomicFile>()
  const writeFileAtomic: typeof real.writeFileAtomic = async (path, text) => {
    disk.write(path)
    await real.writeFileAtomic(path, text)
  }
  return { ...real, writeFileAtomic }
})

const crypto = createNodeCrypto()

let scratch: string | null = null
let open: Headless | null = null
afterEach(async () => {
  disk.write = () => {}
  await open?.close().catch(() => {})
  if (scratch !== null) await rm(scratch, { recursive: true, force: true, maxRetries: 5 })
  scratch = open = null
})

/** Stores in memory by folder; what was not synced does not outlive an opening. */
function worldOver(stores: Map<string, MemoryStore>): ProfileWorld {
  return testWorld({
    freeBytes: async () => null,
    openStore: async (path) => {
      const store = stores.get(path)?.afterPowerCut() ?? createMemoryStore()
      stores.set(path, store)
      const counted: Store = {
        ...store,
        commit: async (writes) => {
          disk.write('store')
          await store.commit(writes)
        },
        commitUnsynced: async (writes) => {
          disk.write('store')
          await store.commitUnsynced(writes)
        },
      }
      return counted
    },
  })
}

async function vaultKeys(folder: string): Promise<{ inUse: string; all: string[] }> {
  const { node } = await unsealKeys(folder, PASSPHRASE, ['node'], testWorld())
  const vault = present(node, 'the passphrase opens it')
  const print = (secret: Uint8Array) => toHex(crypto.ed25519PublicKey(secret))
  return { inUse: print(vault.author), all: [vault, ...vault.next].map(({ author }) => print(author)) }
}

describe('a change of own keys that is cut after any of its writes', () => {
  it('keeps the keys that count, and is finished at the next start or by asking again', async () => {
    scratch = await mkdtemp(join(tmpdir(), 'consilium-cut-'))
    const stores = new Map<string, MemoryStore>()
    const world = worldOver(stores)
    const first = join(scratch, 'first')
    await foundIn(first, world)
    open = await openIn(first, world)
    const before = rowsOf(open).now
    await recordVisit(open)
    await open.close()
    const founded = stores.get(join(first, STORE_FOLDER))!

    let isWhole = false
    const finishedBy = { itself: 0, askingAgain: 0 }
    for (let writes = 0; !isWhole; writes++) {
      const folder = join(scratch, `cut-${writes}`)
      await cp(first, folder, { recursive: true })
      stores.set(join(folder, STORE_FOLDER), founded.afterKill())
      open = await openIn(folder, world)
      // Let what every start does be over: this is about the change.
      await recordVisit(open)
      let left = writes
      let isDead = false
      disk.write = (what) => {
        if (left-- > 0) return
        isDead = true
        throw new StorageFailure({ code: 'closed', path: what })
      }
      const asked = askForNewKeys(open).catch(() => {})
      const at = open
      await until(async () => isDead || (await areKeysOther(at, before)))
      isWhole = !isDead
      // What is left of it in memory writes nothing more.
      await asked
      await open.close().catch(() => {})
      disk.write = () => {}

      const where = `after ${writes} writes`
      const lying = await vaultKeys(folder)
      open = await openIn(folder, world)
      for (const { authorKey } of Object.values(rowsOf(open)))
        expect(lying.all, where).toContain(toHex(authorKey))
      const { ownKeys } = await open.handlers.governance.overview()
      const proposals = await open.handlers.governance.proposals()
      const isUnderWay =
        ownKeys.effectHeight !== null ||
        toHex(rowsOf(open).now.authorKey) !== toHex(before.authorKey) ||
        proposals.some(({ standing }) => standing === 'open' || standing === 'approved')
      if (!isUnderWay) await askForNewKeys(open)
      finishedBy[isUnderWay ? 'itself' : 'askingAgain']++
      const again = open
      await until(() => areKeysOther(again, before))
      const { inUse, all } = await vaultKeys(folder)
      expect(all, where).toEqual([inUse])
      expect(toHex(rowsOf(open).now.authorKey), where).toBe(inUse)
      await recordVisit(open)
      await open.close()
      open = null
      await rm(folder, { recursive: true, force: true })
    }
    // Before others know of it a person has to ask again; from then on it goes by itself.
    expect(finishedBy.askingAgain).toBeGreaterThan(0)
    expect(finishedBy.itself).toBeGreaterThan(5)
  }, 240_000)
})
