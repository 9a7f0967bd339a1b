/** A researcher's pathways, kept cohorts and comparisons over the whole application without a window. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { AllClients, AllHandlers } from '../../shared/contract/index.ts'
import { allRights, isAllowed, mayCall } from '../../shared/contract/rights.ts'
import type { CohortDefinition } from '../../shared/domain/cohort.ts'
import type { PathwaysDefinition } from '../../shared/domain/pathways.ts'
import { tinyBundle } from '../cli/cli.test-kit.ts'
import { createTown, PASSPHRASE, until, type Town } from '../governance/institution.test-kit.ts'
import type { AuditedCall } from './audit-port.ts'
import { alwaysConfirmed } from './confirmations.ts'
import { dispatch } from './dispatch.ts'

let town: Town | null = null
afterEach(async () => {
  await town?.close()
  town = null
})

const cohort: CohortDefinition = {
  schema: 'cohort/1',
  title: 'Everybody',
  codeSets: {},
  entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
  steps: [],
}
const definition: PathwaysDefinition = {
  schema: 'pathways/1',
  title: 'Coming again',
  codeSets: {},
  classes: [{ name: 'HbA1c', event: { kind: 'result', test: 'hba1c' } }],
  watch: { left: null, atMostDays: null, until: null },
  sequence: { which: 'all', collapseDays: 0, stepsMost: 2 },
  wait: { from: null, to: 0 },
  trajectory: { test: 'hba1c', clock: { kind: 'index', from: 0, to: 3650, each: 365 } },
  exemplars: { count: 2, seed: '7' },
}

let chosen: string | null = null

async function hospital(persons: number): Promise<{ ask: AllClients; files: string }> {
  town = await createTown()
  const { ask, folder } = await town.start('north', { chooseSavePath: async () => chosen })
  await ask.app.found({
    folder,
    institutionName: '北區醫院',
    personName: '林怡君',
    passphrase: PASSPHRASE,
    zone: 'Asia/Taipei',
  })
  const { files } = town
  const paths = Array.from({ length: persons }, (_, p) => join(files, `${p}.json`))
  for (const [p, path] of paths.entries())
    await writeFile(path, tinyBundle(p, 2, { value: `${5 + (p % 4)}` }))
  await ask.imports.start({ paths })
  await until(
    () => ask.node.status(),
    ({ blockCount }) => blockCount === 2 * persons,
  )
  return { ask, files }
}

async function ended(ask: AllClients, jobId: string) {
  return until(
    async () => (await ask.jobs.list()).find((each) => each.jobId === jobId),
    (each) => each !== undefined && each.state !== 'running',
  )
}

async function followed(ask: AllClients, asked = definition, of = cohort) {
  const begun = await ask.pathways.start({ cohort: of, cleaning: null, definition: asked })
  if (begun.kind !== 'started') throw new Error(JSON.stringify(begun))
  expect(await ended(ask, begun.jobId)).toMatchObject({ state: 'done', kind: 'pathways' })
  return { ...(await ask.pathways.answer({ jobId: begun.jobId }))!, jobId: begun.jobId }
}

describe('pathways in the room', () => {
  it('are counted as a job, named by what was asked, and leave with their mark', async () => {
    const { ask, files } = await hospital(12)
    const first = await followed(ask)
    if (first.kind !== 'traversed') throw new Error(first.kind)
    expect(first.persons).toBe(12)
    expect(first.sequences.nodes[0]).toMatchObject({ step: 1, persons: { said: 'exact', count: 12 } })
    expect(first.exemplars).toHaveLength(2)
    // The same question has the same name and answer; names of events are no part of it.
    const { classes } = definition
    const renamed = { ...definition, classes: [{ ...classes[0]!, name: 'Sugar' }] }
    const again = await followed(ask, renamed)
    expect({ ...again, jobId: '' }).toEqual({ ...first, jobId: '' })
    const other = await followed(ask, { ...definition, sequence: { ...definition.sequence, stepsMost: 1 } })
    expect(other.kind === 'traversed' && other.hash).not.toBe(first.hash)

    chosen = join(files, 'flows.svg')
    const output = { kind: 'figure', as: 'svg', name: 'flows', content: '<svg></svg>' } as const
    expect(await ask.releases.save({ jobId: first.jobId, locale: 'en', output })).toMatchObject({
      kind: 'saved',
    })
    expect(await readFile(chosen, 'utf8')).toContain(`${first.hash.slice(0, 8)}…`)
    const { entries } = await ask.audit.entries({
      filter: { operation: 'pathways.' },
      before: null,
      limit: 9,
    })
    expect(entries).toHaveLength(3)
    expect(entries[0]!.subject.map(({ name }) => name)).toEqual(['cohort', 'pathways'])

    // Cleaned first, and cancelled.
    const cleaning = { schema: 'cleaning/1' as const, title: 'None', steps: [] }
    const cleaned = await ask.pathways.start({ cohort, cleaning, definition })
    if (cleaned.kind !== 'started') throw new Error(cleaned.kind)
    await ask.jobs.cancel({ jobId: cleaned.jobId })
    expect(['cancelled', 'done']).toContain((await ended(ask, cleaned.jobId))?.state)
    expect((await followed(ask)).kind).toBe('traversed')
  }, 90_000)

  it('say nothing of fewer than 11 persons, refuse what lacks something, and are kept', async () => {
    const { ask } = await hospital(9)
    const few = await followed(ask)
    expect(few).toMatchObject({ kind: 'too-few', isNobody: false })
    expect(JSON.stringify(few)).not.toMatch(/"(persons|count)"/)
    const { jobs } = { jobs: await ask.jobs.list() }
    expect(jobs.find(({ jobId }) => jobId === few.jobId)).toMatchObject({ done: 0, total: null })
    const noCodes = { ...definition.classes[0]!, event: { kind: 'diagnosis' as const, codes: 'set-9' } }
    const wrong = { ...definition, classes: [noCodes], wait: { from: 3, to: 0 } }
    expect(await ask.pathways.start({ cohort, cleaning: null, definition: wrong })).toEqual({
      kind: 'refused',
      cohort: [],
      cleaning: [],
      pathways: [
        { kind: 'unknown-code-set', codeSet: 'set-9' },
        { kind: 'no-such-class', place: 3 },
      ],
    })
    expect(await ask.pathways.kept()).toBeNull()
    expect(await ask.pathways.keep({ definition })).toEqual({ isKept: true })
    expect(await ask.pathways.kept()).toEqual(definition)
  }, 60_000)
})

describe('R5: one patient’s way', () => {
  it('is invented for a researcher; a real one is refused before anything is opened, and the audit has the attempt', async () => {
    const opening = allRights.filter(({ right }) => right.opensPatients)
    expect(opening.length).toBeGreaterThan(0)
    expect(opening.filter(({ right }) => isAllowed(right, ['researcher']))).toEqual([])
    expect(mayCall('pathways.start', ['researcher'])).toBe(true)
    const told: AuditedCall[] = []
    const researcher = {
      person: () => ({ userKeyId: 'r1', roles: ['researcher' as const] }),
      absence: () => 'locked' as const,
      confirmations: alwaysConfirmed,
      audit: { note: async (call: AuditedCall) => void told.push(call) },
      openings: undefined,
    }
    const handlers = new Proxy(
      {},
      {
        get: () => {
          throw new Error('a handler ran')
        },
      },
    ) as AllHandlers
    const reply = await dispatch(handlers, researcher, 'patients.search', { text: 'Lin', limit: 1 })
    expect(reply).toEqual({ ok: false, error: { code: 'not-permitted' } })
    expect(told).toMatchObject([{ operation: 'patients.search', outcome: 'refused' }])
  })
})

const coded = (include: string[]): CohortDefinition => ({
  ...cohort,
  codeSets: { dm: { kind: 'diagnosis', name: 'Diabetes', include, exclude: [] } },
  steps: [
    {
      use: 'exclude',
      rule: {
        kind: 'occurs',
        event: { kind: 'diagnosis', codes: 'dm' },
        window: { from: null, to: null },
        atLeast: 1,
      },
    },
  ],
})

describe('cohorts under names', () => {
  it('are kept with when they were counted, and as which question', async () => {
    const { ask } = await hospital(12)
    expect(await ask.cohorts.shelf()).toEqual({ cohorts: [], codeSets: [] })
    await ask.cohorts.saveCohort({ name: 'Mine', definition: cohort })
    const counted = await ask.cohorts.countKept({ name: 'Mine' })
    if (counted.kind !== 'kept') throw new Error(counted.reason)
    const [mine] = counted.shelf.cohorts
    expect(mine).toMatchObject({ name: 'Mine', counted: { persons: { said: 'exact', count: 12 } } })
    expect(mine!.counted!.hash).toBe(mine!.hash)
    // Another definition under the name: what was counted is of another question.
    await ask.cohorts.saveCohort({ name: 'Mine', definition: coded(['E11*']) })
    const { cohorts } = await ask.cohorts.shelf()
    expect(cohorts).toHaveLength(1)
    expect(cohorts[0]!.counted!.hash).toBe(mine!.hash)
    expect(cohorts[0]!.hash).not.toBe(mine!.hash)
    expect(await ask.cohorts.countKept({ name: 'Nobody’s' })).toEqual({ kind: 'refused', reason: 'unknown' })
    const both = await Promise.all([
      ask.cohorts.saveCohort({ name: 'A', definition: cohort }),
      ask.cohorts.saveCohort({ name: 'B', definition: cohort }),
    ])
    expect(both.map(({ kind }) => kind)).toEqual(['kept', 'kept'])
    await ask.cohorts.removeCohort({ name: 'Mine' })
    expect((await ask.cohorts.shelf()).cohorts.map(({ name }) => name)).toEqual(['A', 'B'])
    await ask.app.lock()
    await expect(ask.cohorts.shelf()).rejects.toMatchObject({ code: 'locked' })
  }, 60_000)

  it('R3: use versions of code sets, and no version that does not hold what they say', async () => {
    const { ask } = await hospital(12)
    const set = coded(['E11*']).codeSets['dm']!
    await ask.cohorts.saveCodeSet({ name: 'Diabetes', set })
    // The same codes in another order and once more are no new version.
    await ask.cohorts.saveCodeSet({ name: 'Diabetes', set: { ...set, include: ['E11*', 'E11*'] } })
    const second = await ask.cohorts.saveCodeSet({
      name: 'Diabetes',
      set: { ...set, include: ['E11*', 'E10*'] },
    })
    if (second.kind !== 'kept') throw new Error(second.reason)
    const { versions } = second.shelf.codeSets[0]!
    expect(versions.map(({ version }) => version)).toEqual([1, 2])
    const from = { name: 'Diabetes', version: 1, hash: versions[0]!.hash }
    const referring = (include: string[]) => {
      const own = coded(include)
      return { ...own, codeSets: { dm: { ...own.codeSets['dm']!, from } } }
    }
    await ask.cohorts.saveCohort({ name: 'True', definition: referring(['E11*']) })
    await ask.cohorts.saveCohort({ name: 'Untrue', definition: referring(['E12*']) })
    const { cohorts } = await ask.cohorts.shelf()
    expect(cohorts.map(({ definition: kept }) => kept.codeSets['dm']!.from)).toEqual([from, undefined])
    // Where codes are from is no part of the question.
    const plain = await ask.cohorts.count({ definition: coded(['E11*']) })
    expect(plain.kind === 'counted' && plain.hash).toBe(cohorts[0]!.hash)
  }, 60_000)

  it('are held against each other as a job, named in the audit', async () => {
    const { ask } = await hospital(12)
    const begun = await ask.cohorts.compare({ cohorts: [cohort, coded(['Q99'])] })
    if (begun.kind !== 'started') throw new Error(begun.kind)
    expect(await ended(ask, begun.jobId)).toMatchObject({ state: 'done', kind: 'compare' })
    const answer = await ask.cohorts.comparison({ jobId: begun.jobId })
    if (answer?.kind !== 'compared') throw new Error(JSON.stringify(answer))
    expect(answer).toMatchObject({ persons: [12, 12], both: { said: 'exact', count: 12 } })
    expect(answer.rows!.every(({ difference }) => difference === 0 || difference === null)).toBe(true)
    const { line } = await ask.releases.mark({ jobId: begun.jobId, locale: 'en' })
    expect(line).toContain(answer.hash.slice(0, 8))
    const { entries } = await ask.audit.entries({ filter: { operation: 'cohorts.' }, before: null, limit: 9 })
    expect(entries[0]!.subject).toEqual([
      { name: 'cohort', value: answer.hashes[0] },
      { name: 'otherCohort', value: answer.hashes[1] },
    ])
  }, 60_000)

  it('are one entry of the audit for each question, however often it is counted while it is typed', async () => {
    const { ask } = await hospital(2)
    for (let i = 0; i < 5; i++) await ask.cohorts.count({ definition: cohort })
    await ask.cohorts.count({ definition: { ...cohort, title: 'The same under another name' } })
    for (let i = 0; i < 3; i++) await ask.cohorts.count({ definition: coded(['E11*']) })
    const { entries } = await ask.audit.entries({
      filter: { operation: 'cohorts.' },
      before: null,
      limit: 20,
    })
    expect(entries.map(({ operation }) => operation)).toEqual(['cohorts.count', 'cohorts.count'])
    expect(new Set(entries.map(({ subject }) => subject[0]!.value)).size).toBe(2)
  }, 60_000)
})
