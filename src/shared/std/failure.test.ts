import { describe, expect, it } from 'vitest'
import { assert, InvariantViolation, present } from './assert.ts'
import { Failure, failureCode } from './failure.ts'
import { unreachable } from './unreachable.ts'

class DiskFailure extends Failure<{ code: 'disk-full'; freeBytes: number } | { code: 'closed' }> {}

describe('Failure', () => {
  it('carries its detail, its cause and the name of its class', () => {
    const cause = new Error('ENOSPC')
    const failure = new DiskFailure({ code: 'disk-full', freeBytes: 3 }, { cause })
    expect(failure).toMatchObject({ name: 'DiskFailure', message: 'disk-full', cause })
    expect(failure.detail).toEqual({ code: 'disk-full', freeBytes: 3 })
    expect(failureCode(failure)).toBe('disk-full')
    expect(failureCode(cause)).toBeNull()
  })
})

describe('assert', () => {
  it('stops when a rule of ours does not hold', () => {
    expect(() => assert(true, 'fine')).not.toThrow()
    expect(() => assert(0, 'zero is false')).toThrow(InvariantViolation)
    expect(present(0)).toBe(0)
    expect(() => present(null)).toThrow(InvariantViolation)
  })
})

describe('unreachable', () => {
  it('names the tag of the case and nothing of its content', () => {
    expect(() => unreachable({ kind: 'odd', name: 'Ada' } as never)).toThrow('unexpected case: odd')
    expect(() => unreachable('Ada' as never)).toThrow('unexpected case: string')
  })
})
