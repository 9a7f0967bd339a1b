import { describe, expect, it } from 'vitest'
import {
  OTHER_UNIT,
  usualStep,
  type CleaningStep,
  type StepOf,
  type CleaningStepName,
} from '../../../shared/domain/cleaning.ts'
import { dayOfCivil } from '../../../shared/domain/dates.ts'
import { factCode, type FactRow } from '../facts/fact-tables.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { deathOf } from '../persons/person-says.ts'
import { clean } from './clean.ts'
import { cleanedFacts } from './cleaned.ts'
import { personWith, prescriptionRow, type VisitSketch } from './cleaning.test-kit.ts'
import type { CountedEvent } from './count-events.ts'

const run = (persons: PersonFacts[], ...steps: CleaningStep[]) => clean(persons, { steps })
const one = (sketches: VisitSketch[]) => [personWith(sketches)]
const usual = <Name extends CleaningStepName>(name: Name, over: Partial<StepOf<Name>> = {}) =>
  ({ ...usualStep(name), ...over }) as CleaningStep
const flagsOf = (rows: readonly { flags: readonly { reason: string }[] }[]) =>
  rows.map(({ flags }) => flags.map(({ reason }) => reason))
const canonicals = (persons: readonly { observation: readonly { now: FactRow<'observation'> }[] }[]) =>
  persons.flatMap(({ observation }) => observation.map(({ now }) => now.canonical))

describe('the version that counts', () => {
  const amended: VisitSketch[] = [
    { visit: { block: 1, day: 100 }, results: [['sbp', 120]] },
    { visit: { block: 5, day: 100, supersedes: 1 }, results: [['sbp', 125]] },
    { visit: { block: 9, day: 100, supersedes: 1 }, results: [['sbp', 130]] },
  ]
  it('is the first that replaced another, never one that came too late', () => {
    const { persons, steps } = run(one(amended), usual('select-version'))
    expect(persons[0]!.visit.map(({ isKept }) => isKept)).toEqual([false, true, false])
    expect(flagsOf(persons[0]!.visit)).toEqual([['replaced'], [], ['came-too-late']])
    expect(
      canonicals(persons.map((each) => ({ observation: each.observation.filter(({ isKept }) => isKept) }))),
    ).toEqual([125])
    expect(steps[0]).toMatchObject({ rowsIn: 6, rowsOut: 2, rowsChanged: 0 })
  })
  it('is an older one at an older state', () => {
    const { persons } = run(one(amended), usual('select-version', { asOfBlock: 4 }))
    expect(persons[0]!.visit.map(({ isKept }) => isKept)).toEqual([true, false, false])
  })
  it('is none of what was taken back, is not finished or has no final result', () => {
    const facts = personWith([
      { visit: { op: factCode('op', 'retract') } },
      { visit: { status: factCode('visitStatus', 'entered-in-error') } },
      {
        results: [
          ['sbp', 120],
          ['dbp', 80],
        ],
      },
    ])
    const last = facts.observation[1]!
    const changed = {
      ...facts,
      observation: [facts.observation[0]!, { ...last, status: factCode('observationStatus', 'preliminary') }],
    }
    const { persons } = run([changed], usual('select-version'))
    expect(flagsOf(persons[0]!.visit)).toEqual([['retracted'], ['visit-status'], []])
    expect(flagsOf(persons[0]!.observation)).toEqual([[], ['result-status']])
  })
})

