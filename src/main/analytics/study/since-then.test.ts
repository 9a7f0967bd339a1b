/** R9 across snapshots: what was asked before is held against the asked people as it was then, also where nothing of it differs any more. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StudyDocument } from '../../../shared/domain/study.ts'
import { RULE_DEFAULTS } from '../../privacy/rules/rule-policy.ts'
import { runOf } from '../facts/fact-columns.ts'
import { factCode, type Facts } from '../facts/fact-tables.ts'
import { atBlock, personsOf, syntheticFacts, visitLike } from '../facts/facts.test-kit.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { openWarehouse, type SnapshotScope, type Warehouse } from '../warehouse/warehouse.ts'
import { comingAgain } from './coming-again.test-kit.ts'
import { proposeRelease, type ReleaseProposal } from './propose-release.ts'
import { changedPeople, isFoundFor, sinceOf, wordsHere, type AskedThen } from './since-then.ts'

/** Who comes again within a year, by age and sex: what is written later than that changes nobody. */
const study: StudyDocument = {
  ...comingAgain,
  cohort: { ...comingAgain.cohort, steps: [{ use: 'include', rule: { kind: 'age', atLeast: 45 } }] },
  intervals: {
    ...comingAgain.intervals,
    followUp: { ...comingAgain.intervals.followUp, atMostDays: 365, until: null },
    covariates: [
      { kind: 'age', name: 'age' },
      { kind: 'sex', name: 'sex' },
    ],
  },
  models: comingAgain.models.map((model) => ({ ...model, covariates: ['age', 'sex'], factors: ['sex'] })),
  baselineBy: 'sex',
}
/** Who is never seen from afar: people are in it no more once they are. */
const neverFromAfar: StudyDocument = {
  ...study,
  cohort: {
    ...study.cohort,
    steps: [
      ...study.cohort.steps,
      {
        use: 'exclude',
        rule: {
          kind: 'occurs',
          event: { kind: 'visit', classes: ['VR'] },
          window: { from: null, to: null },
          atLeast: 1,
        },
      },
    ],
  },
}

/** Who was seen twice: with one visit under each of two keys people are in it once these are linked. */
const seenTwice: StudyDocument = {
  ...study,
  cohort: {
    ...study.cohort,
    steps: [
      ...study.cohort.steps,
      {
        use: 'include',
        rule: { kind: 'occurs', event: { kind: 'visit' }, window: { from: null, to: null }, atLeast: 2 },
      },
    ],
  },
}

const FROM_AFAR = factCode('class', 'VR')
const YEAR = 365
/** By which it is judged whether a consent has ended. */
const DAY = 20_500
/** States of the chain, by what came since the one before. */
let states: { first: number; moved: number; came: number; changed: number; eleven: number; fromAfar: number }
/** The key under which a known person came once more. */
const LINKED = 'e'.repeat(64)
let known: string
/** Two keys of one person, each with one visit before all these states. */
const HALVES = ['c'.repeat(64), 'd'.repeat(64)]
type Links = SnapshotScope['samePerson']
let warehouse: Warehouse

beforeAll(async () => {
  const facts = [...syntheticFacts(400, 'since-then', 0, false)]
  const lastDay = Math.max(...facts.map(({ visit }) => visit[0]!.day!))
  const people = personsOf(facts)
  const isIn = ({ visit }: PersonFacts) => visit[0]!.day! - visit[0]!.birth! > 46 * YEAR
  const isSeenLong = ({ visit }: PersonFacts) =>
    visit[0]!.day! < lastDay - 3 * YEAR && visit.every(({ death, died }) => death === null && died !== 1)
  const [modelOf, ...others] = people.filter((each) => isIn(each) && isSeenLong(each))
  const comesLater = others.filter(({ visit }) => visit.every((each) => each.class !== FROM_AFAR))
  const visitOf = ({ visit }: PersonFacts) => facts[visit[0]!.block!]!
  known = modelOf!.patients[0]!
  const { day } = modelOf!.visit[0]!
  facts.push(...HALVES.map((key, i) => visitLike(visitOf(modelOf!), key, day! + 100 * i)))
  const added: Facts[] = []
  const state = (...more: Facts[]) => {
    added.push(...more)
    return facts.length + added.length - 1
  }
  const newcomer = (n: number) =>
    visitLike(visitOf(modelOf!), `f${n}`.padEnd(64, 'f'), modelOf!.visit[0]!.day! + n)
  const changing = comesLater.find(
    ({ visit }) => visit[1] === undefined || visit[1].day! > visit[0]!.day! + 9,
  )!
  states = {
    first: facts.length - 1,
    moved: state(visitLike(visitOf(modelOf!), LINKED, modelOf!.visit[0]!.day! + 2 * YEAR)),
    came: state(newcomer(0)),
    changed: state(visitLike(visitOf(changing), changing.patients[0]!, changing.visit[0]!.day! + 3)),
    eleven: state(...Array.from({ length: 11 }, (_, i) => newcomer(i + 1))),
    fromAfar: state(
      ...comesLater
        .filter((each) => each !== changing)
        .slice(0, 30)
        .map((each) => {
          const later = visitLike(visitOf(each), each.patients[0]!, each.visit[0]!.day! + 2 * YEAR)
          return { ...later, visit: later.visit.map((row) => ({ ...row, class: FROM_AFAR })) }
        }),
    ),
  }
  const blocks = [...facts, ...added].map((each, block) => atBlock(each, block))
  warehouse = await openWarehouse({ threads: 1, memoryMb: 256 })
  await warehouse.load(runOf(0, blocks.length - 1, blocks))
}, 120_000)
afterAll(() => warehouse.close())

