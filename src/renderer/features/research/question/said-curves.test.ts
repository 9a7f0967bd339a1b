/** R8: a curve of records has no step of one person, and its numbers at risk are not exact. */
import { describe, expect, it } from 'vitest'
import type { Curve } from '../../../parts/research/fit-answer.ts'
import { curvesFigure } from '../../../parts/research/curves-figure.ts'
import * as cohorts from '../../../words/cohorts.ts'
import * as question from '../../../words/question.ts'
import { riskTable, saidCurve } from './said-curves.ts'

const words = { cohorts: cohorts.en, question: question.en }

/** One event a day among so many persons: each step of the curve is one person's. */
function daily(persons: number, events: number): Curve {
  const days = Array.from({ length: events }, (_, i) => i + 1)
  const estimate = days.map((day) => (persons - day) / persons)
  return {
    stratum: null,
    time: days,
    atRisk: days.map((day) => persons - day + 1),
    events: days.map(() => 1),
    estimate,
    stdErr: days.map(() => 0.01),
    lower: estimate,
    upper: estimate,
  }
}

describe('R8: a Kaplan-Meier curve of records', () => {
  it('has steps of at least 11 events, at their last day, with the estimate of that day', () => {
    const curve = daily(200, 100)
    const said = saidCurve(curve)!
    expect(said.time).toEqual([11, 22, 33, 44, 55, 66, 77, 88, 99])
    expect(said.estimate).toEqual(said.time.map((day) => (200 - day) / 200))
    expect(said.atRisk).toEqual(said.time.map((day) => 200 - day + 1))
    // The picture is of the same points as the table: no other day of it is anywhere.
    const figure = curvesFigure(
      [said],
      { time: 'Days', probability: 'P', nameOf: () => 'all', description: (names) => names },
      'en',
    )!
    const path = figure.shapes.find(({ kind }) => kind === 'path') as { d: string }
    expect(path.d.match(/V/g)).toHaveLength(9)
  })

  it('ends while 11 persons are still there, and is none of fewer events or persons', () => {
    expect(saidCurve(daily(33, 33))!.time).toEqual([11, 22])
    expect(saidCurve(daily(32, 32))!.time).toEqual([11])
    expect(saidCurve(daily(200, 10))).toBeNull()
    expect(saidCurve(daily(15, 15))).toBeNull()
    expect(saidCurve({ ...daily(20, 20), time: [], atRisk: [], events: [] })).toBeNull()
  })

  it('has a table of who is at risk to tens, where few and nobody are one answer', () => {
    const table = riskTable([daily(107, 100), daily(64, 64)], () => 'all', words, 'en')!
    expect(table.header).toEqual(['Days', '0', '20', '40', '60', '80'])
    expect(table.rows.map(({ cells }) => cells.slice(1))).toEqual([
      ['110', '90', '70', '50', '30'],
      ['60', '50', '30', '<11', '<11'],
    ])
    expect(riskTable([daily(200, 5)], () => 'all', words, 'en')).toBeNull()
    expect(riskTable([], () => 'all', words, 'en')).toBeNull()
  })
})