describe('text', () => {
  it('has zeros for the letter O where ICD-10 has digits, and marks what is no such code', () => {
    const { persons } = run(
      one([{ codes: ['I21O9', 'ZO000', 'O9A2', 'ZZZ', 'I10'] }]),
      usual('normalise-text'),
    )
    expect(persons[0]!.diagnosis.map(({ now }) => now.code)).toEqual(['I2109', 'Z0000', 'O9A2', 'ZZZ', 'I10'])
    expect(flagsOf(persons[0]!.diagnosis)).toEqual([
      ['letter-o'],
      ['letter-o'],
      [],
      ['code-not-understood'],
      [],
    ])
    expect(persons[0]!.diagnosis[0]!.source.code).toBe('I21O9')
  })
  it('has a number where digits of another width were typed', () => {
    const facts = personWith([{ results: [['sbp', null, null]] }])
    facts.observation[0]!.textValue = 128
    const { persons } = run([facts], usual('normalise-text'), usual('harmonise-units'))
    expect(canonicals(persons)).toEqual([128])
    expect(flagsOf(persons[0]!.observation)).toEqual([['digits-of-another-width', 'unit-guessed']])
  })
})

describe('persons under two keys', () => {
  const results = [
    ['sbp', 131],
    ['hba1c', 7.3],
    ['creat', 1.13],
  ] as const
  const birth = dayOfCivil(1961, 4, 9)
  const others = Array.from({ length: 200 }, (_, k) =>
    personWith(
      [
        {
          visit: { birth: 100 * k, region: k % 2 === 0 ? 'A' : 'B' },
          results: [
            ['sbp', 100 + k],
            ['hba1c', 5 + k / 20],
            ['creat', 0.8 + k / 50],
          ],
        },
      ],
      k + 2,
      100 + k,
    ),
  )
  const first = personWith([{ visit: { birth }, results }, { visit: { birth } }], 0, 0)
  it('are one where a visit was written down twice and birth and sex agree', () => {
    const again = personWith([{ visit: { birth, day: 18_000, hospital: 'H2' }, results }], 1, 50)
    const { persons, steps } = run([first, again, ...others], usual('link-persons'), usual('deduplicate'))
    expect(steps[0]!.finding).toEqual({ kind: 'links', links: { linked: 1, forReview: 0 } })
    expect(persons[0]!.patients).toHaveLength(2)
    expect(persons[0]!.visit.map(({ isKept }) => isKept)).toEqual([true, true, false])
    expect(steps[1]!.left.persons).toBe(201)
  })
  it('stay two where birth and sex differ, and where only some values are alike', () => {
    const stranger = personWith(
      [{ visit: { birth: 5, sex: factCode('sex', 'male'), day: 18_000 }, results }],
      1,
      50,
    )
    expect(run([first, stranger, ...others], usual('link-persons')).persons).toHaveLength(202)
    const alike = personWith(
      [
        {
          visit: { birth, day: 18_000 },
          results: [
            ['sbp', 131],
            ['hba1c', 7.4],
            ['creat', 1.13],
          ],
        },
      ],
      1,
      50,
    )
    expect(run([first, alike, ...others], usual('link-persons')).steps[0]!.finding).toEqual({
      kind: 'links',
      links: { linked: 0, forReview: 0 },
    })
  })
})

