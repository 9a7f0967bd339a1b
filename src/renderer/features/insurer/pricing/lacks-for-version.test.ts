import { expect, it } from 'vitest'
import { lacksForVersion } from './lacks-for-version.ts'

const whole = { name: 'Group health', validFrom: '2026-01-01', currency: 'TWD' }

it('names what a version lacks, and takes no day that does not exist', () => {
  expect(lacksForVersion(whole)).toEqual([])
  expect(lacksForVersion({ ...whole, name: '  ' })).toEqual(['name'])
  for (const validFrom of ['', '2026-1-1', '2026-02-30', '01/02/2026'])
    expect(lacksForVersion({ ...whole, validFrom }), validFrom).toEqual(['validFrom'])
  expect(lacksForVersion({ name: '', validFrom: '', currency: 'nt$' })).toEqual([
    'name',
    'validFrom',
    'currency',
  ])
})
