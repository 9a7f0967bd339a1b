import { describe, expect, it } from 'vitest'
import { instantText, recordedZoneNote, zoneNote } from './zone.ts'

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

describe('the zone beside a time', () => {
  const winter = Date.parse('2026-11-29T14:41:00Z')
  it('is said where the clock of the facility and the machine differ', () => {
    expect(zoneNote('Asia/Taipei', winter, 'UTC')).toBe('UTC+08:00')
    expect(zoneNote('America/New_York', winter, 'Asia/Taipei')).toBe('UTC-05:00')
    expect(zoneNote('UTC', winter, 'Asia/Kathmandu')).toBe('UTC+00:00')
  })
  it('is not said where both show the same', () => {
    expect(zoneNote('Asia/Taipei', winter, 'Asia/Shanghai')).toBeNull()
    expect(zoneNote('Europe/London', winter, 'UTC')).toBeNull()
    expect(zoneNote('Europe/London', Date.parse('2026-07-29T14:41:00Z'), 'UTC')).toBe('UTC+01:00')
  })
  it('of a record is that of its own offset', () => {
    expect(recordedZoneNote('2026-11-29T22:41:00+08:00', 'UTC')).toBe('UTC+08:00')
    expect(recordedZoneNote('2026-11-29T22:41:00+08:00', 'Asia/Taipei')).toBeNull()
    expect(recordedZoneNote('2026-11-29', 'UTC')).toBeNull()
  })
})
