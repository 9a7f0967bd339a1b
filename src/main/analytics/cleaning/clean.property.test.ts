import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { CLEANING_STEPS, presetSteps, usualStep, type CleaningStep } from '../../../shared/domain/cleaning.ts'
import { FACT_TABLE_NAMES, type FactTable } from '../facts/fact-tables.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { clean } from './clean.ts'
import { cleanedFacts, type CleanPerson } from './cleaned.ts'
import { cleanInPasses, type CleaningPass } from './clean-in-passes.ts'
import { cleaningLines, personLines, scoreLines, writtenLines } from './cleaning-text.ts'
import { personWith, syntheticPersons, type VisitSketch } from './cleaning.test-kit.ts'

const value = fc.oneof(
  fc.double({ min: 0, max: 500, noNaN: true }),
  fc.constantFrom(0, 42, 128, 1280, 6.5, 95),
)
const result = fc.tuple(
  fc.constantFrom('sbp', 'hba1c', 'ldlD', 'creat', 'bmi'),
  fc.option(value),
  fc.constantFrom('%', 'mg/dL', 'mmol/L', 'mmol/mol', 'mm[Hg]', 'stone', null, undefined),
)
const sketch: fc.Arbitrary<VisitSketch> = fc.record({
  visit: fc.record({
    day: fc.integer({ min: 0, max: 60 }),
    discharge: fc.option(fc.integer({ min: -10, max: 70 })),
    hospital: fc.constantFrom('H1', 'H2'),
    birth: fc.constantFrom(-9000, -8970, 30),
    sex: fc.integer({ min: 0, max: 1 }),
    class: fc.integer({ min: 0, max: 2 }),
    op: fc.constantFrom(0, 0, 0, 2),
    supersedes: fc.option(fc.integer({ min: 0, max: 5 }), { freq: 1 }),
  }),
  results: fc.array(result, { maxLength: 5 }),
  codes: fc.array(fc.constantFrom('I21O9', 'I2109', 'E119', 'ZZZ'), { maxLength: 3 }),
})
const persons = fc
  .array(fc.array(sketch, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 })
  .map((all) => all.map((each, i) => personWith(each, i, 10 * i)))
const steps: fc.Arbitrary<CleaningStep[]> = fc
  .shuffledSubarray([...CLEANING_STEPS])
  .map((names) => names.map((name) => usualStep(name)))

const OF_VISITS = { event: { event: { kind: 'visit' as const }, codeSets: {} } }
/** Several hospitals wrote down the same people: entries that steps make one, also of those that were made one before. */
const doubles = fc
  .array(fc.tuple(sketch, fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 4 })
  .map((all) =>
    all
      .flatMap(([each, times]) => Array.from({ length: times }, () => each))
      .map((each, i) => personWith([each, each], i, 10 * i)),
  )
const loose: fc.Arbitrary<CleaningStep[]> = fc
  .array(fc.constantFrom(...CLEANING_STEPS), { maxLength: 14 })
  .map((names) =>
    names.map((name, i) =>
      name === 'link-persons'
        ? {
            ...usualStep(name),
            sharedResults: 2,
            linkFromBits: i % 2 === 0 ? '1' : '8',
            reviewFromBits: '0.5',
          }
        : name === 'outlier'
          ? { ...usualStep(name), cut: '1', ownValues: 3, action: 'winsorise' as const }
          : usualStep(name),
    ),
  )

function deepFreeze<T extends object>(of: T): T {
  for (const each of Object.values(of))
    if (typeof each === 'object' && each !== null) deepFreeze(each as object)
  return Object.freeze(of)
}

/** Some at a time, as the warehouse gives them out: what is written, and every row afterwards. */
function linesInPasses(facts: readonly PersonFacts[], of: CleaningStep[], size: number): string[] {
  const run = cleanInPasses(facts.length, { steps: of }, OF_VISITS)
  const go = (pass: CleaningPass, take: (after: readonly CleanPerson[]) => void = () => {}): void => {
    for (let from = 0; from < pass.count; from += size) {
      const entries = pass.entriesOf(from, Math.min(from + size, pass.count))
      const read = entries.map((entry) => onlyOf(facts[entry]!, pass.tables ?? FACT_TABLE_NAMES))
      take(pass.add(read, entries))
    }
    pass.end()
  }
  let passCount = 0
  const last: CleanPerson[] = []
  for (let pass = run.next(); pass !== null; pass = run.next()) {
    passCount++
    const { isLast } = pass
    go(pass, (after) => isLast && last.push(...after))
  }
  expect(passCount).toBe(run.passCount)
  const again: CleanPerson[] = []
  go(run.again(), (after) => again.push(...after))
  expect(again).toEqual(last)
  const written = run.written()
  return [...writtenLines(written), ...personLines(again), ...scoreLines(written)]
}

