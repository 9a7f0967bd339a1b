import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDraftClock } from './draft-clock.ts'

describe('the clock of drafts', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const clockAndSaves = () => {
    const save = vi.fn()
    return { save, clock: createDraftClock(save) }
  }

  it('saves when a field is left, at once and once', () => {
    const { save, clock } = clockAndSaves()
    clock.changed()
    clock.left()
    expect(save).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(10_000)
    expect(save).toHaveBeenCalledTimes(1)
  })
  it('saves two seconds after the first of many keys in one field', () => {
    const { save, clock } = clockAndSaves()
    for (let i = 0; i < 30; i++) {
      clock.changed()
      vi.advanceTimersByTime(100)
    }
    expect(save).toHaveBeenCalledTimes(1)
  })
  it('saves nothing for going from field to field, nor after it was stopped', () => {
    const { save, clock } = clockAndSaves()
    clock.left()
    clock.changed()
    clock.stop()
    clock.left()
    vi.advanceTimersByTime(10_000)
    expect(save).not.toHaveBeenCalled()
  })
})
