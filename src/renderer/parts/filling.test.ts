import { describe, expect, it } from 'vitest'
import type { JobProgress } from '../../shared/contract/jobs.ts'
import { besideFilling, fillingOf } from './filling.ts'

const job = (kind: JobProgress['kind'], unit: JobProgress['unit'], done: number): JobProgress => ({
  jobId: `${kind}-${unit}`,
  kind,
  state: 'running',
  done,
  total: 200,
  unit,
  startedAt: 0,
  rate: null,
  secondsLeft: null,
})
const filling = job('demonstration', 'patients', 0)
const part = job('import', 'patients', 55)
const files = job('import', 'bytes', 7)

describe('while the demonstration is made', () => {
  it('says one number of patients: the consortium’s, and not a member’s own part beside it', () => {
    expect(fillingOf([part, filling])).toBe(filling)
    expect(besideFilling([filling, part, files])).toEqual([files])
  })

  it('shows the part where no such bar stands', () => {
    expect(besideFilling([part])).toEqual([part])
    expect(besideFilling([{ ...filling, state: 'done' }, part])).toEqual([part])
    expect(fillingOf([job('demonstration', 'members', 3)])).toBe(undefined)
  })
})
