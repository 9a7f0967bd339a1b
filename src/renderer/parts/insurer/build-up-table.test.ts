import { describe, expect, it } from 'vitest'
import type { BuildUpView } from '../../../shared/contract/pricing.ts'
import type { Words } from '../../words/catalogue.ts'
import { en } from '../../words/pricing.ts'
import { buildUpTable, isPureOnly } from './build-up-table.ts'

const pure = { name: '', kind: 'pure-premium' as const, value: 5_913.55, amount: 5_913.55, after: 5_913.55 }
const expense = { name: 'Expenses', kind: 'factor' as const, value: 1.2, amount: 1_182.71, after: 7_096.26 }
const buildUp = (lines: BuildUpView['lines']): BuildUpView => ({
  lines,
  pure: pure.after,
  gross: lines.at(-1)!.after,
})

describe('the build-up of a premium', () => {
  it('adds up as it is written, to the last unit of money', () => {
    const { rows, header } = buildUpTable(buildUp([pure, expense]), '', 'TWD', { pricing: en } as Words, 'en')
    const of = (name: string) =>
      rows.map(({ cells }) => Number(cells[header.indexOf(name)]!.replaceAll(/[^0-9.]/g, '')))
    const [amounts, after] = [of(en.amount), of(en.after)]
    expect(after).toEqual([5_914, 7_096])
    expect(amounts).toEqual([5_914, 1_182])
  })
  it('is the pure premium as long as its first line is the only one', () => {
    expect(isPureOnly(buildUp([pure]))).toBe(true)
    expect(isPureOnly(buildUp([pure, expense]))).toBe(false)
  })
})
