import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { utf8Encode } from '../../../shared/std/bytes.ts'
import { openLevelStore } from './level.ts'
import { createMemoryStore } from './memory.ts'
import { storeContract } from './store.contract.ts'
import { del, put } from './store.ts'

const folders: string[] = []
async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-store-'))
  folders.push(folder)
  return folder
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

storeContract('memory', async () => createMemoryStore())
storeContract('classic-level', async () => openLevelStore(join(await freshFolder(), 'db')))

describe('openLevelStore', () => {
  it('keeps what was committed over a reopening', async () => {
    const path = join(await freshFolder(), 'db')
    const first = await openLevelStore(path)
    await first.commit([put(utf8Encode('a'), utf8Encode('1'))])
    await first.close()
    const second = await openLevelStore(path, { mustExist: true })
    expect(await second.get(utf8Encode('a'))).toEqual(utf8Encode('1'))
    await second.close()
  })

  it('keeps deleted bytes in its files until their range is purged', async () => {
    const path = join(await freshFolder(), 'db')
    const store = await openLevelStore(path)
    const canary = 'canary-of-a-record-key'
    const isOnDisk = async (): Promise<boolean> => {
      for (const name of await readdir(path))
        if ((await readFile(join(path, name))).includes(canary)) return true
      return false
    }
    await store.commit([
      put(utf8Encode('k/1'), utf8Encode(canary)),
      put(utf8Encode('k/2'), utf8Encode('stays')),
    ])
    await store.commit([del(utf8Encode('k/1'))])
    expect(await isOnDisk()).toBe(true)
    await store.purge({ from: utf8Encode('k/'), to: utf8Encode('k0') })
    expect(await isOnDisk()).toBe(false)
    expect(await store.get(utf8Encode('k/2'))).toEqual(utf8Encode('stays'))
    await store.close()
  })

  it('says `locked` to a second opener', async () => {
    const path = join(await freshFolder(), 'db')
    const first = await openLevelStore(path)
    await expect(openLevelStore(path)).rejects.toMatchObject({ detail: { code: 'locked' } })
    await first.close()
  })

  it('says `missing` where a store must be and is not', async () => {
    const path = join(await freshFolder(), 'db')
    await expect(openLevelStore(path, { mustExist: true })).rejects.toMatchObject({
      detail: { code: 'missing' },
    })
  })

  it('says `corrupt` when its manifest is damaged', async () => {
    const path = join(await freshFolder(), 'db')
    await (await openLevelStore(path)).close()
    const manifest = (await readdir(path)).find((name) => name.startsWith('MANIFEST'))!
    await truncate(join(path, manifest), 3)
    await writeFile(join(path, 'CURRENT'), 'MANIFEST-999999\n')
    await expect(openLevelStore(path)).rejects.toMatchObject({ detail: { code: 'corrupt' } })
  })
})

describe('the memory store', () => {
  it('forgets unsynced writes at a power cut and keeps synced ones', async () => {
    const store = createMemoryStore()
    await store.commit([put(utf8Encode('a'), utf8Encode('1'))])
    await store.commitUnsynced([put(utf8Encode('b'), utf8Encode('2'))])
    const after = store.afterPowerCut()
    expect(await after.get(utf8Encode('a'))).not.toBeNull()
    expect(await after.get(utf8Encode('b'))).toBeNull()
  })

  it('takes no write after one that failed', async () => {
    const store = createMemoryStore()
    store.fillDisk(true)
    await expect(store.commit([put(utf8Encode('a'), utf8Encode('1'))])).rejects.toMatchObject({
      detail: { code: 'disk-full' },
    })
    store.fillDisk(false)
    await expect(store.commit([])).rejects.toMatchObject({ detail: { code: 'closed' } })
  })
})
