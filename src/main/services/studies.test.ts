/** A researcher's study over the whole application without a window: weighed, fitted, kept, saved and run again from its file. */
import { writeFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { AllClients } from '../../shared/contract/index.ts'
import { presetSteps, usualStep } from '../../shared/domain/cleaning.ts'
import { studyDocument, type StudyDocument } from '../../shared/domain/study.ts'
import { comingAgain } from '../analytics/study/coming-again.test-kit.ts'
import { tinyBundle } from '../cli/cli.test-kit.ts'
import { createTown, PASSPHRASE, until, type Town } from '../governance/institution.test-kit.ts'

let town: Town | null = null
afterEach(async () => {
  await town?.close()
  town = null
})

const study: StudyDocument = {
  ...comingAgain,
  models: comingAgain.models.map((model) => ({ ...model, curvesOf: 'hba1c' })),
}

/** What the file dialogs answer. */
let chosen: string | null = null

async function hospital(): Promise<{ ask: AllClients; files: string }> {
  town = await createTown()
  const { ask, folder } = await town.start('north', {
    chooseSavePath: async () => chosen,
    chooseFiles: async () => (chosen === null ? [] : [chosen]),
    chooseFolder: async () => chosen,
  })
  await ask.app.found({
    folder,
    institutionName: '北區醫院',
    personName: '林怡君',
    passphrase: PASSPHRASE,
    zone: 'Asia/Taipei',
  })
  const { files } = town
  const paths = Array.from({ length: 9 }, (_, p) => join(files, `${p}.json`))
  for (const [p, path] of paths.entries())
    await writeFile(path, tinyBundle(p, 1 + (p % 3), { value: `${5 + (p % 4)}` }))
  await ask.imports.start({ paths })
  await until(
    () => ask.node.status(),
    ({ blockCount }) => blockCount === 18,
  )
  return { ask, files }
}

async function answered(ask: AllClients, asked: StudyDocument, upTo: 'weigh' | 'fit') {
  const begun = await ask.studies.start({ study: asked, at: 'named', upTo })
  if (begun.kind !== 'started') throw new Error(JSON.stringify(begun))
  const { jobId } = begun
  const job = await until(
    async () => (await ask.jobs.list()).find((each) => each.jobId === jobId),
    (each) => each?.state !== 'running',
  )
  expect(job).toMatchObject({ state: 'done', kind: upTo === 'weigh' ? 'weigh' : 'study' })
  const answer = await ask.studies.answer({ jobId })
  if (answer?.kind !== 'ran') throw new Error(JSON.stringify(answer))
  return { ...answer, jobId }
}

describe('a study in the room', () => {
  it('is weighed before it is fitted, and its file gives the same bytes again', async () => {
    const { ask, files } = await hospital()
    const weighed = JSON.parse((await answered(ask, study, 'weigh')).result) as {
      schema: string
      models: { before: { persons: number; events: number; parameters: number }; result?: unknown }[]
      baseline: { groups: { persons: number }[] }
    }
    expect(weighed).toMatchObject({
      schema: 'study-weighed/1',
      models: [{ before: { persons: 9, events: 6, parameters: 1 } }],
      baseline: { groups: [{ persons: 9 }] },
    })
    expect(weighed.models[0]).not.toHaveProperty('result')
    const fitted = await answered(ask, study, 'fit')
    const { models } = JSON.parse(fitted.result) as {
      models: { result: { names: string[]; curves: { point: string }[] } }[]
    }
    expect(models[0]!.result.names).toEqual(['hba1c'])
    expect(models[0]!.result.curves.map(({ point }) => point)[0]).toMatch(/^hba1c = /)

    chosen = join(files, 'study.json')
    const pinned = { ...study, snapshot: fitted.snapshot, engine: fitted.engine }
    const asStudy = {
      kind: 'study',
      as: 'json',
      name: 'Coming again',
      content: JSON.stringify(pinned),
    } as const
    expect(await ask.releases.save({ jobId: fitted.jobId, locale: 'en', output: asStudy })).toEqual({
      kind: 'saved',
      path: chosen,
    })
    const opened = await ask.studies.openFile()
    expect(opened).toEqual({ kind: 'study', name: 'study.json', study: pinned })
    const file = studyDocument.parse(JSON.parse(await readFile(chosen, 'utf8')))
    const again = await ask.studies.run({ study: file, at: 'named' })
    expect(again).toMatchObject({ kind: 'ran', result: fitted.result, hash: fitted.hash })

    // What leaves says which study it is of, and the audit says that it left.
    const { line } = await ask.releases.mark({ jobId: fitted.jobId, locale: 'en' })
    expect(line).toContain(`${fitted.hash.slice(0, 8)}…`)
    chosen = join(files, 'forest.svg')
    const output = { kind: 'figure', as: 'svg', name: 'forest', content: '<svg></svg>' } as const
    const of = { jobId: fitted.jobId, locale: 'en', output } as const
    expect(await ask.releases.save(of)).toMatchObject({ kind: 'saved' })
    expect(await readFile(chosen, 'utf8')).toContain(line!.slice(0, 20))
    expect(await ask.releases.save({ ...of, jobId: 'another' })).toEqual({
      kind: 'refused',
      reason: 'no-such-result',
    })
    const { entries } = await ask.audit.entries({
      filter: { operation: 'releases.' },
      before: null,
      limit: 50,
    })
    const saved = entries.filter(({ operation }) => operation === 'releases.save')
    expect(saved.map(({ outcome }) => outcome).sort()).toEqual(['done', 'done', 'refused'])
    expect(JSON.stringify(saved)).toContain(fitted.hash)
  }, 60_000)

  it('gives out its rows to whoever may have them, noted, and shows an invented person to look at', async () => {
    const { ask, files } = await hospital()
    const weighed = await answered(ask, study, 'weigh')
    const { intervals } = JSON.parse(weighed.result) as {
      intervals: { rows: number; counts: { name: string; within: number }[] }
    }
    expect(intervals.counts.map(({ name }) => name)).toEqual(['event', 'hba1c'])
    const pinned = { ...study, snapshot: weighed.snapshot, engine: weighed.engine }
    chosen = files
    const saved = await ask.releases.saveRows({ study: pinned, locale: 'en' })
    if (saved.kind !== 'saved') throw new Error(JSON.stringify(saved))
    expect(saved.files).toEqual(['intervals.csv', 'model-1.json', 'mark.txt'])
    const lines = (await readFile(join(saved.folder, 'intervals.csv'), 'utf8')).trimEnd().split('\n')
    expect(lines).toHaveLength(1 + intervals.rows)
    expect(await readFile(join(saved.folder, 'mark.txt'), 'utf8')).toContain('北區醫院')
    const { entries } = await ask.audit.entries({
      filter: { operation: 'releases.saveRows' },
      before: null,
      limit: 10,
    })
    expect(JSON.stringify(entries)).toContain(weighed.hash)
    expect(entries).toHaveLength(1)

    const shown = await ask.studies.exemplar({ intervals: study.intervals, cleaning: null, seed: 1 })
    if (shown.kind !== 'made') throw new Error(shown.kind)
    expect(shown.exemplar.rows.at(-1)!.why).toEqual([{ kind: 'end', reason: 'event' }])
    const taken = [...study.intervals.covariates, study.intervals.covariates[0]!]
    expect(
      await ask.studies.exemplar({
        intervals: { ...study.intervals, covariates: taken },
        cleaning: null,
        seed: 1,
      }),
    ).toMatchObject({ kind: 'refused', problems: [{ kind: 'name-taken' }] })
  }, 60_000)

  it('is kept as it was left, sealed, and is nobody else’s', async () => {
    const { ask } = await hospital()
    expect(await ask.studies.kept()).toBeNull()
    expect(await ask.studies.keep({ study })).toMatchObject({ isKept: true })
    const changed = { ...study, title: 'Another title' }
    await ask.studies.keep({ study: changed })
    expect(await ask.studies.kept()).toMatchObject({ study: changed })
    await ask.app.lock()
    await expect(ask.studies.kept()).rejects.toMatchObject({ code: 'locked' })
    await ask.app.unlock({ account: '', passphrase: PASSPHRASE })
    expect(await ask.studies.kept()).toMatchObject({ study: changed })
  }, 60_000)

  it('notes what was fitted and keeps models to compare, sealed, through a lock, until the person begins anew', async () => {
    const { ask } = await hospital()
    expect(await ask.studies.history()).toEqual({ runs: [], models: [] })
    await answered(ask, study, 'weigh')
    expect(await ask.studies.history()).toEqual({ runs: [], models: [] })
    const first = await answered(ask, study, 'fit')
    const second = await answered(ask, { ...study, seed: '2' }, 'fit')
    // The same again is the same run, and the newest one.
    await answered(ask, study, 'fit')
    const { runs } = await ask.studies.history()
    expect(runs.map(({ hash, resultHash }) => [hash, resultHash])).toEqual(
      [first, second].map(({ hash, resultHash }) => [hash, resultHash]),
    )
    const { snapshot, engine, hash, resultHash } = first
    const pinned = { ...study, snapshot, engine }
    // Nine persons are not said exactly.
    expect(runs[0]).toMatchObject({
      study: pinned,
      isTwin: false,
      persons: { said: 'small' },
      events: { said: 'small' },
    })
    const fit = JSON.stringify({ family: 'cox' })
    const model = { study: pinned, m: 0, persons: 9, events: 6, hash, resultHash, fit }
    const keep = (add: (typeof model)[], remove: Pick<typeof model, 'resultHash' | 'm'>[] = []) =>
      ask.studies.keepModels({ add, remove })
    expect(await keep([model])).toEqual({ isKept: true, models: [model] })
    // Another window, which does not know of it, keeps another one: none is lost, and none is there twice.
    const other = { ...model, m: 1 }
    const [both] = await Promise.all([keep([other]), keep([model])])
    expect(both).toEqual({ isKept: true, models: [model, other] })
    const more = Array.from({ length: 7 }, (_, i) => ({ ...model, m: i + 2 }))
    expect(await keep(more)).toEqual({ isKept: false, models: [model, other] })
    const gone = { resultHash, m: 1 }
    expect(await keep([], [gone])).toEqual({ isKept: true, models: [model] })
    await ask.app.lock()
    await expect(ask.studies.history()).rejects.toMatchObject({ code: 'locked' })
    await ask.app.unlock({ account: '', passphrase: PASSPHRASE })
    expect(await ask.studies.history()).toEqual({ runs, models: [model] })
    expect(await ask.studies.forgetRuns()).toEqual({ isKept: true })
    expect(await ask.studies.history()).toEqual({ runs: [], models: [model] })
  }, 60_000)

  it('R18: is refused with what it lacks before anything runs, and stops when it is cancelled', async () => {
    const { ask } = await hospital()
    const wrong = { ...study, baselineBy: 'hba1c', models: [{ ...study.models[0]!, curvesOf: 'age' }] }
    expect(await ask.studies.start({ study: wrong, at: 'named', upTo: 'weigh' })).toEqual({
      kind: 'refused',
      problems: [
        { kind: 'no-curves-of', model: 0, name: 'age' },
        { kind: 'baseline-by-number', name: 'hba1c' },
      ],
    })
    const begun = await ask.studies.start({ study, at: 'named', upTo: 'fit' })
    if (begun.kind !== 'started') throw new Error(begun.kind)
    await ask.jobs.cancel({ jobId: begun.jobId })
    const job = await until(
      async () => (await ask.jobs.list()).find((each) => each.jobId === begun.jobId),
      (each) => each?.state !== 'running',
    )
    // It may have been done already: a tiny table is fitted at once.
    expect(['cancelled', 'done']).toContain(job?.state)
    // The thread is there for the next question.
    expect((await answered(ask, study, 'weigh')).kind).toBe('ran')

    // What a cleaning would do is a job too; of nine persons its progress says nothing.
    const pipeline = { schema: 'cleaning/1' as const, title: 'Careful', steps: presetSteps('careful') }
    const cleaned = await ask.cleaning.start({ cohort: study.cohort, pipeline })
    if (cleaned.kind !== 'started') throw new Error(cleaned.kind)
    const cleaning = await until(
      async () => (await ask.jobs.list()).find((each) => each.jobId === cleaned.jobId),
      (each) => each?.state !== 'running',
    )
    expect(cleaning).toMatchObject({ state: 'done', kind: 'clean', done: 0, total: null })
    expect(await ask.cleaning.answer({ jobId: cleaned.jobId })).toMatchObject({
      examplesOf: 'records',
      start: { persons: 9 },
      snapshot: { visitCount: 18 },
    })
    expect(await ask.cleaning.answer({ jobId: begun.jobId })).toBeNull()
    const none = { ...pipeline, steps: [{ ...usualStep('select-version'), asOfBlock: 3 }] }
    expect(await ask.cleaning.start({ cohort: study.cohort, pipeline: none })).toMatchObject({
      kind: 'refused',
      pipeline: [{ kind: 'older-state' }],
    })
  }, 60_000)
})
