import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { estimatedFiltration } from '../../shared/domain/units.ts'
import {
  baselineMace,
  courseOf,
  creatinineOf,
  DAYS_PER_YEAR,
  etaMace,
  filtrationOf,
  riskIntervals,
  TRUTH,
} from './model.ts'
import { exp } from '../stats/det/exp.ts'
import { sha256Words } from './sha256.ts'
import { streamOf } from './random.ts'

describe('sha256Words', () => {
  it('is SHA-256 for texts of every length around a block', () => {
    for (const length of [0, 1, 3, 54, 55, 56, 57, 63, 64, 65, 119, 120, 200]) {
      const text = 'x'.repeat(length)
      const hex = [...sha256Words(text)].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
      expect(hex).toBe(createHash('sha256').update(text).digest('hex'))
    }
  })
})

describe('streamOf', () => {
  it('gives the same draws for the same name and others for another', () => {
    const draws = (seed: string, index: number, purpose: string) => {
      const stream = streamOf(seed, index, purpose)
      return [stream.uniform(), stream.normal(), stream.exponential(2)]
    }
    expect(draws('1', 7, 'demo')).toEqual(draws('1', 7, 'demo'))
    expect(draws('1', 7, 'demo')).not.toEqual(draws('1', 7, 'cost'))
    expect(draws('1', 7, 'demo')).not.toEqual(draws('1', 8, 'demo'))
  })
})

describe('the model', () => {
  it('inverts the filtration formula exactly, and it is the formula of the checks', () => {
    for (const male of [0, 1] as const) {
      for (let filtration = 6; filtration <= 138; filtration += 6) {
        const creatinine = creatinineOf(filtration, 63, male)
        expect(filtrationOf(creatinine, 63, male)).toBeCloseTo(filtration, 8)
        expect(estimatedFiltration(creatinine, 63, male === 0)).toBeCloseTo(filtration, 8)
      }
    }
  })

  it('lets the truth be found again: the score of every coefficient is near zero', () => {
    // At the true coefficients sum of x (event - cumulative hazard) has mean 0 and variance sum of x² hazard.
    const names = ['age', 'male', 'sbp', 'bmi', 'former', 'current', 'hba1c', 'ldl', 'egfr', 'one']
    const allScores: number[][] = names.map(() => [])
    const patients = 3000
    for (const seed of ['11', '12', '13', '14']) {
      const score = names.map(() => 0)
      const variance = names.map(() => 0)
      for (let index = 0; index < patients; index++) {
        const course = courseOf(seed, index)
        const hospital = TRUTH.hospitalLogHazard[course.visits[0]!.hospital]!
        for (const row of riskIntervals(course)) {
          const { x } = row
          const hazard =
            exp(etaMace(x) + hospital) *
            (baselineMace(row.stop / DAYS_PER_YEAR) - baselineMace(row.start / DAYS_PER_YEAR))
          const values = [
            (x.age - 60) / 10,
            x.male,
            (x.sbp - 130) / 10,
            (x.bmi - 26) / 5,
            x.smoking === 1 ? 1 : 0,
            x.smoking === 2 ? 1 : 0,
            x.hba1c - 6,
            x.ldl / 38.67 - 3,
            (x.egfr - 80) / 10,
            1,
          ]
          values.forEach((value, i) => {
            score[i]! += value * ((row.isEvent ? 1 : 0) - hazard)
            variance[i]! += value * value * hazard
          })
        }
      }
      names.forEach((_, i) => allScores[i]!.push(score[i]! / Math.sqrt(variance[i]!)))
    }
    for (const [i, scores] of allScores.entries()) {
      const mean = scores.reduce((a, b) => a + b, 0) / scores.length
      expect(Math.abs(mean), `${names[i]}: ${scores.map((z) => z.toFixed(2))}`).toBeLessThan(1.5)
      for (const z of scores) expect(Math.abs(z), names[i]).toBeLessThan(3.5)
    }
  })

  it('yields the events, deaths and visits that it promises', () => {
    let mace = 0
    let deaths = 0
    let visits = 0
    const patients = 3000
    for (let index = 0; index < patients; index++) {
      const course = courseOf('yield', index)
      if (course.mace !== null) mace++
      if (course.death !== null) deaths++
      visits += course.visits.length
      course.visits.forEach((visit, k) => {
        if (k > 0) expect(visit.t).toBeGreaterThan(course.visits[k - 1]!.t)
        expect(visit.t).toBeLessThanOrEqual(course.end)
      })
    }
    expect(mace / patients).toBeGreaterThan(0.11)
    expect(mace / patients).toBeLessThan(0.15)
    expect(deaths / patients).toBeGreaterThan(0.04)
    expect(deaths / patients).toBeLessThan(0.08)
    expect(visits / patients).toBeGreaterThan(9)
    expect(visits / patients).toBeLessThan(11)
  })
})
