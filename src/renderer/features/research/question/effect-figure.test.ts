import { describe, expect, it } from 'vitest'
import type { SplineAnswer } from '../../../parts/research/fit-answer.ts'
import { effectFigure } from './effect-figure.ts'

const words = {
  ratio: 'Hazard ratio',
  name: 'Age',
  description: (name: string, reference: string, points: string) => `${name}, ${reference}: ${points}`,
  against: (reference: string) => `against ${reference}`,
}

describe('effectFigure', () => {
  it('says ratios with as many decimals as it takes to tell their limits from 1', () => {
    const logs = (...values: number[]) => values.map(Math.log)
    const effect = {
      at: [40, 60, 80],
      lower: logs(1, 1.0041, 1.2),
      estimate: logs(1, 1.0123, 1.5),
      upper: logs(1, 1.0206, 1.9),
    }
    const figure = effectFigure({ effect, reference: 40 } as unknown as SplineAnswer, words, 'en')!
    expect(figure.description).toContain('40: 1.00 (1.00–1.00); ')
    expect(figure.description).toContain('60: 1.012 (1.004–1.021); ')
    expect(figure.description).toMatch(/80: 1\.50 \(1\.20–1\.90\)$/)
  })
})
