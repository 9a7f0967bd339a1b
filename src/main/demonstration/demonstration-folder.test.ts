/** Founding alone, without a process: who is a member, who runs, and with whom people are insured. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { marketOf } from '../insurer/market.ts'
import { verifyGenesis } from '../node/chain/genesis.ts'
import { genesisOf, loadFacts } from '../profile/profile-folder.ts'
import { realWorld } from '../world.ts'
import { foundDemonstration, loadDemonstration } from './demonstration-folder.ts'

let scratch = ''
beforeAll(async () => void (scratch = await mkdtemp(join(tmpdir(), 'consilium-founding-'))))
afterAll(() => rm(scratch, { recursive: true, force: true }))

const found = (name: string, patients: number, locale: 'en' | 'zh-Hant' = 'en') =>
  foundDemonstration(realWorld(), join(scratch, name), { locale, patients, seed: '7' })

describe('the demonstration', () => {
  it.each(['en', 'zh-Hant'] as const)(
    'has three insurers on its chain, so that a table is asked with a benchmark, and one of them runs (%s)',
    async (locale) => {
      const { folder, members, silent, insurers } = await found(`market-${locale}`, 4_000, locale)
      const [first] = members
      const check = verifyGenesis(realWorld().crypto, genesisOf(await loadFacts(first!.folder)))
      if (check.kind !== 'valid') throw new Error(check.reason)
      const { genesis } = check
      expect(genesis.members).toHaveLength(8)
      expect(genesis.members.filter(({ isVoter }) => isVoter)).toHaveLength(4)
      const names = insurers.map(({ name }) => name)
      expect(marketOf(genesis.members)).toEqual(names.toSorted())
      expect(names.slice(1)).toEqual(silent)
      expect(insurers.map(({ share }) => share)).toEqual([2, 1, 1])
      // A profile for each that runs, and nothing of the others.
      expect(members).toHaveLength(6)
      const folders = (await readdir(folder, { withFileTypes: true })).filter((each) => each.isDirectory())
      expect(folders).toHaveLength(6)
      expect((await loadFacts(members.at(-1)!.folder)).institutionName).toBe(names[0])
    },
  )

  it('insures the few people of a small one with the insurer that runs', async () => {
    const { insurers, silent } = await found('small', 200)
    expect(insurers).toEqual([{ name: 'Harvest Insurance (synthetic)', share: 2 }])
    expect(silent).toHaveLength(2)
  })

  it('goes on with an earlier one as it was founded: one insurer, whatever its size', async () => {
    const { folder } = await found('earlier', 4_000)
    const mark = join(folder, 'demonstration.json')
    const { hasMarket, ...earlier } = JSON.parse(await readFile(mark, 'utf8')) as Record<string, unknown>
    expect(hasMarket).toBe(true)
    await writeFile(mark, JSON.stringify(earlier))
    const { insurers, silent } = (await loadDemonstration(folder))!
    expect(insurers.map(({ name }) => name)).toEqual(['Harvest Insurance (synthetic)'])
    expect(silent).toEqual([])
  })
})
