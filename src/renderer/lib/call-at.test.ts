import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { callAt } from './call-at.ts'

const DAY_MS = 86_400_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('callAt', () => {
  it('calls once, at an instant that lies beyond what a timer can hold', () => {
    const run = vi.fn()
    callAt(Date.now() + 90 * DAY_MS, run)
    vi.advanceTimersByTime(90 * DAY_MS - 1)
    expect(run).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(run).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(90 * DAY_MS)
    expect(run).toHaveBeenCalledTimes(1)
  })

  it('calls at once for what is past, and not at all when it was called off on the way', () => {
    const run = vi.fn()
    callAt(Date.now() - 1, run)
    vi.advanceTimersByTime(0)
    expect(run).toHaveBeenCalledTimes(1)
    const off = vi.fn()
    const stop = callAt(Date.now() + 60 * DAY_MS, off)
    vi.advanceTimersByTime(30 * DAY_MS)
    stop()
    vi.advanceTimersByTime(60 * DAY_MS)
    expect(off).not.toHaveBeenCalled()
  })
})
