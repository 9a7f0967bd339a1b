import { describe, expect, it } from 'vitest'
import { encode, tryDecode, type Cbor } from '../../node/chain/codec.ts'
import {
  bandOf,
  DEATH,
  NO_FURTHER,
  pathwayAxes,
  SEVERAL,
  transitionLabel,
  transitionsOf,
  waitsOf,
  type PathState,
  type PathwaysOutput,
} from './pathways-output.ts'
import { sensitivitySquared, varianceOf } from './part.ts'
import { planOf } from './plan.ts'
import { noiseOf, priceFor } from './price.ts'
import { RELEASE_DEFAULTS } from '../answers/answer-policy.ts'
import { chargeKindOf, problemsOfRequest, type ReleaseRequest } from './release-request.ts'
import { decodeRequest, encodeRequest } from './request-bytes.ts'
import { tabulate } from './tabulate.ts'

const HASH = new Uint8Array(32).fill(2)
const CLASSES = ['AMB', 'EMER', 'HH', 'IMP', 'OBSENC', 'SS', 'UNK', 'VR'] as const

const outputOf = (eventCount: number, stepsMost: number, which: 'first' | 'all' = 'all'): PathwaysOutput => ({
  kind: 'pathways',
  codeSets: {},
  events: CLASSES.slice(0, eventCount).map((name) => ({ kind: 'visit', classes: [name] })),
  watch: { left: null, atMostDays: null, until: null },
  sequence: { which, collapseDays: 30, stepsMost },
})
const requestOf = (output: PathwaysOutput, microRho = 20_000): ReleaseRequest => ({
  snapshot: HASH,
  cohort: HASH,
  cleaning: null,
  followUp: null,
  output,
  microRho,
})

/** Every way through so many steps, by words: sets of events on days, then an end. */
function waysByHand({ events, sequence }: PathwaysOutput): PathState[][] {
  const sets = Array.from({ length: 2 ** events.length - 1 }, (_, i) => i + 1)
  const stateOf = (set: number): PathState => {
    const places = events.flatMap((_, place) => ((set >> place) % 2 === 1 ? [place] : []))
    return places.length > 1 ? SEVERAL : places[0]!
  }
  const ways: PathState[][] = []
  const walk = (way: readonly number[]): void => {
    const states = way.map(stateOf)
    if (way.length === sequence.stepsMost) return void ways.push(states)
    ways.push([...states, NO_FURTHER], [...states, DEATH])
    for (const set of sets)
      if (sequence.which === 'all' || way.every((each) => (each & set) === 0)) walk([...way, set])
  }
  walk([])
  return ways
}

describe('the cells of pathways', () => {
  it('are those that can happen, and no other', () => {
    for (const which of ['first', 'all'] as const)
      for (const eventCount of [1, 2, 3])
        for (const steps of [1, 2, 3, 4]) {
          const output = outputOf(eventCount, steps, which)
          const possible = new Set(
            waysByHand(output).flatMap((way) =>
              way.map((to, i) => transitionLabel({ step: i + 1, from: i === 0 ? null : way[i - 1]!, to })),
            ),
          )
          const { transition, wait } = pathwayAxes(output)
          expect(new Set(transition.labels)).toEqual(possible)
          expect(transition.labels).toHaveLength(possible.size)
          expect(new Set(wait.labels).size).toBe(waitsOf(output).length)
        }
    expect(transitionsOf(outputOf(1, 1))).toEqual([
      { step: 1, from: null, to: 0 },
      { step: 1, from: null, to: NO_FURTHER },
      { step: 1, from: null, to: DEATH },
    ])
  })

  it('fit the most that may be asked: eight events, four steps', () => {
    expect(problemsOfRequest(requestOf(outputOf(8, 4)))).toEqual([])
    expect(transitionsOf(outputOf(8, 4))).toHaveLength(308)
    expect(waitsOf(outputOf(8, 4))).toHaveLength(180)
  })

  it('put a wait into a band by its whole days', () => {
    expect([0, 29, 30, 90, 91, 364, 365, 1_094, 1_095, 9_999].map(bandOf)).toEqual([
      0, 0, 1, 1, 2, 2, 3, 3, 4, 4,
    ])
  })
})

