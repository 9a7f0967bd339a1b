/** `consilium import` reads FHIR bundles, folders of NDJSON, folders of Synthea's tables and single resources alike. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runHere } from './cli.test-kit.ts'
import { fewResources, syntheaFolder } from './sources.test-kit.ts'

let folder = ''
let profile = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-kinds-'))
  profile = join(folder, 'hospital')
  await runHere(['found', '--profile', profile, '--name', 'Hospital', '--zone', 'Asia/Taipei'])
}, 120_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

const reasonsOf = (answer: Record<string, unknown>) =>
  (answer['rejected'] as { file: string; path: string; reason: string }[])
    .map(({ file, path, reason }) => `${file.split(/[\\/]/).at(-1)} ${path} ${reason}`)
    .sort()

describe('consilium import', { timeout: 300_000 }, () => {
  it('takes a folder of Synthea’s tables whole and lists each row that is not taken', async () => {
    const input = await syntheaFolder(join(folder, 'csv'))
    const taken = await runHere(['import', '--profile', profile, '--wait', input])
    expect(taken).toMatchObject({ code: 0, answer: { patients: 2, visits: 3, duplicates: 0 } })
    expect(reasonsOf(taken.answer)).toEqual([
      'allergies.csv row 2 not-part-of-a-visit',
      'observations.csv row 7 not-part-of-a-visit',
    ])
  })

  it('knows one life again in whichever way it comes: single resources, NDJSON, a bundle, tables', async () => {
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

    const files = fewResources.map(({ resourceType }) => join(single, `${resourceType}-1.json`))
    const first = await runHere(['import', '--profile', profile, ...files])
    expect(first).toMatchObject({
      code: 0,
      answer: { files: 4, patients: 1, visits: 1, observations: 1, duplicates: 0, rejected: [] },
    })
    const again = await runHere(['import', '--profile', profile, bulk, bundle, join(folder, 'csv')])
    expect(again).toMatchObject({ code: 0, answer: { patients: 3, visits: 0, duplicates: 5 } })
  })
})
