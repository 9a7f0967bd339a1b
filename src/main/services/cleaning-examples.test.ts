/** Examples of what a cleaning does: of records for whoever may open them, named in the audit, and of invented people for the rest. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { presetSteps } from '../../shared/domain/cleaning.ts'
import type { CohortDefinition } from '../../shared/domain/cohort.ts'
import { tinyBundle } from '../cli/cli.test-kit.ts'
import { compose } from '../compose.ts'
import { noDesktop, type Composed } from '../desktop.ts'
import { asking, PASSPHRASE, testWorld, until } from '../governance/institution.test-kit.ts'
import type { AuditedCall } from './audit-port.ts'

const BO = 'another long passphrase of Bo'
const everybody: CohortDefinition = {
  schema: 'cohort/1',
  title: 'Everybody',
  codeSets: {},
  entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
  steps: [],
}
const pipeline = { schema: 'cleaning/1' as const, title: 'Careful', steps: presetSteps('careful') }

let folder: string | null = null
let composed: Composed | null = null
afterEach(async () => {
  await composed?.close()
  if (folder !== null) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

it('are of records for a researcher who is a clerk, with the patients in the audit; of nobody for one who is not', async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-examples-'))
  const told: AuditedCall[] = []
  composed = await compose(
    {
      settingsFolder: join(folder, 'settings'),
      profileFolder: null,
      applicationVersion: '0.0.0',
      systemLocale: 'en',
      desktop: noDesktop,
      emit: () => {},
      startNode: () => expect.fail('this test starts no process'),
    },
    testWorld({ audit: { note: async (call) => void told.push(call) } }),
  )
  const ask = asking(composed)
  await ask.app.found({
    folder: join(folder, 'north'),
    institutionName: 'North',
    personName: 'Ada',
    passphrase: PASSPHRASE,
    zone: 'Asia/Taipei',
  })
  // One of them has what nobody has.
  const paths = Array.from({ length: 3 }, (_, p) => join(folder!, `${p}.json`))
  for (const [p, path] of paths.entries())
    await writeFile(path, tinyBundle(p, 2, { value: p === 1 ? '600' : '7' }))
  await ask.imports.start({ paths })
  await until(
    () => ask.node.status(),
    ({ blockCount }) => blockCount === 6,
  )
  const cleaned = async () => {
    const begun = await ask.cleaning.start({ cohort: everybody, pipeline })
    if (begun.kind !== 'started') throw new Error(begun.kind)
    await until(
      async () => (await ask.jobs.list()).find(({ jobId }) => jobId === begun.jobId),
      (job) => job?.state === 'done',
    )
    return { jobId: begun.jobId, answer: await ask.cleaning.answer(begun) }
  }
  const ofExamples = () => told.filter(({ operation }) => operation === 'cleaning.examples')

  const own = await cleaned()
  expect(own.answer).toMatchObject({ examplesOf: 'records' })
  // Looking at counts opens nothing.
  expect(ofExamples()).toEqual([])
  const examples = await ask.cleaning.examples(own)
  expect(examples).toContainEqual(
    expect.objectContaining({
      step: pipeline.steps.findIndex(({ step }) => step === 'range-rule'),
      act: 'derived',
      reason: 'impossible',
      test: 'hba1c',
      written: '600 %',
      column: 'canonical',
      before: '600',
      after: null,
    }),
  )
  expect(examples!.every(({ block }) => block !== null && block < 6)).toBe(true)
  expect(examples!.every((each) => !('patient' in each))).toBe(true)
  expect(ofExamples()).toMatchObject([{ act: 'opening', outcome: 'done' }])
  const { pseudonyms } = ofExamples()[0]!.subject
  expect(String(pseudonyms).split('+').length).toBeLessThanOrEqual(3)
  expect(pseudonyms).toMatch(/^[0-9a-f]{32}(\+[0-9a-f]{32})*$/)

  await ask.people.add({
    name: 'Bo',
    account: 'bo',
    roles: ['researcher'],
    theirPassphrase: BO,
    passphrase: PASSPHRASE,
  })
  await ask.app.lock()
  await ask.app.unlock({ account: 'bo', passphrase: BO })
  told.length = 0
  // Another's run is nobody else's.
  expect(await ask.cleaning.examples(own)).toBeNull()
  const others = await cleaned()
  expect(others.answer).toMatchObject({ examplesOf: 'invented', start: { persons: 3 } })
  const invented = (await ask.cleaning.examples(others))!
  expect(new Set(invented.map(({ step }) => step)).size).toBeGreaterThan(4)
  expect(invented.every(({ block }) => block === null)).toBe(true)
  expect(invented.some(({ written }) => written === '600 %')).toBe(false)
  expect(ofExamples()).toEqual([])
}, 90_000)