describe('visits that were written down twice', () => {
  const results = [
    ['sbp', 131],
    ['hba1c', 7.3],
  ] as const
  it('are one where everything agrees, and two where the billed amount differs', () => {
    const same: VisitSketch = { visit: { day: 100 }, results, codes: ['I10'], billed: 900 }
    const { persons, steps } = run(one([same, same, { ...same, billed: 950 }]), usual('deduplicate'))
    expect(persons[0]!.visit.map(({ isKept }) => isKept)).toEqual([true, false, true])
    expect(steps[0]!.finding).toMatchObject({ duplicates: { exact: 1, near: 0 } })
  })
  it('are two where something was done or given at one of them only, and where nothing is said of either', () => {
    const facts = personWith([
      { visit: { day: 100 }, codes: ['I10'] },
      { visit: { day: 100 }, codes: ['I10'] },
      { visit: { day: 100 }, codes: ['I10'] },
      { visit: { day: 100, department: 'EYE' }, codes: ['I10'] },
      { visit: { day: 130 } },
      { visit: { day: 130 } },
    ])
    facts.prescription = [prescriptionRow(1, 'A10BA02'), prescriptionRow(2, 'C10AA05')]
    const { persons, steps } = run([facts], usual('deduplicate'))
    expect(persons[0]!.visit.every(({ isKept }) => isKept)).toBe(true)
    expect(steps[0]!.finding).toMatchObject({ duplicates: { exact: 0 } })
    facts.prescription = [1, 2].map((block) => prescriptionRow(block, 'A10BA02'))
    const again = run([facts], usual('deduplicate'))
    expect(again.persons[0]!.visit.map(({ isKept }) => isKept)).toEqual([true, true, false, true, true, true])
  })
  it('are one of three where each was copied from the one before, with every item once', () => {
    const shared = [...results, ['k', 4.1]] as const
    const { persons } = run(
      one([
        { visit: { block: 0, day: 102 }, results: shared },
        { visit: { block: 1, day: 101, hospital: 'H2' }, results: [...shared, ['na', 140]] },
        { visit: { block: 2, day: 100, hospital: 'H3' }, results: [...shared, ['na', 140], ['cl', 101]] },
      ]),
      usual('deduplicate'),
    )
    const [facts] = cleanedFacts(persons)
    expect(facts!.visit.map(({ block }) => block)).toEqual([0])
    expect(facts!.observation.map(({ block, value }) => [block, value])).toEqual([
      [0, 131],
      [0, 7.3],
      [0, 4.1],
      [0, 140],
      [0, 101],
    ])
  })
  it('are one across facilities where they share enough, with what only the later one knew', () => {
    const { persons } = run(
      one([
        { visit: { day: 100 }, results, codes: ['I10'] },
        { visit: { day: 101, hospital: 'H2' }, results: [...results, ['k', 4.1]], codes: ['I10'] },
      ]),
      usual('deduplicate'),
    )
    const [facts] = cleanedFacts(persons)
    expect(facts!.visit.map(({ block }) => block)).toEqual([0])
    expect(facts!.observation.map(({ block, canonical }) => [block, canonical])).toEqual([
      [0, 131],
      [0, 7.3],
      [0, 4.1],
    ])
    expect(facts!.diagnosis).toHaveLength(1)
  })
  it('leave behind that the person died, and when, where only the copy that goes says so', () => {
    const stay = { class: factCode('class', 'IMP'), day: 100 }
    const deathAfter = (...visits: VisitSketch['visit'][]) => {
      const { persons } = run(
        one(visits.map((visit) => ({ visit, results, codes: ['I10'] }))),
        usual('deduplicate'),
      )
      const [facts] = cleanedFacts(persons)
      return [facts!.visit.map(({ block, discharge }) => [block, discharge]), deathOf(facts!)]
    }
    // Near: of another hospital.
    expect(deathAfter(stay, { ...stay, hospital: 'H2', deathFrom: 130, death: 130 })).toEqual([
      [[0, null]],
      130,
    ])
    const ended = { ...stay, hospital: 'H2', died: 1, discharge: 107 }
    expect(deathAfter({ ...stay, discharge: 105 }, ended)).toEqual([[[0, 107]], 107])
    expect(deathAfter({ ...stay, deathFrom: 109, death: 109 }, ended)).toEqual([[[0, 107]], 109])
    // Exact: all but this is the same.
    expect(deathAfter({ ...stay, discharge: 106 }, { ...stay, discharge: 106, died: 1 })).toEqual([
      [[0, 106]],
      106,
    ])
    expect(deathAfter(stay, { ...stay, deathFrom: 120, death: 120 })).toEqual([[[0, null]], 120])
  })
  it('are two where results contradict each other, and are marked where little is known', () => {
    const contradicting = run(
      one([
        {
          visit: { day: 100 },
          results: [
            ['sbp', 131],
            ['hba1c', 7.3],
          ],
          codes: ['I10', 'E119', 'E785'],
        },
        {
          visit: { day: 101, hospital: 'H2' },
          results: [
            ['sbp', 120],
            ['hba1c', 6.3],
          ],
          codes: ['I10', 'E119', 'E785'],
        },
      ]),
      usual('deduplicate'),
    )
    expect(contradicting.steps[0]!.finding).toMatchObject({ duplicates: { near: 0, suspected: 0 } })
    const little = run(
      one([
        { visit: { day: 100 }, results: [['sbp', 131]] },
        { visit: { day: 100, hospital: 'H2' }, results: [['sbp', 131]] },
      ]),
      usual('deduplicate'),
    )
    expect(little.steps[0]!.finding).toMatchObject({ duplicates: { near: 0, suspected: 1 } })
  })
  it('are a transfer where one stay follows the other elsewhere: both count', () => {
    const stay = factCode('class', 'IMP')
    const { persons, steps } = run(
      one([
        { visit: { class: stay, day: 100, discharge: 104 }, codes: ['I214'] },
        { visit: { class: stay, day: 104, discharge: 110, hospital: 'H2' }, codes: ['I214'] },
        { visit: { class: stay, day: 140, discharge: 150, hospital: 'H1' }, codes: ['I214'] },
      ]),
      usual('deduplicate'),
    )
    expect(steps[0]!.finding).toMatchObject({ duplicates: { transfers: 1 } })
    expect(persons[0]!.visit.map(({ flags }) => flags)).toEqual([
      [],
      [{ step: 'deduplicate', reason: 'transfer', note: '0' }],
      [],
    ])
    expect(persons[0]!.visit.every(({ isKept }) => isKept)).toBe(true)
  })
})

