/** `consilium import` reads FHIR bundles, folders of NDJSON, folders of Synthea's tables and single resources alike. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { runHere } from './cli.test-kit.ts'
import { fewResources, syntheaFolder } from './sources.test-kit.ts'

const folders: string[] = []
async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-kinds-'))
  folders.push(folder)
  return folder
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function founded(): Promise<{ profile: string; folder: string }> {
  const folder = await freshFolder()
  const profile = join(folder, 'hospital')
  await runHere(['found', '--profile', profile, '--name', 'Hospital', '--zone', 'Asia/Taipei'])
  return { profile, folder }
}
const reasonsOf = (answer: Record<string, unknown>) =>
  (answer['rejected'] as { file: string; path: string; reason: string }[]).map(
    ({ file, path, reason }) => `${file.split(/[\\/]/).at(-1)} ${path} ${reason}`,
  )

describe('consilium import', { timeout: 300_000 }, () => {
  it('takes a folder of Synthea’s tables whole, lists each row that is not taken, and adds nothing a second time', async () => {
    const { profile, folder } = await founded()
    const input = await syntheaFolder(join(folder, 'csv'))
    const taken = await runHere(['import', '--profile', profile, '--wait', input])
    expect(taken).toMatchObject({
      code: 0,
      answer: { patients: 2, visits: 3, duplicates: 0, rejectedCount: 2 },
    })
    expect(reasonsOf(taken.answer).sort()).toEqual([
      'allergies.csv row 2 not-part-of-a-visit',
      'observations.csv row 7 not-part-of-a-visit',
    ])
    expect((await runHere(['status', '--profile', profile])).answer).toMatchObject({
      blockCount: 3,
      queuedCount: 0,
    })
    // The folder, or its files one by one: the same visits.
    const again = await runHere(['import', '--profile', profile, input])
    expect(again.answer).toMatchObject({ visits: 0, duplicates: 3 })
    const some = ['patients', 'encounters'].map((name) => join(input, `${name}.csv`))
    const named = await runHere(['import', '--profile', profile, ...some])
    expect(named).toMatchObject({ code: 0, answer: { patients: 2 } })
    expect((await runHere(['verify', '--profile', profile])).answer).toMatchObject({ ok: true })
  })

  it('knows one life again in whichever way it comes: single resources, NDJSON, a bundle', async () => {
    const { profile, folder } = await founded()
    const single = join(folder, 'single')
    const bulk = join(folder, 'bulk')
    for (const each of [single, bulk]) await mkdir(each)
    for (const resource of fewResources) {
      const { resourceType } = resource
      await writeFile(join(single, `${resourceType}-1.json`), JSON.stringify(resource))
      await writeFile(join(bulk, `${resourceType}.ndjson`), `${JSON.stringify(resource)}\n`)
    }
    const bundle = join(folder, 'bundle.json')
    const entry = fewResources.map((resource) => ({ resource }))
    await writeFile(bundle, JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }))

    const first = await runHere(['import', '--profile', profile, single])
    expect(first).toMatchObject({
      code: 0,
      answer: { files: 4, patients: 1, visits: 1, observations: 1, duplicates: 0, rejected: [] },
    })
    const files = fewResources.map(({ resourceType }) => join(single, `${resourceType}-1.json`))
    for (const paths of [files, [bulk], [bundle]]) {
      const again = await runHere(['import', '--profile', profile, ...paths])
      expect(again, paths[0]).toMatchObject({
        code: 0,
        answer: { patients: 1, visits: 0, duplicates: 1, rejected: [] },
      })
    }
    // One resource alone whose patient no file brings is named, and nothing is made up for it.
    const { profile: empty } = await founded()
    const alone = await runHere(['import', '--profile', empty, files[2]!])
    expect(alone).toMatchObject({ code: 0, answer: { patients: 0, visits: 0, rejectedCount: 1 } })
  })

  const samples = join(process.env['CONSILIUM_SAMPLES'] ?? '', 'synthea-csv')
  const hasSamples = (process.env['CONSILIUM_SAMPLES'] ?? '') !== '' && existsSync(samples)
  it.skipIf(!hasSamples)(
    'takes the sample of Synthea’s tables: 322 visits of 13 people (skipped where ../shared/samples is absent)',
    async () => {
      const { profile } = await founded()
      const taken = await runHere(['import', '--profile', profile, samples])
      expect(taken).toMatchObject({ code: 0, answer: { patients: 13, visits: 322, rejectedCount: 93 } })
      expect((await runHere(['import', '--profile', profile, samples])).answer).toMatchObject({
        visits: 0,
        duplicates: 322,
      })
    },
  )
})