type State = keyof typeof states

/** As they are made: nothing undoes them unless a test says so. */
const linksAt = (state: State): Links => (state === 'first' ? [] : [[known, LINKED]])

const propose = (
  asked: State,
  then: State,
  {
    ask = study,
    of = null as StudyDocument | null,
    hasLost = false,
    words = null as Uint32Array | null,
    links = [linksAt(asked), linksAt(then)] as readonly [asked: Links, then: Links],
  } = {},
  kept: AskedThen = { kind: 'kept', upTo: states[then], height: 7, day: DAY, hasLost, words },
): Promise<ReleaseProposal> =>
  proposeRelease(
    warehouse,
    {
      chainId: new Uint8Array(32),
      study: ask,
      scope: { upTo: states[asked], hospitals: null, samePerson: links[0], consentDay: DAY },
      samePersonAt: new Map([[7, links[1]]]),
      purpose: 'research',
      requester: { isInsurer: false, hasRegisteredPlan: false },
      earlier: [{ people: of ?? ask, isOwn: true, words: null, then: kept }],
      recentRefusals: 0,
      earlierModels: 0,
      policy: RULE_DEFAULTS,
    },
    { hooks: {}, isCancelled: () => false },
  )

/** Whether it may leave, and what R9 says of the other snapshot. */
const saidOf = ({ kind, checks }: ReleaseProposal) => [
  kind,
  ...checks
    .filter(({ what }) => ['changed-since', 'differs-from-then', 'can-be-compared'].includes(what))
    .map(({ what, value, verdict }) => [what, value, verdict]),
]

describe('the same definition at another snapshot', { timeout: 60_000 }, () => {
  it('may leave where nobody changed, a person is known again under a key that was linked since, or no more', async () => {
    expect(saidOf(await propose('moved', 'first'))).toEqual(['to-be-checked'])
    expect(saidOf(await propose('first', 'moved'))).toEqual(['to-be-checked'])
    expect(saidOf(await propose('moved', 'first', { links: [[], []] }))).toEqual([
      'refused',
      ['changed-since', 1, 'broken'],
    ])
  })

  it('may not leave where a link that was made or ended between moves one, though no record of theirs is new', async () => {
    const linked: Links = [HALVES]
    for (const links of [
      [linked, []],
      [[], linked],
    ] as const) {
      // In it by both visits together, alone by none.
      expect(saidOf(await propose('came', 'first', { ask: seenTwice, links }))).toEqual([
        'refused',
        ['changed-since', 1, 'broken'],
      ])
      // Two people here, and one there: one who changed.
      const { thenWords, ...proposal } = await propose('first', 'first', { links })
      expect(saidOf({ thenWords, ...proposal })).toEqual(['refused', ['changed-since', 1, 'broken']])
      expect(thenWords).toEqual([Uint32Array.of(1)])
    }
    for (const links of [
      [linked, linked],
      [[], []],
    ] as const)
      expect(saidOf(await propose('first', 'first', { ask: seenTwice, links }))).toEqual(['to-be-checked'])
  })

  it('may not leave where one came, or one has other rows, whichever was asked first', async () => {
    for (const [a, b] of [
      ['came', 'moved'],
      ['changed', 'came'],
    ] as const)
      for (const [asked, then] of [
        [a, b],
        [b, a],
      ] as const)
        expect([asked, saidOf(await propose(asked, then))]).toEqual([
          asked,
          ['refused', ['changed-since', 1, 'broken']],
        ])
    expect(saidOf(await propose('changed', 'moved'))).toEqual(['refused', ['changed-since', 2, 'broken']])
  })

  it('may leave where eleven came', async () => {
    expect(saidOf(await propose('eleven', 'changed'))).toEqual([
      'to-be-checked',
      ['changed-since', 11, 'near'],
    ])
    expect(saidOf(await propose('eleven', 'first'))).toEqual(['to-be-checked', ['changed-since', 13, 'near']])
  })

  it('may not leave where nobody is found to have changed and a record was erased since, or where nothing can be found', async () => {
    expect(saidOf(await propose('moved', 'first', { hasLost: true }))).toEqual([
      'refused',
      ['changed-since', 0, 'broken'],
    ])
    expect(saidOf(await propose('first', 'moved', {}, { kind: 'lost' }))).toEqual([
      'refused',
      ['can-be-compared', 0, 'broken'],
    ])
  })

  it('costs nothing where it was found before, or where both are of the same records', async () => {
    const { thenWords } = await propose('came', 'moved')
    expect(thenWords).toEqual([Uint32Array.of(1)])
    const again = await propose('came', 'moved', { words: Uint32Array.of(12) })
    expect(saidOf(again)).toEqual(['to-be-checked', ['changed-since', 12, 'near']])
    expect(saidOf(await propose('came', 'came'))).toEqual(['to-be-checked'])
  })
})