describe('units', () => {
  it('are converted as stated where that gives a usual value', () => {
    const { persons, steps } = run(
      one([
        {
          results: [
            ['hba1c', 48, 'mmol/mol'],
            ['ldlD', 2.5, 'mmol/L'],
          ],
        },
      ]),
      usual('harmonise-units'),
    )
    expect(canonicals(persons)[0]).toBeCloseTo(6.544, 9)
    expect(canonicals(persons)[1]).toBeCloseTo(96.675, 9)
    expect(steps[0]!.rowsChanged).toBe(0)
  })
  it('are guessed where exactly one other unit makes the value usual, and the source keeps its own', () => {
    const { persons } = run(
      one([
        {
          results: [
            ['hba1c', 48],
            ['creat', 95],
            ['ldlD', 2.5],
          ],
        },
      ]),
      usual('harmonise-units'),
    )
    expect(canonicals(persons).map((value) => Math.round(100 * value!) / 100)).toEqual([6.54, 1.07, 96.68])
    expect(flagsOf(persons[0]!.observation)).toEqual([['unit-guessed'], ['unit-guessed'], ['unit-guessed']])
    expect(persons[0]!.observation[0]!.source).toMatchObject({ value: 48, unit: '%', canonical: 48 })
  })
  it('are not guessed where the person’s own values say that a decimal point moved', () => {
    const own: VisitSketch = { results: [['sbp', 131]] }
    const { persons } = run(
      one([own, own, { results: [['sbp', 12.8]] }]),
      usual('harmonise-units'),
      usual('range-rule'),
    )
    expect(canonicals(persons)).toEqual([131, 131, null])
    expect(flagsOf(persons[0]!.observation)[2]).toEqual(['decimal-point-likely', 'impossible'])
    const alone = run(
      one([own, own, { results: [['sbp', 12.8]] }]),
      usual('harmonise-units', { isHeldAgainstOwn: false }),
    )
    expect(canonicals(alone.persons)[2]).toBeCloseTo(96.008, 3)
  })
  it('are believed where the value can be, unless the person’s own values say clearly that another was meant', () => {
    const heavy = run(
      one([{ results: [['weight', 198]] }, { results: [['weight', 199]] }, { results: [['weight', 201]] }]),
      usual('harmonise-units'),
    )
    expect(canonicals(heavy.persons)).toEqual([198, 199, 201])
    expect(flagsOf(heavy.persons[0]!.observation)).toEqual([[], [], ['unit-doubtful']])
    const anaemic = run(
      one([{ results: [['hgb', 5.1]] }, { results: [['hgb', 5.1]] }, { results: [['hgb', 4.9]] }]),
      usual('harmonise-units'),
    )
    expect(canonicals(anaemic.persons)).toEqual([5.1, 5.1, 4.9])
    // Nobody knows better of a person who was weighed once.
    const once = run(one([{ results: [['weight', 201]] }]), usual('harmonise-units'))
    expect(canonicals(once.persons)).toEqual([201])
    const pounds = run(
      one([{ results: [['weight', 91]] }, { results: [['weight', 92]] }, { results: [['weight', 201]] }]),
      usual('harmonise-units'),
    )
    expect(canonicals(pounds.persons)[2]).toBeCloseTo(91.172, 3)
    expect(flagsOf(pounds.persons[0]!.observation)[2]).toEqual(['unit-guessed'])
  })
  it('are said to be unknown where they are, and nothing fits', () => {
    const { persons } = run(
      one([
        {
          results: [
            ['sbp', 5, 'stone'],
            ['hgb', 14, null],
          ],
        },
      ]),
      usual('harmonise-units'),
    )
    expect(canonicals(persons)[0]).toBeNull()
    expect(flagsOf(persons[0]!.observation)).toEqual([['unit-unknown'], ['unit-guessed']])
  })
})

