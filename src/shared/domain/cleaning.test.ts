import { describe, expect, it } from 'vitest'
import {
  canonicalCleaning,
  CLEANING_PRESETS,
  CLEANING_STEPS,
  cleaningPipeline,
  cleaningProblems,
  cleaningWarnings,
  presetSteps,
  usualStep,
  type CleaningPipeline,
} from './cleaning.ts'

const pipeline = (steps: CleaningPipeline['steps'], title = 'Mine'): CleaningPipeline => ({
  schema: 'cleaning/1',
  title,
  steps,
})

describe('a cleaning pipeline', () => {
  it('has presets that can be run without a problem and without a warning', () => {
    for (const preset of CLEANING_PRESETS) {
      const made = pipeline(presetSteps(preset))
      expect(cleaningPipeline.parse(made)).toEqual(made)
      expect(cleaningProblems(made)).toEqual([])
      expect(cleaningWarnings(made)).toEqual([])
    }
    expect(presetSteps('careful').map(({ step }) => step)).toEqual([...CLEANING_STEPS])
  })

  it('has one text for what it does: titles and the order of lists say nothing, order and parameters do', () => {
    const { resultStatuses, ...rest } = usualStep('select-version')
    const turned = { ...rest, resultStatuses: [...resultStatuses].reverse() }
    const text = canonicalCleaning(pipeline([usualStep('select-version'), usualStep('range-rule')]))
    expect(canonicalCleaning(pipeline([turned, usualStep('range-rule')], 'Other'))).toBe(text)
    expect(canonicalCleaning(pipeline([usualStep('range-rule'), turned]))).not.toBe(text)
    expect(
      canonicalCleaning(pipeline([turned, { ...usualStep('range-rule'), unusual: 'missing' }])),
    ).not.toBe(text)
  })

  it('says which tests it does not know', () => {
    const steps = [
      { ...usualStep('carry-forward'), maxGapDays: { sbp: 365, mood: 3 } },
      { ...usualStep('missingness'), tests: ['smoking'] },
      { ...usualStep('link-persons'), reviewFromBits: '30' },
    ]
    expect(cleaningProblems({ steps })).toEqual([
      { kind: 'unknown-test', step: 0, test: 'mood' },
      { kind: 'no-number', step: 1, test: 'smoking' },
      { kind: 'review-above-link', step: 2 },
    ])
  })

  it('goes back to no older state, and warns of visits that no snapshot gives out', () => {
    const old = { ...usualStep('select-version'), asOfBlock: 4 }
    expect(cleaningProblems({ steps: [old] })).toEqual([{ kind: 'older-state', step: 0 }])
    const planned = {
      ...usualStep('select-version'),
      visitStatuses: ['finished', 'planned'] as ('finished' | 'planned')[],
    }
    expect(cleaningProblems({ steps: [planned] })).toEqual([])
    expect(cleaningWarnings({ steps: [planned] })).toEqual([{ kind: 'finished-only', step: 0 }])
  })

  it('warns of a step before its work and of one that comes twice', () => {
    const steps = [usualStep('range-rule'), usualStep('harmonise-units'), usualStep('range-rule')]
    expect(cleaningWarnings({ steps })).toEqual([
      { kind: 'before-its-work', step: 0, needs: 'harmonise-units' },
      { kind: 'twice', step: 2 },
    ])
  })

  it('takes no step and no number that the grammar does not have', () => {
    const wrong = (step: object) => cleaningPipeline.safeParse(pipeline([step as never])).success
    expect(wrong({ ...usualStep('outlier'), tail: '0.5' })).toBe(false)
    expect(wrong({ ...usualStep('outlier'), cut: '-1' })).toBe(false)
    expect(wrong({ step: 'run-sql', version: 1 })).toBe(false)
    expect(wrong({ ...usualStep('outlier'), version: 2 })).toBe(false)
  })
})
