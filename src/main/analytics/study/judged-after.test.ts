/** A cohort that is judged after the cleaning: who is in is who a count by hand finds on the cleaned facts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { presetSteps } from '../../../shared/domain/cleaning.ts'
import { canonicalStudy, judgedOn, problemsOfStudy, studyFile } from '../../../shared/domain/study.ts'
import { clean } from '../cleaning/clean.ts'
import { cleanedFacts } from '../cleaning/cleaned.ts'
import { cohortByHand } from '../cohort/by-hand.test-kit.ts'
import { runOf } from '../facts/fact-columns.ts'
import { FACT_TABLE_NAMES, type Facts } from '../facts/fact-tables.ts'
import { someUnitsWrong, syntheticFacts } from '../facts/facts.test-kit.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { personsOf } from '../persons/persons.test-kit.ts'
import type { CleaningLimits } from '../clean-members.ts'
import { openWarehouse, type Warehouse } from '../warehouse/warehouse.ts'
import { comingAgain } from './coming-again.test-kit.ts'
import type { PinnedStudy } from './prepare-study.ts'
import { previewCleaning } from './preview-cleaning.ts'
import { nameOfPeople } from './propose-release.ts'
import { runStudy, STUDY_ENGINE } from './run-study.ts'

const steps = presetSteps('careful').filter(({ step }) => step !== 'missingness')
const written = {
  ...comingAgain,
  cohort: {
    ...comingAgain.cohort,
    entry: {
      event: { kind: 'result' as const, test: 'hba1c', value: { atLeast: '6.5' } },
      confirmedBy: { count: 2, withinDays: 730 },
      priorDays: 0,
      which: 'first' as const,
    },
    steps: [
      { use: 'include' as const, rule: { kind: 'age' as const, atLeast: 40 } },
      {
        use: 'exclude' as const,
        rule: {
          kind: 'occurs' as const,
          event: { kind: 'result' as const, test: 'creat', value: { above: '1.3' } },
          window: { from: null, to: 0 },
          atLeast: 1,
        },
      },
    ],
  },
  cleaning: { schema: 'cleaning/1' as const, title: 'Careful', steps },
}
const cleaned = judgedOn(written, 'cleaned')

let facts: Facts[]
let warehouse: Warehouse
beforeAll(async () => {
  facts = someUnitsWrong(syntheticFacts(250, 'judged-after'))
  warehouse = await openWarehouse({ threads: 1, memoryMb: 256 })
  await warehouse.load(runOf(0, facts.length - 1, facts))
}, 120_000)
afterAll(() => warehouse.close())

const run = async (study: typeof written | typeof cleaned) => {
  expect(problemsOfStudy(study)).toEqual([])
  const pinned: PinnedStudy = {
    ...study,
    snapshot: {
      chain: '00'.repeat(32),
      upTo: facts.length - 1,
      height: 0,
      hospitals: ['H1', 'H2', 'H3', 'H4', 'H5'],
    },
    engine: STUDY_ENGINE,
  }
  const runWith = async (limits: CleaningLimits) => {
    const read: number[] = []
    const ran = await runStudy(
      warehouse,
      { study: pinned, hash: 'x', samePerson: [] },
      {
        hooks: {},
        isCancelled: () => false,
        onMembers: (members) => read.push(...members.map(({ facts: { person } }) => person)),
        ...limits,
      },
    )
    return { ran, read }
  }
  const { ran, read } = await runWith({})
  // Where not all rows are held at one time it is the same text, of the same people.
  expect(await runWith({ heldRowsMost: 100, passPersons: 40 })).toEqual({ ran, read })
  const { cohort, cleaning, intervals, warnings } = JSON.parse(ran.text) as {
    cohort: {
      persons: number
      withEvent: number
      withPriorDays: number
      afterWashout: number
      steps: number[]
    }
    cleaning: { start: { persons: number; rows: number }; steps: object[] }
    intervals: { attrition: { persons: number }[] }
    warnings: { kind: string }[]
  }
  return {
    cohort,
    cleaning,
    followed: intervals.attrition[0]!.persons,
    warnings: warnings.map(({ kind }) => kind),
    read,
  }
}

describe('a cohort that is judged after the cleaning', () => {
  it('has whom a count by hand finds on the cleaned facts, and others than on the records as written', async () => {
    const candidates = personsOf(facts).filter(({ observation }) =>
      observation.some(({ code, status }) => code === '4548-4' && [2, 3, 4].includes(status!)),
    )
    const left = cleanedFacts(clean(candidates, { steps }).persons)
    const byHand = cohortByHand(cleaned.cohort, left.flatMap(visitsOf))
    const after = await run(cleaned)
    const { withEvent, withPriorDays, afterWashout, steps: counted } = after.cohort
    expect([withEvent, withPriorDays, afterWashout, ...counted]).toEqual(byHand.attrition)
    expect(after.followed).toBe(byHand.members.size)
    expect(after.read).toHaveLength(byHand.members.size)
    expect(after.warnings).not.toContain('entry-gone')
    const before = await run(written)
    expect(before.cohort.persons).toBe(after.cohort.persons)
    expect(before.cohort.steps).not.toEqual(counted)
  }, 120_000)

  it('is previewed as the study has it: the same persons under the steps, and the same people in after them', async () => {
    const scope = { upTo: facts.length - 1, hospitals: null, samePerson: [] }
    const people: number[] = []
    const hashes = new Set<string>()
    for (const study of [written, cleaned]) {
      const ran = await run(study)
      const { cohort, cohortOn, cleaning: pipeline } = { cohortOn: undefined, ...study }
      const preview = await previewCleaning(
        warehouse,
        { scope, cohort, cohortOn, pipeline: pipeline! },
        { isCancelled: () => false },
      )
      const { persons, rows } = preview.start
      expect({ persons, rows }).toEqual(ofStart(ran.cleaning))
      const acts = preview.steps.map(({ step, rowsIn, rowsOut, rowsChanged, rowsFlagged, reasons }) => ({
        step,
        rowsIn,
        rowsOut,
        rowsChanged,
        rowsFlagged,
        reasons,
      }))
      expect(ran.cleaning.steps).toMatchObject(acts)
      expect(preview.judged === null).toBe(study === written)
      const left = preview.judged ?? preview.steps.at(-1)!.left
      expect(left.persons).toBe(ran.followed)
      // Each of them has two events, and rows of nobody else are counted.
      if (preview.judged !== null) {
        expect(left.events).toBeGreaterThanOrEqual(2 * left.persons)
        expect(left.rows).toBeLessThan(preview.steps.at(-1)!.left.rows)
      }
      people.push(left.persons)
      hashes.add(preview.resultHash)
    }
    expect(new Set(people).size).toBe(2)
    expect(hashes.size).toBe(2)
  }, 120_000)

  it('is another question with another name, and nothing else is', () => {
    expect([written.schema, cleaned.schema]).toEqual(['study/3', 'study/4'])
    expect(judgedOn(cleaned, 'written')).toEqual(written)
    expect(canonicalStudy(cleaned)).not.toBe(canonicalStudy(written))
    expect(canonicalStudy(written)).not.toContain('cohortOn')
    expect(nameOfPeople(cleaned)).not.toBe(nameOfPeople(written))
    expect(studyFile.parse(JSON.parse(JSON.stringify(cleaned)))).toEqual(cleaned)
  })

  it('needs a cleaning, and a schema that says so', () => {
    const kinds = (study: Parameters<typeof problemsOfStudy>[0]) =>
      problemsOfStudy(study).map(({ kind }) => kind)
    expect(kinds({ ...cleaned, cleaning: null })).toEqual(['nothing-cleaned'])
    expect(kinds({ ...cleaned, schema: 'study/3' })).toEqual(['nothing-cleaned'])
    expect(kinds({ ...written, schema: 'study/4' })).toEqual(['nothing-cleaned'])
  })
})

const ofStart = ({ start: { persons, rows } }: { start: { persons: number; rows: number } }) => ({
  persons,
  rows,
})

/** Facts by visit again, in the order of the chain. */
function visitsOf({ visit, ...tables }: PersonFacts): Facts[] {
  const [first] = visit
  return visit.map((each) => ({
    // Entries that were found to be one person are one.
    visit: [{ ...each, patient: first!.patient }],
    ...(Object.fromEntries(
      FACT_TABLE_NAMES.flatMap((table) =>
        table === 'visit'
          ? []
          : [
              [
                table,
                (tables[table] as readonly { block: number | null }[]).filter(
                  ({ block }) => block === each.block,
                ),
              ],
            ],
      ),
    ) as Omit<Facts, 'visit'>),
  }))
}
