import { describe, expect, it } from 'vitest'
import { usualDoseMissed } from './odd-dose.ts'

describe('usualDoseMissed', () => {
  it('tells a dose that is ten times the usual one or a tenth of it, in whatever unit of mass', () => {
    expect(usualDoseMissed('500 mg bid', '9.1', 'mg')).toBe('500 mg')
    expect(usualDoseMissed('500 mg bid', '5000', 'mg')).toBe('500 mg')
    expect(usualDoseMissed('500 mg bid', '50', 'g')).toBe('500 mg')
    expect(usualDoseMissed('50 mcg qd', '50', 'mg')).toBe('50 ug')
  })
  it('says nothing of what a physician may well mean, nor where nothing is known', () => {
    expect(usualDoseMissed('500 mg bid', '1000', 'mg')).toBeNull()
    expect(usualDoseMissed('500 mg bid', '0.85', 'g')).toBeNull()
    expect(usualDoseMissed('500 mg bid', '1', 'tab')).toBeNull()
    expect(usualDoseMissed('', '9.1', 'mg')).toBeNull()
    expect(usualDoseMissed('as directed', '9.1', 'mg')).toBeNull()
  })
})
