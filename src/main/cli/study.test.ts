/** Running a study from the command line: again, on a copy of the profile, after an amendment, and what is no study. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StudyDocument } from '../../shared/domain/study.ts'
import { comingAgain as study } from '../analytics/study/coming-again.test-kit.ts'
import { readCsvColumns } from '../stats/model/csv-columns.ts'
import { fitModel } from '../stats/model/fit-model.ts'
import { ModelSpec } from '../stats/model/model-spec.ts'
import { runHere as run, tinyBundle } from './cli.test-kit.ts'

let home: string
let profile: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'consilium-study-'))
  profile = join(home, 'north')
  await run(['found', '--profile', profile, '--name', '北區醫院'])
  await imported(
    ...Array.from({ length: 9 }, (_, p) => tinyBundle(p, 1 + (p % 3), { value: `${5 + (p % 4)}` })),
  )
}, 60_000)
afterAll(() => rm(home, { recursive: true, force: true }))

async function imported(...bundles: string[]): Promise<void> {
  const files = bundles.map((_, i) => join(home, `${i}.json`))
  for (const [i, file] of files.entries()) await writeFile(file, bundles[i]!)
  expect((await run(['import', '--profile', profile, '--wait', ...files])).code).toBe(0)
}

async function ask(asked: unknown, where: string, ...more: string[]) {
  const file = join(home, 'study.json')
  await writeFile(file, typeof asked === 'string' ? asked : JSON.stringify(asked))
  return run(['study', 'run', '--profile', where, ...more, file])
}

describe('consilium study run', () => {
  it('R17: writes the same bytes again, on a copy of the profile, and at the old state after an amendment', async () => {
    const [out, again, pin] = ['result.json', 'again.json', 'pinned.json'].map((name) => join(home, name))
    const first = await ask(study, profile, '--out', out!, '--pin', pin!)
    expect(first).toMatchObject({ code: 0, answer: { snapshot: { upTo: 17 }, changes: null } })
    const result = {
      snapshot: { visits: 18, persons: 9 },
      intervals: { ends: { event: 6 } },
      models: [{ before: { persons: 9, events: 6, parameters: 1 }, result: { names: ['hba1c'] } }],
    }
    expect(JSON.parse(await readFile(out!, 'utf8'))).toMatchObject(result)
    expect(await ask(study, profile)).toMatchObject({ code: 0, answer: { result } })
    const pinned = JSON.parse(await readFile(pin!, 'utf8')) as StudyDocument
    expect(pinned.snapshot?.upTo).toBe(17)

    const copy = join(home, 'copy')
    await cp(profile, copy, { recursive: true })
    expect((await ask(pinned, copy, '--out', again!)).code).toBe(0)
    expect(await readFile(again!)).toEqual(await readFile(out!))

    await imported(tinyBundle(1, 2, { value: '9.5' }), tinyBundle(20, 1))
    const later = await ask(pinned, profile, '--out', again!)
    expect([later.answer['hash'], later.answer['resultHash']]).toEqual([
      first.answer['hash'],
      first.answer['resultHash'],
    ])
    expect(await readFile(again!)).toEqual(await readFile(out!))
    const newest = await ask(pinned, profile, '--newest')
    expect(newest).toMatchObject({
      code: 0,
      answer: { snapshot: { upTo: 20 }, changes: { amended: 2, retracted: 0, withdrawn: 0, added: 1 } },
    })
    expect(newest.answer['resultHash']).not.toBe(first.answer['resultHash'])

    const { snapshot } = pinned
    const elsewhere = (change: Partial<NonNullable<typeof snapshot>>) =>
      ask({ ...pinned, snapshot: { ...snapshot!, ...change } }, profile)
    for (const [asked, code] of [
      [() => elsewhere({ chain: '00'.repeat(32) }), 'other-chain'],
      [() => elsewhere({ hospitals: ['00'.repeat(16)] }), 'other-records'],
      [() => elsewhere({ upTo: 99 }), 'not-that-far'],
      [() => ask({ ...pinned, engine: 'study/0' }, profile), 'other-engine'],
    ] as const)
      expect(await asked()).toMatchObject({ code: 1, answer: { error: { code } } })
    // Another engine cannot give the old bytes again; it can answer anew.
    expect(await ask({ ...pinned, engine: 'study/0' }, profile, '--newest')).toMatchObject({
      code: 0,
      answer: { resultHash: newest.answer['resultHash'], unreadableCount: 0 },
    })
  }, 120_000)

  it('takes the rows and models out with their mark, for `fit` to say the same', async () => {
    const folder = join(home, 'rows')
    const out = join(home, 'fitted.json')
    expect((await ask(study, profile, '--out', out)).code).toBe(0)
    const file = join(home, 'study.json')
    const took = await run(['study', 'intervals', '--profile', profile, '--out', folder, file])
    expect(took).toMatchObject({ code: 0, answer: { files: ['intervals.csv', 'model-1.json', 'mark.txt'] } })
    expect(await readFile(join(folder, 'mark.txt'), 'utf8')).toMatch(
      /^For use within 北區醫院 only: .* Study /,
    )
    const table = readCsvColumns(await readFile(join(folder, 'intervals.csv')), 'all')
    const spec = ModelSpec.parse(JSON.parse(await readFile(join(folder, 'model-1.json'), 'utf8')))
    const { models } = JSON.parse(await readFile(out, 'utf8')) as { models: { result: unknown }[] }
    expect(JSON.parse(JSON.stringify(fitModel(table, spec)))).toEqual(models[0]!.result)
    expect((await run(['study', 'intervals', '--profile', profile, file])).code).toBe(2)
  }, 120_000)

  it('refuses what is no study, and says where', async () => {
    expect(await ask('{', profile)).toMatchObject({ answer: { error: { code: 'unreadable-study' } } })
    expect(await ask({ ...study, seed: '' }, profile)).toMatchObject({
      code: 1,
      answer: { error: { code: 'malformed-study', detail: { problems: [{ path: 'seed' }] } } },
    })
    const cleaning = { schema: 'cleaning/1', title: 'X', steps: [{ step: 'unknown' }] }
    expect(await ask({ ...study, cleaning }, profile)).toMatchObject({
      code: 1,
      answer: { error: { detail: { problems: [{ path: 'cleaning.steps.0.step' }] } } },
    })
    const models = [{ ...study.models[0]!, covariates: ['weight'] }]
    expect(await ask({ ...study, models }, profile)).toMatchObject({
      code: 1,
      answer: { error: { detail: { problems: [{ kind: 'no-such-column', name: 'weight' }] } } },
    })
    expect((await run(['study', 'sleep', '--profile', profile, 'x'])).code).toBe(2)
  }, 60_000)
})
