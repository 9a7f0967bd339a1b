import { describe, expect, it } from 'vitest'
import { instantText } from './zone.ts'

describe('instantText', () => {
  it('writes the offset that holds in the zone on that day', () => {
    expect(instantText('2026-05-03', '09:30', 'Asia/Taipei')).toBe('2026-05-03T09:30:00+08:00')
    expect(instantText('2026-01-03', '09:30', 'America/New_York')).toBe('2026-01-03T09:30:00-05:00')
    expect(instantText('2026-07-03', '09:30', 'America/New_York')).toBe('2026-07-03T09:30:00-04:00')
    expect(instantText('2026-07-03', '00:10', 'Asia/Kathmandu')).toBe('2026-07-03T00:10:00+05:45')
  })
  it('leaves a day without a time alone', () => {
    expect(instantText('2026-05-03', '', 'Asia/Taipei')).toBe('2026-05-03')
  })
})
