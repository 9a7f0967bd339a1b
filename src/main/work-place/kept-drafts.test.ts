import { createHmac } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { utf8Encode } from '../../shared/std/bytes.ts'
import { encode } from '../node/chain/codec.ts'
import { sealGcm } from '../node/vault/gcm.ts'
import { openKeptDrafts } from './kept-drafts.ts'

const DAY_MS = 86_400_000
const key = new Uint8Array(32).fill(7)
const typed = { draftId: 'd1', patientId: null, title: '', savedAt: 1, form: { text: 'typed' }, base: null }

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})
async function keptIn() {
  const place = await mkdtemp(join(tmpdir(), 'consilium-kept-'))
  folders.push(place)
  return { kept: await openKeptDrafts(place, new Uint8Array(32).fill(9)), folder: join(place, 'drafts') }
}

describe('kept drafts', () => {
  it('are all given but the one that the disk does not give', async () => {
    const { kept, folder } = await keptIn()
    await kept.save(key, typed)
    await mkdir(join(folder, `${'0'.repeat(32)}.draft`))
    expect(await kept.list(key)).toEqual([typed])
  })

  it('are given as an earlier version sealed them, and sealed anew with the next save', async () => {
    const { kept, folder } = await keptIn()
    const tag = createHmac('sha256', key).update('tag d1').digest('hex').slice(0, 32)
    const sealed = sealGcm(
      key,
      encode(['consilium/work-place-draft/1', tag]),
      utf8Encode(JSON.stringify(typed)),
    )
    await writeFile(join(folder, `${tag}.draft`), sealed)
    expect(await kept.list(key)).toEqual([typed])
    expect(await kept.load(key, 'd1')).toEqual(typed)
    expect(await kept.list(new Uint8Array(32).fill(8))).toEqual([])
    expect(await kept.patients()).toEqual([])
    await kept.save(key, { ...typed, savedAt: 2 })
    expect(await kept.list(key)).toEqual([{ ...typed, savedAt: 2 }])
    await kept.remove(key, 'd1')
    expect(await readdir(folder)).toEqual([])
  })

  it('say in words of the catalogue that the disk takes none', async () => {
    const { kept, folder } = await keptIn()
    await rm(folder, { recursive: true })
    await expect(kept.save(key, typed)).rejects.toMatchObject({ detail: { code: 'folder-not-writable' } })
  })

  it('go three days after the node was first back, unless they were saved again', async () => {
    const { kept, folder } = await keptIn()
    const makeOld = async () => {
      await kept.save(key, typed)
      const [name] = await readdir(folder)
      await utimes(join(folder, name!), new Date(0), new Date(0))
    }
    await makeOld()
    const now = 100 * DAY_MS
    await kept.removeBefore(now - 14 * DAY_MS, now)
    await kept.removeBefore(now - 13 * DAY_MS, now + DAY_MS)
    expect(await kept.list(key)).toHaveLength(1)
    await makeOld()
    await kept.removeBefore(now - 10 * DAY_MS, now + 4 * DAY_MS)
    expect(await kept.list(key)).toHaveLength(1)
    await kept.removeBefore(now - 6 * DAY_MS, now + 8 * DAY_MS)
    expect(await readdir(folder)).toEqual([])
  })
})