describe('the range rule', () => {
  it('makes what is impossible missing and marks what is unusual', () => {
    const facts = one([
      {
        results: [
          ['sbp', 1310],
          ['sbp', 210],
          ['sbp', 131],
        ],
      },
    ])
    const { persons, steps } = run(facts, usual('range-rule'))
    expect(canonicals(persons)).toEqual([null, 210, 131])
    expect(steps[0]).toMatchObject({ rowsChanged: 1, rowsFlagged: 1 })
    expect(canonicals(run(facts, usual('range-rule', { unusual: 'missing' })).persons)).toEqual([
      null,
      null,
      131,
    ])
  })
})

describe('outliers', () => {
  const crowd = Array.from({ length: 40 }, (_, k) =>
    personWith(
      [0, 1, 2, 3, 4].map((v) => ({ results: [['tg', 100 + ((k * 7) % 35) + v]] })),
      k,
      10 * k,
    ),
  )
  const withValue = (value: number) => {
    const [first, ...rest] = crowd
    const observation = first!.observation.map((row, i) =>
      i === 2 ? { ...row, value, canonical: value } : row,
    )
    return [{ ...first!, observation }, ...rest]
  }
  it('are marked, not changed, where they are far from all people of the sex', () => {
    const { persons, steps } = run(withValue(900), usual('outlier'))
    expect(flagsOf(persons[0]!.observation)).toEqual([[], [], ['outlier'], [], []])
    expect(canonicals(persons)[2]).toBe(900)
    expect(steps[0]!.rowsFlagged).toBe(1)
  })
  it('are told as a jump where only the person’s own values say so', () => {
    const jumping = crowd.map((person, k) => {
      const level = k % 2 === 0 ? 60 : 400
      const observation = person.observation.map((row, v) => ({
        ...row,
        canonical: level * (1 + 0.02 * (v % 3)),
      }))
      return { ...person, observation }
    })
    jumping[0]!.observation[1]!.canonical = 400
    const { persons } = run(jumping, usual('outlier'))
    expect(flagsOf(persons[0]!.observation)[1]).toEqual(['jump'])
  })
  it('are missing or pulled in where a person asks for it', () => {
    expect(canonicals(run(withValue(900), usual('outlier', { action: 'missing' })).persons)[2]).toBeNull()
    const pulled = canonicals(
      run(withValue(900), usual('outlier', { action: 'winsorise', tail: '0.01' })).persons,
    )[2]!
    expect(pulled).toBeGreaterThan(130)
    expect(pulled).toBeLessThan(140)
  })
})