const onlyOf = (facts: PersonFacts, tables: readonly FactTable[]): PersonFacts => ({
  ...facts,
  ...Object.fromEntries(FACT_TABLE_NAMES.map((table) => [table, tables.includes(table) ? facts[table] : []])),
})

const hashOf = (facts: PersonFacts[], of: CleaningStep[]) => {
  const hash = createHash('sha256')
  for (const line of cleaningLines(clean(facts, { steps: of }))) hash.update(`${line}\n`)
  return hash.digest('hex')
}

describe('cleaning', () => {
  it('never overwrites a source value, whatever the steps and their order', () => {
    fc.assert(
      fc.property(persons, steps, (facts, of) => {
        const copy = structuredClone(facts)
        const { persons: after } = clean(deepFreeze(facts), { steps: of })
        for (const table of FACT_TABLE_NAMES) {
          const kept = after.flatMap((person) => person[table].map(({ source }) => source as object))
          const given = facts.flatMap((person) => person[table] as readonly object[])
          // The very rows that were given, each once.
          const unseen = new Set(given)
          expect(kept.every((row) => unseen.delete(row))).toBe(true)
          expect(unseen.size).toBe(0)
        }
        expect(facts).toEqual(copy)
      }),
      { numRuns: 40 },
    )
  })

  it('names a reason for every row that is changed or gone, and counts what is left', () => {
    fc.assert(
      fc.property(persons, steps, (facts, of) => {
        const { persons: after, steps: reports, start } = clean(facts, { steps: of })
        let kept = 0
        for (const person of after)
          for (const table of FACT_TABLE_NAMES)
            for (const { source, now, isKept, flags } of person[table]) {
              if (isKept) kept++
              if (!isKept || source !== now) expect(flags.length).toBeGreaterThan(0)
            }
        expect(reports.at(-1)?.rowsOut ?? start.rows).toBe(kept)
        const rows = cleanedFacts(after).flatMap((person) =>
          FACT_TABLE_NAMES.flatMap((table) => person[table] as object[]),
        )
        expect(rows.length).toBe(kept)
        for (const [k, report] of reports.entries())
          expect(report.rowsIn).toBe(reports[k - 1]?.rowsOut ?? start.rows)
      }),
      { numRuns: 40 },
    )
  })

  it('gives the same bytes when persons come some at a time, however many', () => {
    fc.assert(
      fc.property(fc.oneof(persons, doubles), loose, fc.integer({ min: 1, max: 9 }), (facts, of, size) => {
        const whole = [...cleaningLines(clean(facts, { steps: of }, OF_VISITS))]
        expect(linesInPasses(facts, of, size)).toEqual(whole)
      }),
      { numRuns: 150 },
    )
    const { persons: facts } = syntheticPersons(60, 'passes')
    for (const preset of ['none', 'versions', 'careful', 'strict'] as const) {
      const of = presetSteps(preset)
      const whole = [...cleaningLines(clean(facts, { steps: of }, OF_VISITS))]
      expect(linesInPasses(facts, of, 17)).toEqual(whole)
    }
  }, 60_000)

  it('R4: replays byte by byte, and another parameter gives other bytes', () => {
    const { persons: facts } = syntheticPersons(12, 'replay')
    const careful = presetSteps('careful')
    const first = hashOf(facts, careful)
    expect(hashOf(structuredClone(facts), careful)).toBe(first)
    // What became of the rows themselves: the parameters stand in the report in any case.
    const rowsOf = (of: CleaningStep[]) => {
      const lines = [...cleaningLines(clean(facts, { steps: of }))]
      return lines.filter((line) => line.includes('"table"') && line.includes('"isKept"')).join('\n')
    }
    const rows = rowsOf(careful)
    expect(rowsOf(presetSteps('strict'))).not.toBe(rows)
    const cut = careful.map((step) => (step.step === 'outlier' ? { ...step, cut: '1' } : step))
    expect(rowsOf(cut)).not.toBe(rows)
  })
})
