import { describe, expect, it } from 'vitest'
import { importExposure } from '../pricing/monitor/exposure-csv.ts'
import { ageBandsOf } from '../insurer/age-bands.ts'
import { planMonitor } from '../insurer/monitor-request.ts'
import { exposureFile } from './exposure-file.ts'

describe('exposureFile', () => {
  it('is a file that the insurer imports without an error, and a table can be asked by it', () => {
    const read = importExposure(exposureFile({ seed: 'roll', patients: 200 }, '2021-12', 24))
    if (read.kind !== 'imported') throw new Error(JSON.stringify(read.errors.slice(0, 3)))
    expect(read.months).toHaveLength(24)
    // A member counts with one month in a month, or with less.
    expect(read.memberMonths / 24).toBeGreaterThan(100)
    expect(read.memberMonths / 24).toBeLessThan(400)
    expect(read.premiumMinor / read.memberMonths).toBeGreaterThan(700)
    expect(ageBandsOf([...new Set(read.rows.map(({ key }) => key.ageBand))])).toMatchObject({ kind: 'bands' })
    expect(planMonitor(read.rows, 'Harvest', '2026-01')).toMatchObject({
      kind: 'plan',
      output: { months: 12 },
    })
  })
})