describe('dates', () => {
  const birth = dayOfCivil(1961, 4, 9)
  it('of birth are repaired where day and month were exchanged and the other visits agree', () => {
    const swapped = dayOfCivil(1961, 9, 4)
    const { persons } = run(
      one([{ visit: { birth } }, { visit: { birth: swapped } }, { visit: { birth } }]),
      usual('date-rules'),
    )
    expect(persons[0]!.visit.map(({ now }) => now.birth)).toEqual([birth, birth, birth])
    expect(persons[0]!.visit[1]!.source.birth).toBe(swapped)
  })
  it('of birth are only marked where nothing explains them, or one visit stands against one', () => {
    const { persons } = run(
      one([{ visit: { birth } }, { visit: { birth: birth + 400 } }, { visit: { birth } }]),
      usual('date-rules'),
    )
    expect(persons[0]!.visit[1]!.now.birth).toBe(birth + 400)
    const even = run(
      one([{ visit: { birth } }, { visit: { birth: dayOfCivil(1961, 9, 4) } }]),
      usual('date-rules'),
    )
    expect(flagsOf(even.persons[0]!.visit)).toEqual([[], ['birth-differs']])
  })
  it('of birth after the visit speak for no other date: the person’s results stay', () => {
    const facts = one([
      { visit: { birth: 18_500, day: 18_000 }, results: [['sbp', 131]], codes: ['I10'] },
      { visit: { birth, day: 18_030 }, results: [['sbp', 128]] },
    ])
    facts[0]!.diagnosis[0]!.onset = 17_000
    const { persons } = run(facts, usual('date-rules'))
    expect(canonicals(persons)).toEqual([131, 128])
    expect(persons[0]!.visit.map(({ now }) => now.birth)).toEqual([null, birth])
    expect(persons[0]!.diagnosis[0]!.now.onset).toBe(17_000)
    const alone = run(
      one([{ visit: { birth: 18_500, day: 18_000 }, results: [['sbp', 131]] }]),
      usual('date-rules'),
    )
    expect(canonicals(alone.persons)).toEqual([131])
  })
  it('that cannot be are missing; sex is what most visits say', () => {
    const facts = personWith([
      { visit: { birth, discharge: 17_990, day: 18_000 }, codes: ['I10'] },
      { visit: { birth, sex: factCode('sex', 'male') } },
      { visit: { birth } },
    ])
    facts.diagnosis[0]!.onset = 18_500
    const { persons } = run([facts], usual('date-rules'))
    expect(persons[0]!.visit[0]!.now.discharge).toBeNull()
    expect(persons[0]!.diagnosis[0]!.now.onset).toBeNull()
    expect(new Set(persons[0]!.visit.map(({ now }) => now.sex)).size).toBe(1)
    expect(flagsOf(persons[0]!.visit)).toEqual([['discharge-before-admission'], ['sex-differs'], []])
  })
})

