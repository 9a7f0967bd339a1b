/** Two entries of one person in the analysis: one from the height that decides the link, two again from the height that parts them. */
import { afterEach, describe, expect, it } from 'vitest'
import type { AllClients } from '../shared/contract/index.ts'
import type { StudyDocument } from '../shared/domain/study.ts'
import { comingAgain } from './analytics/study/coming-again.test-kit.ts'
import { createTown, PASSPHRASE, until, type Town } from './governance/institution.test-kit.ts'
import { plainVisit } from './services/visit.test-kit.ts'

let town: Town | null = null
afterEach(async () => {
  await town?.close()
  town = null
})

/** Who comes again within a year. */
const study: StudyDocument = {
  ...comingAgain,
  intervals: {
    ...comingAgain.intervals,
    followUp: { ...comingAgain.intervals.followUp, until: null },
    covariates: [{ kind: 'age', name: 'age' }],
  },
  models: comingAgain.models.map((model) => ({ ...model, title: 'Curve', family: 'km', covariates: [] })),
}

async function registered(ask: AllClients, medicalRecordNumber: string): Promise<string> {
  const answer = await ask.patients.register({
    patient: { name: '王小明', sex: 'male', birthDate: '1975-03-02', medicalRecordNumber },
    although: { reason: 'other-person' },
  })
  if (answer.kind !== 'registered') throw new Error(answer.kind)
  return answer.patient.patientId
}

async function ran(ask: AllClients, asked: StudyDocument) {
  const answer = await ask.studies.run({ study: asked, at: 'named' })
  if (answer.kind !== 'ran') throw new Error(JSON.stringify(answer))
  const { cohort, intervals } = JSON.parse(answer.result) as {
    cohort: { persons: number }
    intervals: { ends: { event: number } }
  }
  const pinned: StudyDocument = { ...asked, snapshot: answer.snapshot, engine: answer.engine }
  return { persons: cohort.persons, events: intervals.ends.event, bytes: answer.result, pinned }
}

describe('entries that a link joins', () => {
  it('are one person in a cohort and a study until they are parted, and an older snapshot keeps its answer', async () => {
    town = await createTown()
    const { ask, folder } = await town.start('north')
    await ask.app.found({
      folder,
      institutionName: '北區醫院',
      personName: '林怡君',
      passphrase: PASSPHRASE,
      zone: 'Asia/Taipei',
    })
    const [one, two] = [await registered(ask, 'M-1'), await registered(ask, 'M-2')]
    for (const [patientId, day] of [
      [one, '2025-01-02'],
      [two, '2025-06-02'],
    ] as const) {
      const visit = plainVisit(patientId, day)
      const findings = await ask.records.check(visit)
      const confirmations = findings
        .filter(({ severity }) => severity === 'confirm')
        .map(({ path, rule, params }) => ({ path, rule, value: params['value'] ?? '', by: 'test' }))
      const answer = await ask.records.submit({
        visit: { ...visit, confirmations },
        draftId: null,
        change: null,
      })
      expect(answer).toMatchObject({ kind: 'queued' })
    }
    await until(
      () => ask.node.status(),
      ({ blockCount }) => blockCount === 2,
    )
    const personsOf = async (): Promise<number> => {
      const counted = await ask.cohorts.count({ definition: study.cohort })
      if (counted.kind !== 'counted') throw new Error(counted.kind)
      return counted.snapshot.personCount
    }
    expect(await personsOf()).toBe(2)
    const apart = await ran(ask, study)
    expect(apart).toMatchObject({ persons: 2, events: 0 })

    await ask.patients.link({ patientId: one, otherId: two, reason: 'registered-twice' })
    const linkOf = async () => (await ask.patients.links({ patientId: two })).links[0]
    const link = await until(linkOf, (each) => each?.state === 'final')
    expect(await until(personsOf, (count) => count === 1)).toBe(1)
    const joined = await ran(ask, study)
    // The second visit is the same person's: coming again happened.
    expect(joined).toMatchObject({ persons: 1, events: 1 })
    expect(joined.pinned.snapshot!.height).toBeGreaterThanOrEqual(link!.height!)
    expect((await ran(ask, apart.pinned)).bytes).toBe(apart.bytes)

    await ask.patients.unlink({ linkId: link!.linkId, reason: 'not-same-person' })
    await until(linkOf, (each) => each?.end?.state === 'final')
    expect(await until(personsOf, (count) => count === 2)).toBe(2)
    expect(await ran(ask, study)).toMatchObject({ persons: 2, events: 0 })
    expect((await ran(ask, joined.pinned)).bytes).toBe(joined.bytes)
    // A height that is not here yet has no answer yet.
    const ahead = {
      ...joined.pinned,
      snapshot: { ...joined.pinned.snapshot!, height: joined.pinned.snapshot!.height + 50 },
    }
    await expect(ask.studies.run({ study: ahead, at: 'named' })).rejects.toMatchObject({
      detail: { code: 'not-that-far' },
    })
  }, 60_000)
})
