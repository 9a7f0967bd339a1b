import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openSettings } from './settings.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})
async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-settings-'))
  folders.push(folder)
  return folder
}

describe('settings', () => {
  it('are there again at the next start', async () => {
    const folder = await freshFolder()
    const first = await openSettings(folder, 'en')
    await first.save({ theme: 'dark' })
    await first.remember({ folder: '/north', name: 'North', isSynthetic: false })
    const second = await openSettings(folder, 'en')
    expect(second.settings.theme).toBe('dark')
    expect(second.recentProfiles).toEqual([{ folder: '/north', name: 'North', isSynthetic: false }])
  })

  it('hold for this run where they cannot be written, and stop nothing', async () => {
    const folder = join(await freshFolder(), 'settings')
    const settings = await openSettings(folder, 'en')
    await rm(folder, { recursive: true })
    await writeFile(folder, 'a file where the folder was')
    expect((await settings.save({ theme: 'dark' })).theme).toBe('dark')
    await settings.remember({ folder: '/north', name: 'North', isSynthetic: false })
    expect(settings.recentProfiles).toHaveLength(1)
  })
})