describe('what is handed on and reported', () => {
  it('says what will be known at each visit, by the age of the value', () => {
    const { steps, handedOn } = run(
      one([
        { visit: { day: 0 } },
        { visit: { day: 100 }, results: [['hba1c', 6]] },
        { visit: { day: 200 } },
        { visit: { day: 900 } },
      ]),
      usual('carry-forward', { maxGapDays: { hba1c: 365 } }),
    )
    expect(steps[0]!.finding).toEqual({
      kind: 'carry',
      carry: [{ test: 'hba1c', maxGapDays: 365, sameDay: 1, carried: 1, tooOld: 1, never: 1 }],
    })
    expect(handedOn.maxGapDays).toEqual({ hba1c: 365 })
  })
  it('counts what is missing by test, hospital and year', () => {
    const { steps } = run(
      one([
        { visit: { day: dayOfCivil(2020, 1, 5) }, results: [['sbp', 120]] },
        { visit: { day: dayOfCivil(2020, 6, 5) } },
        { visit: { day: dayOfCivil(2021, 1, 5), hospital: 'H2' } },
      ]),
      usual('missingness', { tests: ['sbp'] }),
    )
    expect(steps[0]!.finding).toEqual({
      kind: 'missing',
      missing: {
        cells: [
          { test: 'sbp', hospital: 'H1', year: 2020, visits: 2, missing: 1 },
          { test: 'sbp', hospital: 'H2', year: 2021, visits: 1, missing: 1 },
        ],
        random: null,
      },
    })
  })
  it('counts the event by the rules of cohorts: what was refuted or never given is none', () => {
    const facts = personWith([
      { codes: ['E119'] },
      { codes: ['E119'] },
      { results: [['hba1c', 7]] },
      { results: [['hba1c', 7]] },
    ])
    facts.diagnosis[1]!.verification = factCode('verification', 'refuted')
    facts.observation[1]!.status = factCode('observationStatus', 'preliminary')
    facts.prescription = [prescriptionRow(0, 'A10BA02'), prescriptionRow(1, 'A10BA02')]
    facts.prescription[1]!.status = factCode('prescriptionStatus', 'entered-in-error')
    const codeSets: CountedEvent['codeSets'] = {
      dm: { kind: 'diagnosis', name: 'dm', include: ['E11*'], exclude: [] },
      metformin: { kind: 'medicine', name: 'metformin', include: ['A10BA02'], exclude: [] },
    }
    const eventsOf = (event: CountedEvent['event']) =>
      clean([facts], { steps: [] }, { event: { event, codeSets } }).start.events
    expect(eventsOf({ kind: 'diagnosis', codes: 'dm' })).toBe(1)
    expect(eventsOf({ kind: 'result', test: 'hba1c' })).toBe(1)
    expect(eventsOf({ kind: 'prescription', codes: 'metformin' })).toBe(1)
    expect(eventsOf({ kind: 'visit' })).toBe(4)
  })
  it('names no unit that the table does not have: what was typed there may be anything', () => {
    const { before } = run(
      one([
        { results: [['sbp', 17, 'kPa']] },
        { results: [['sbp', 12, 'Mr Chen']] },
        { results: [['sbp', 5, null]] },
      ]),
    )
    expect(new Set(before.tests[0]!.units.map(({ unit }) => unit))).toEqual(
      new Set(['kPa', null, OTHER_UNIT]),
    )
  })
  it('takes a test that is named twice once', () => {
    const facts = one([{ results: [['sbp', 120]] }, {}])
    const findingOf = (tests: string[]) =>
      run(facts, usual('missingness', { tests, isTested: false })).steps[0]!.finding
    expect(findingOf(['sbp', 'hba1c', 'sbp'])).toEqual(findingOf(['sbp', 'hba1c']))
  })
  it('scores the burden of disease from what was known: earlier visits, and what was there on admission', () => {
    const facts = personWith([
      { visit: { day: 0 }, codes: ['I50'] },
      { visit: { day: 100 }, codes: ['C780', 'J449'] },
      { visit: { day: 500 } },
    ])
    facts.diagnosis[2]!.presentOnAdmission = factCode('presentOnAdmission', 'Y')
    const { steps, handedOn } = run([facts], usual('group-codes', { elixhauser: null, charlson: 'quan2011' }))
    // Day 0: nothing is known. Day 100: heart failure (2) and lung disease that was there (1), not the cancer that was found.
    // Day 500: metastatic cancer (6) and lung disease (1); heart failure lies more than a year back.
    expect(handedOn.scores.charlson!.map(({ day, score }) => [day, score])).toEqual([
      [0, 0],
      [100, 3],
      [500, 0],
    ])
    const wider = run(
      [facts],
      usual('group-codes', { elixhauser: null, charlson: 'quan2011', lookBackDays: 400 }),
    )
    expect(wider.handedOn.scores.charlson!.map(({ score }) => score)).toEqual([0, 3, 7])
    const [{ finding }] = steps as [(typeof steps)[number]]
    const groups = finding.kind === 'groups' ? finding.groups[0] : undefined
    expect(groups!.conditions.filter(({ persons }) => persons > 0).map(({ key }) => key)).toEqual([
      'chf',
      'cpd',
    ])
  })
})