describe('what pathways cost', () => {
  it('is reckoned for a patient in one cell of each step, of both tables', () => {
    for (const steps of [1, 2, 3, 4]) {
      const parts = planOf(requestOf(outputOf(2, steps), 30_000))
      expect(parts.map(({ name, microRho }) => [name, microRho])).toEqual([
        ['transitions', 20_000],
        ['waits', 10_000],
      ])
      const most = [1, 2, 3, 4].slice(0, steps).map((step) => ({
        'pathway-transition': transitionLabel({ step, from: step === 1 ? null : 0, to: 0 }),
        'pathway-wait': `${step} 0 1`,
      }))
      for (const part of parts) {
        expect(sensitivitySquared(part)).toBe(BigInt(steps))
        // Rows beyond the bound, and the same again, move nothing more.
        const moved = tabulate(part, [[...most, ...most, { ...most[0]!, 'pathway-transition': '1 null -3' }]])
        expect(moved.reduce((sum, each) => sum + each * each, 0n)).toBe(BigInt(steps))
      }
      const [transitions, waits] = parts.map(varianceOf)
      // Twice the share is half the variance: steps / 2ρ.
      expect(waits!.numerator * transitions!.denominator).toBe(
        2n * transitions!.numerator * waits!.denominator,
      )
    }
  })

  it('is that of a table, and says beforehand what noise it buys', () => {
    const output = outputOf(2, 3)
    expect(chargeKindOf(output, false)).toBe('table')
    const [transitions, waits] = noiseOf(requestOf(output, 20_000), RELEASE_DEFAULTS)
    expect(transitions).toEqual({
      name: 'transitions',
      cells: transitionsOf(output).length + 1,
      halfWidth: 21,
      totalHalfWidth: transitions!.totalHalfWidth,
      shownFrom: 29,
    })
    expect(waits).toMatchObject({ name: 'waits', halfWidth: 30, shownFrom: null })
    const price = priceFor(requestOf(output), 30, 20_000)!
    expect(noiseOf(requestOf(output, price), RELEASE_DEFAULTS)[0]!.halfWidth).toBe(30)
    expect(noiseOf(requestOf(output, price - 1), RELEASE_DEFAULTS)[0]!.halfWidth).toBe(31)
  })
})

describe('the bytes of pathways', () => {
  const codes = { kind: 'diagnosis' as const, name: 'Any name', include: ['I50*', 'I21*'], exclude: [] }
  const output: PathwaysOutput = {
    ...outputOf(1, 2),
    codeSets: { mine: codes },
    events: [
      { kind: 'diagnosis', codes: 'mine' },
      { kind: 'visit', classes: ['IMP', 'EMER'] },
    ],
  }
  const bytes = encodeRequest(requestOf(output))
  const fields = tryDecode(bytes) as Cbor[]
  const [kind, text] = fields[5] as [number, string]
  const withOutput = (slots: Cbor[]) => decodeRequest(encode([...fields.slice(0, 5), slots, fields[6]!]))

  it('hold the events in one text without names, and give them back', () => {
    expect(JSON.parse(text)).toEqual({
      codeSets: { 'set-1': { kind: 'diagnosis', include: ['I21*', 'I50*'], exclude: [] } },
      events: [
        { kind: 'diagnosis', codes: 'set-1' },
        { kind: 'visit', classes: ['EMER', 'IMP'] },
      ],
      watch: output.watch,
      sequence: output.sequence,
    })
    const again = decodeRequest(bytes)!
    expect(again.output).toMatchObject({ codeSets: { 'set-1': { name: 'I21*, I50*' } } })
    expect(encodeRequest(again)).toEqual(bytes)
    const renamed = { ...output, codeSets: { other: { ...codes, name: 'Another' } } }
    const events = output.events.map((each) => ('codes' in each ? { ...each, codes: 'other' } : each))
    expect(encodeRequest(requestOf({ ...renamed, events }))).toEqual(bytes)
  })

  it('are refused in every other form', () => {
    expect(withOutput([kind, text])).not.toBeNull()
    const change = (of: (value: Record<string, any>) => unknown): string => {
      const value = JSON.parse(text) as Record<string, unknown>
      of(value)
      return JSON.stringify(value)
    }
    const wrong: Cbor[] = [
      '',
      'null',
      '[]',
      `${text} `,
      text.replace('{', '{ '),
      text.replace('I21*', 'I60*'),
      text.replace('"set-1":', '"set-2":'),
      text.replaceAll('set-1', 'set-2'),
      text.replace('["EMER","IMP"]', '["IMP","EMER"]'),
      text.replace('["EMER","IMP"]', '["EMER","XX"]'),
      change((value) => (value['name'] = 'mine')),
      change((value) => delete value['watch']),
      change((value) => (value['events'] = [])),
      change((value) => (value['sequence'].stepsMost = 5)),
      change((value) => (value['codeSets'] = {})),
      change((value) => (value['codeSets']['set-1'].name = 'mine')),
      change((value) => (value['codeSets']['set-1'].kind = 'procedure')),
      change((value) => (value['codeSets']['set-1'].include = [])),
      change((value) => (value['watch'].until = 'tomorrow')),
      7,
      null,
      new Uint8Array(3),
    ]
    for (const each of wrong) expect(withOutput([kind, each])).toBeNull()
    expect(withOutput([kind])).toBeNull()
    expect(withOutput([kind, text, null])).toBeNull()
  })

  it('say what is wrong before anything is asked', () => {
    const problems = (change: Partial<PathwaysOutput>) =>
      problemsOfRequest(requestOf({ ...output, ...change }))
    expect(problems({})).toEqual([])
    expect(problems({ codeSets: {} })).toEqual(['pathways'])
    expect(problems({ events: [{ kind: 'result', test: 'unheard-of' }] })).toEqual(['pathways'])
    expect(problems({ sequence: { ...output.sequence, stepsMost: 5 } })).toContain('pathways')
    // Nobody is waited for: the way itself is followed.
    expect(problemsOfRequest({ ...requestOf(output), followUp: HASH })).toEqual(['follow-up'])
  })
})