describe('another definition at another snapshot', { timeout: 60_000 }, () => {
  it('may not leave where the people were nearly the same then, though they are others by now', async () => {
    const proposal = await propose('fromAfar', 'eleven', { of: neverFromAfar })
    expect(proposal.checks).toContainEqual(
      expect.objectContaining({ what: 'least-difference', value: 30, verdict: 'met' }),
    )
    expect(saidOf(proposal)).toEqual(['refused', ['differs-from-then', 0, 'broken']])
    // Kept, it is said again.
    const words = proposal.thenWords[0]!
    expect(saidOf(await propose('fromAfar', 'eleven', { of: neverFromAfar, words }))).toEqual(
      saidOf(proposal),
    )
    // Who came since is in none that was asked then.
    const before = await propose('eleven', 'changed', { of: neverFromAfar })
    expect(saidOf(before)[1]).toEqual(['differs-from-then', 11, 'near'])
  })
})

describe('people whose links are others at the two snapshots', () => {
  /** A row of each person, with one number. */
  const rowsOf = (...values: readonly number[]) => {
    const [start, stop, event, isWhole] = [0, 1, 0, 1].map((each) => values.map(() => each))
    return {
      rowCount: values.length,
      id: Int32Array.from(values.keys()),
      start: Float64Array.from(start!),
      stop: Float64Array.from(stop!),
      event: Uint8Array.from(event!),
      status: Uint8Array.from(event!),
      isWhole: Uint8Array.from(isWhole!),
      columns: new Map([['value', { kind: 'number' as const, values: Float64Array.from(values) }]]),
    }
  }
  const ofBoth = (one: readonly number[], other: readonly number[]) => ({
    one: Int32Array.from(one),
    other: Int32Array.from(other),
  })
  const THEN: AskedThen = { kind: 'kept', upTo: 1, height: 1, day: DAY, hasLost: false, words: null }

  it('count once where two became one or one became two, whatever their rows', () => {
    const [two, one] = [rowsOf(5, 6, 7), rowsOf(5, 7)]
    expect(changedPeople(one, two, ofBoth([8, 9], [8, 8, 9]))).toBe(1)
    expect(changedPeople(two, one, ofBoth([8, 8, 9], [8, 9]))).toBe(1)
    // Other pairs of the same keys, with the same rows in another order.
    expect(changedPeople(rowsOf(6, 5, 7), two, ofBoth([8, 8, 9], [8, 8, 9]))).toBe(0)
  })

  it('count as nobody where the rows stayed as they were, so that eleven such hide no twelfth', () => {
    const values = Array.from({ length: 12 }, (_, i) => i)
    const who = values.map((i) => 100 + i)
    const now = [...values.slice(0, 11), 99]
    expect(changedPeople(rowsOf(...now), rowsOf(...values), ofBoth(who, who))).toBe(1)
  })

  it('are the same in another definition by whichever of their keys they are in it', () => {
    // At the asked snapshot numbers 0 and 1 are one person of the earlier one, and nobody there is the third of it.
    const found = wordsHere(rowsOf(1, 1, 1), ofBoth([8, 8, 9], [8, 9, 7]))
    expect([...found]).toEqual([0b101, 1, 1, 0])
    for (const asked of [0b101, 0b110, 0b111])
      expect(sinceOf(THEN, found, Uint32Array.of(asked), false)).toEqual({ kind: 'differs', patients: 1 })
    expect(sinceOf(THEN, found, Uint32Array.of(0b100), false)).toEqual({ kind: 'differs', patients: 2 })
    expect([isFoundFor(found, false, 1), isFoundFor(found, true, 1), isFoundFor(found, false, 4)]).toEqual([
      true,
      false,
      false,
    ])
  })
})
