/** Random questions about synthetic patients: what is said of their ways agrees with a walk day by day, and no small number is said. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDay } from '../../../shared/domain/dates.ts'
import {
  binCountOf,
  pathwaysDefinition,
  problemsOfPathways,
  type PathwaysDefinition,
  type TrajectoryClock,
} from '../../../shared/domain/pathways.ts'
import { syntheticFacts } from '../facts/facts.test-kit.ts'
import { personsOf } from '../persons/persons.test-kit.ts'
import { pathwaysByHand, survivalByHand, type ByHand } from './by-hand.test-kit.ts'
import { quantile } from '../persons/quantile.ts'
import { createTraversal, type SaidCount, type Traversal } from './traverse.ts'

const everybody = personsOf(syntheticFacts(300, 'pathways'))
const lastDay = Math.max(...everybody.flatMap(({ visit }) => visit.map(({ day }) => day!)))
const indexed = everybody.map((facts) => ({ facts, index: Math.min(...facts.visit.map(({ day }) => day!)) }))

const codeSets: PathwaysDefinition['codeSets'] = {
  dm: { kind: 'diagnosis', name: 'Diabetes', include: ['E11*'], exclude: [] },
  ht: { kind: 'diagnosis', name: 'Hypertension', include: ['I10*'], exclude: [] },
  cvd: { kind: 'diagnosis', name: 'Cardiovascular', include: ['I21*', 'I63*', 'I50*'], exclude: [] },
  statin: { kind: 'medicine', name: 'Statins', include: ['C10AA*'], exclude: [] },
}
const event = fc.constantFrom<PathwaysDefinition['classes'][number]['event']>(
  { kind: 'diagnosis', codes: 'dm' },
  { kind: 'diagnosis', codes: 'ht' },
  { kind: 'diagnosis', codes: 'cvd' },
  { kind: 'prescription', codes: 'statin' },
  { kind: 'result', test: 'hba1c', value: { atLeast: '7' } },
  { kind: 'visit', classes: ['IMP'] },
  { kind: 'visit' },
)
const clock: fc.Arbitrary<TrajectoryClock> = fc.oneof(
  fc.record({
    kind: fc.constant('index' as const),
    from: fc.integer({ min: -400, max: 0 }),
    to: fc.integer({ min: 300, max: 1500 }),
    each: fc.constantFrom(90, 180, 365),
  }),
  fc.record({
    kind: fc.constant('age' as const),
    from: fc.integer({ min: 20, max: 45 }),
    to: fc.integer({ min: 50, max: 90 }),
    each: fc.constantFrom(5, 10),
  }),
  fc.record({
    kind: fc.constant('calendar' as const),
    from: fc.constant(2010),
    to: fc.integer({ min: 2012, max: 2024 }),
    each: fc.constantFrom(6 as const, 12 as const),
  }),
)
const definition: fc.Arbitrary<PathwaysDefinition> = fc
  .record({
    classes: fc.array(event, { minLength: 1, maxLength: 4 }),
    left: fc.option(fc.constant({ withoutVisitDays: 400, countedDays: 100 })),
    atMostDays: fc.option(fc.integer({ min: 100, max: 2500 })),
    until: fc.option(fc.integer({ min: lastDay - 1500, max: lastDay + 90 }).map(formatDay)),
    which: fc.constantFrom('first' as const, 'all' as const),
    collapseDays: fc.constantFrom(0, 30, 200),
    stepsMost: fc.integer({ min: 1, max: 4 }),
    from: fc.option(fc.constant(0)),
    trajectory: fc.option(fc.record({ test: fc.constantFrom('hba1c', 'sbp'), clock })),
  })
  .map(({ classes, left, atMostDays, until, which, collapseDays, stepsMost, from, trajectory }) => ({
    schema: 'pathways/1' as const,
    title: 'Random',
    codeSets,
    classes: classes.map((each, i) => ({ name: `Class ${i}`, event: each })),
    watch: { left, atMostDays, until },
    sequence: { which, collapseDays, stepsMost },
    wait: { from, to: classes.length - 1 },
    trajectory,
    exemplars: { count: 2, seed: 'a seed' },
  }))

const asked = (own: PathwaysDefinition, persons = indexed): Traversal => {
  const traversal = createTraversal(own, lastDay)
  const half = Math.floor(persons.length / 2)
  traversal.add(persons.slice(0, half))
  traversal.add(persons.slice(half))
  return traversal.finish()
}
const isTold = (said: SaidCount, count: number): void => {
  if (said.said === 'exact') expect(said.count).toBe(count)
  if (said.said === 'small') expect([count > 0, count < 11]).toEqual([true, true])
  if (said.said === 'withheld') expect(count).toBeGreaterThanOrEqual(11)
  if (count > 0 && count < 11) expect(said.said).not.toBe('exact')
}

const seen = { links: 0, points: 0, values: 0, others: 0 }

describe('what is said of ways through time', () => {
  it('is what a walk day by day counts, whatever is asked', () => {
    fc.assert(
      fc.property(definition, (own) => {
        expect(pathwaysDefinition.parse(own)).toEqual(own)
        expect(problemsOfPathways(own)).toEqual([])
        const byHand = pathwaysByHand(own, indexed, lastDay)
        const answer = asked(own)
        if (answer.kind !== 'traversed') throw new Error(answer.kind)
        expect(answer.persons).toBe(indexed.length)
        sequencesAgree(answer, byHand)
        waitsAgree(answer, byHand)
        valuesAgree(answer, byHand, own)
        expect(asked(own)).toEqual(answer)
      }),
      // One seed: what the last line asks for is in these questions, and may not be in others.
      { numRuns: Number(process.env['PATHWAYS_RUNS'] ?? 15), seed: 11 },
    )
    // Questions of which nothing is said would prove nothing.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0)
  }, 240_000)

  it('is nothing at all of fewer than 11 persons', () => {
    const [own] = fc.sample(definition, { numRuns: 1, seed: 3 })
    expect(asked(own!, [])).toEqual({ kind: 'too-few', isNobody: true })
    expect(asked(own!, indexed.slice(0, 10))).toEqual({ kind: 'too-few', isNobody: false })
    expect(asked(own!, indexed.slice(0, 11)).kind).not.toBe('too-few')
  })
})

type Traversed = Extract<Traversal, { kind: 'traversed' }>

function sequencesAgree({ sequences }: Traversed, { ways }: ByHand): void {
  const nameOf = (at: number): string => {
    const { what } = sequences.nodes[at]!
    if (what.kind !== 'classes') return what.kind
    return [0, 1, 2, 3, 4, 5, 6, 7]
      .filter((bit) => (what.classes & (1 << bit)) !== 0)
      .map((bit) => String.fromCharCode(65 + bit))
      .join('+')
  }
  // Rare kinds are one node: the names of those that have a node of their own say which.
  const shownAt = (step: number) =>
    new Set(sequences.nodes.flatMap((node, i) => (node.step === step ? [nameOf(i)] : [])))
  const pooled = ways.map(({ names, days }) => ({
    days,
    names: names.map((name, i) => (shownAt(i + 1).has(name) ? name : 'other')),
  }))
  for (const [i, node] of sequences.nodes.entries()) {
    const count = pooled.filter(({ names }) => names[node.step - 1] === nameOf(i)).length
    isTold(node.persons, count)
    if (node.what.kind === 'other') seen.others++
  }
  const counted = new Map<string, number[]>()
  for (const { names, days } of pooled)
    for (const [i, name] of names.entries()) {
      const key = `${i + 1} ${i === 0 ? 'index' : names[i - 1]} ${name}`
      counted.set(key, [...(counted.get(key) ?? []), days[i]! - (i === 0 ? 0 : days[i - 1]!)])
    }
  const keys = sequences.links.map(
    ({ from, to }) => `${sequences.nodes[to]!.step} ${from === null ? 'index' : nameOf(from)} ${nameOf(to)}`,
  )
  expect([...keys].sort()).toEqual([...counted.keys()].sort())
  for (const [i, { persons, days }] of sequences.links.entries()) {
    const gaps = counted.get(keys[i]!)!
    isTold(persons, gaps.length)
    if (gaps.length < 11) expect(days).toBeNull()
    if (days === null) continue
    seen.links++
    expect(days.median).toBe(
      Math.round(
        quantile(
          [...gaps].sort((a, b) => a - b),
          0.5,
        ),
      ),
    )
  }
}

function waitsAgree({ waits, persons }: Traversed, byHand: ByHand): void {
  const { without, died, unseen, atEnd } = byHand.waitCounts
  isTold(waits!.without, without)
  isTold(waits!.died, died)
  isTold(waits!.unseen, unseen)
  isTold(waits!.atEnd, atEnd)
  isTold(waits!.persons, persons - without)
  isTold(waits!.events, byHand.waits.filter(({ had }) => had).length)
  let before = -Infinity
  for (const { day, had, waiting } of waits!.points) {
    seen.points++
    expect(had).toBeCloseTo(1 - survivalByHand(byHand.waits, day), 1)
    const between = byHand.waits.filter((each) => each.had && each.days > before && each.days <= day)
    expect(between.length).toBeGreaterThanOrEqual(11)
    const left = byHand.waits.filter(({ days }) => days > day).length
    expect(left).toBeGreaterThanOrEqual(11)
    expect(Math.abs(waiting - left)).toBeLessThanOrEqual(5)
    before = day
  }
  const { median } = waits!.quartiles
  if (median === null) return
  expect(survivalByHand(byHand.waits, median.days + 1)).toBeLessThanOrEqual(0.5 + 1e-9)
  expect(survivalByHand(byHand.waits, median.days - 1)).toBeGreaterThanOrEqual(0.5 - 1e-9)
}

function valuesAgree({ trajectory }: Traversed, { values }: ByHand, own: PathwaysDefinition): void {
  if (trajectory === null) return
  expect(trajectory.bins).toHaveLength(binCountOf(own.trajectory!.clock))
  for (const [bin, { persons, values: said }] of trajectory.bins.entries()) {
    const all = [...(values[bin] ?? [])].sort((a, b) => a - b)
    isTold(persons, all.length)
    if (all.length < 11) expect(said).toBeNull()
    if (said === null) continue
    seen.values++
    expect(said.median).toBe(Number(quantile(all, 0.5).toPrecision(3)))
    expect(said.p90 === null).toBe(all.length < 28)
  }
}
