import { describe, expect, it } from 'vitest'
import type { StudyDocument, StudyModel } from '../../../shared/domain/study.ts'
import { ANSWER_BYTES_MAX } from '../../node/studies/answers.ts'
import { BY_RULE_BYTES_MAX, encodeByRule, readByRule } from './by-rule-bytes.ts'
import { canBeAnsweredByRule } from './by-rule-size.ts'

const model: StudyModel = {
  title: 'A model',
  family: 'cox',
  covariates: ['age', 'sex'],
  factors: ['sex'],
  splines: [],
  interactions: [],
  strata: [],
  isClusteredByPerson: false,
  ties: 'efron',
  confidencePercent: 95,
  curvesOf: null,
}
const ages = Array.from({ length: 90 }, (_, i) => `age${String(i)}`)
function study(
  models: readonly Partial<StudyModel>[],
  baselineBy: string | null,
  numbers = 1,
): StudyDocument {
  const covariates = [
    { kind: 'age', name: 'age' },
    { kind: 'sex', name: 'sex' },
    { kind: 'hospital', name: 'hospital' },
    ...ages.slice(0, numbers).map((name) => ({ kind: 'age', name })),
  ]
  return {
    intervals: { covariates },
    models: models.map((each) => ({ ...model, ...each })),
    baselineBy,
  } as unknown as StudyDocument
}

describe('how long an answer by rule can be', () => {
  it('is what gateways keep and hand over', () => {
    expect(BY_RULE_BYTES_MAX).toBe(ANSWER_BYTES_MAX)
  })
  it('lets ordinary studies through, and twenty models with a curve', () => {
    expect(canBeAnsweredByRule(study([{}], 'sex'), 4)).toBe(true)
    const twenty = Array.from({ length: 19 }, () => ({}))
    expect(
      canBeAnsweredByRule(study([...twenty, { family: 'km', covariates: ['hospital'] }], 'sex', 8), 4),
    ).toBe(true)
  })
  it.each([
    [
      'curves of every hospital, again and again',
      Array(9).fill({ family: 'km', covariates: ['hospital'] }),
      null,
      1,
    ],
    ['quartiles of many numbers by hospital', [{}], 'hospital', 5],
    [
      'more coefficients than a model may have',
      [
        {
          covariates: ['hospital', 'age0'],
          factors: ['hospital', 'age0'],
          interactions: [['hospital', 'age0']],
        },
      ],
      null,
      1,
    ],
    ['cells of hospital by hospital-like groups', [{}], 'age0', 1],
  ] as const)('does not let %s be asked', (_, models, by, numbers) => {
    expect(canBeAnsweredByRule(study(models as readonly Partial<StudyModel>[], by, numbers), 40)).toBe(false)
  })
  it('reads nothing that is longer', () => {
    const step = (i: number) => ({ day: String(30 * i), survival: '0.9', atRisk: '100' })
    const curves = Array.from({ length: 499 }, (_, c) => ({
      name: `curve/0/${String(c)}`,
      kind: 'curve' as const,
      steps: Array.from({ length: 120 }, (_, i) => step(i)),
    }))
    expect(readByRule(encodeByRule(curves.slice(0, 100)))).not.toBeNull()
    expect(readByRule(encodeByRule(curves))).toBeNull()
  })
})
