import { describe, expect, it } from 'vitest'
import {
  coefficientRows,
  parseAnswer,
  ratioKind,
  roundValues,
  stepsOf,
} from '../../../parts/research/fit-answer.ts'
import {
  knotsOf,
  missingOf,
  modelToFit,
  NEW_MODEL,
  withCovariate,
  withFactor,
  withKey,
  withKnots,
  withoutPair,
  withPair,
} from './model-form.ts'

describe('the form of a model', () => {
  it('says what is still needed, by kind of model', () => {
    expect(missingOf(NEW_MODEL)).toEqual(['stop', 'event', 'covariates'])
    const named = withKey(withKey(NEW_MODEL, 'stop', 't'), 'event', 'd')
    expect(missingOf(withCovariate(named, 'x', true, false))).toEqual([])
    expect(missingOf(withKey(named, 'family', 'km'))).toEqual([])
    expect(missingOf(withKey(named, 'family', 'poisson'))).toEqual(['response'])
    expect(missingOf(withKey(withCovariate(named, 'x', true, false), 'family', 'ridge'))).toEqual(['theta'])
  })

  it('takes text as groups, and gives them up with the covariate', () => {
    const taken = withCovariate(withCovariate(NEW_MODEL, 'c', true, true), 'n', true, false)
    expect(taken).toMatchObject({ covariates: ['c', 'n'], factors: ['c'] })
    expect(withFactor(taken, 'n', true)['factors']).toEqual(['c', 'n'])
    expect(withCovariate(taken, 'c', false, true)).toMatchObject({ covariates: ['n'], factors: [] })
  })

  it('lets numbers bend and act together, and gives both up with the covariate', () => {
    const taken = withCovariate(withCovariate(NEW_MODEL, 'a', true, false), 'b', true, false)
    const both = withPair(withKnots(taken, 'a', 5), ['a', 'b'])
    expect(both).toMatchObject({ splines: [{ covariate: 'a', knots: 5 }], interactions: [['a', 'b']] })
    expect(knotsOf(both, 'a')).toBe(5)
    expect(knotsOf({ ...both, splines: [{ covariate: 'a', knots: [1, 2, 3] }] }, 'a')).toBe(3)
    const referred = { ...both, splines: [{ covariate: 'a', knots: 5, reference: 60 }] }
    expect(withKnots(referred, 'a', 3)['splines']).toEqual([{ covariate: 'a', knots: 3, reference: 60 }])
    expect(withFactor(both, 'a', true)).not.toHaveProperty('splines')
    expect(withoutPair(both, 0)).not.toHaveProperty('interactions')
    const left = withCovariate(both, 'a', false, false)
    expect(left).not.toHaveProperty('splines')
    expect(left).not.toHaveProperty('interactions')
    expect(modelToFit({ ...both, family: 'km' })).not.toHaveProperty('splines')
  })

  it('keeps keys of a file that the form does not show, and drops those that the kind of model has no use for', () => {
    const file = {
      family: 'cox',
      stop: 't',
      event: 'd',
      covariates: ['x'],
      ties: 'breslow',
      offset: 'o',
      eps: 1e-10,
      tie: 'efron',
    }
    expect(modelToFit(file)).toEqual(file)
    expect(modelToFit({ ...file, family: 'km' })).toEqual({
      family: 'km',
      stop: 't',
      event: 'd',
      eps: 1e-10,
      tie: 'efron',
    })
    expect(withKey(file, 'offset', '')).not.toHaveProperty('offset')
  })
})

describe('the answer of a fit', () => {
  it('gives each coefficient its ratio and limits, and none to one that is not estimable', () => {
    const answer = parseAnswer(
      '{"family":"cox","n":3,"dropped":0,"warnings":[],"names":["a","b"],"coefficients":[0.5,null],"stdErr":[0.1,null],"lower":[0.3,null],"upper":[0.7,null],"p":[0.01,null]}',
    )
    const [a, b] = coefficientRows(answer)
    expect(a!.ratio).toBeCloseTo(Math.exp(0.5), 12)
    expect([a!.lower, a!.upper].map((v) => v!.toFixed(4))).toEqual(['1.3499', '2.0138'])
    expect(b).toMatchObject({ coefficient: null, ratio: null, lower: null })
    expect(['cox', 'logistic', 'negbin', 'tweedie'].map(ratioKind)).toEqual([
      'hazard',
      'odds',
      'rate',
      'mean',
    ])
  })

  it('draws a long curve with its first and last step and no more corners than there are places', () => {
    const time = Array.from({ length: 5000 }, (_, i) => i)
    const numbers = time.map((i) => 1 - i / 5000)
    const curve = { stratum: null, time, atRisk: time, events: time, estimate: numbers } as never
    const steps = stepsOf(curve, 100)
    expect(steps).toHaveLength(100)
    expect(steps[0]).toEqual({ time: 0, estimate: 1 })
    expect(steps.at(-1)!.time).toBe(4999)
    const flat = { stratum: null, time: [1, 2, 3], estimate: [1, 1, 1] } as never
    expect(stepsOf(flat).map((s) => s.time)).toEqual([1, 3])
  })
})

describe('the marks of an axis', () => {
  it('are few and round, inside what is shown', () => {
    expect(roundValues(0, 1650, 7)).toEqual([0, 500, 1000, 1500])
    expect(roundValues(0, 0.7, 8)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7])
    expect(roundValues(-3, 9, 7)).toEqual([-2, 0, 2, 4, 6, 8])
    expect(roundValues(0, 1e-9, 7).length).toBeLessThanOrEqual(7)
  })
})
