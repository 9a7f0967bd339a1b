import { describe, expect, it } from 'vitest'
import type { Checklist } from '../../../shared/contract/upkeep.ts'
import { itemsOf } from './checklist-items.ts'

const nothing: Checklist = {
  isKitProven: false,
  address: 'alone',
  callBack: null,
  areCodeListsConfirmed: false,
  backup: { last: null, lastCheck: null },
  keysLeft: [],
}
const last = { at: 1, path: '/b', height: 1, blockCount: 1, byteCount: 1 }
const standings = (state: Checklist) =>
  itemsOf(state).map(({ kind, standing, sentence }) => `${kind} ${standing} ${sentence}`)

describe('the checklist', () => {
  it('waits for everything but the address while an institution is alone', () => {
    expect(standings(nothing)).toEqual([
      'kit open open',
      'codes open open',
      'backup open none',
      'address not-yet alone',
    ])
  })

  it('takes a backup for done when it was tried, and the address when somebody has called', () => {
    expect(standings({ ...nothing, backup: { last, lastCheck: null }, address: 'waiting' })).toEqual([
      'kit open open',
      'codes open open',
      'backup open untried',
      'address open waiting',
    ])
    const lastCheck = { at: 2, path: '/b', madeAt: 1, height: 1, blockCount: 1 }
    const done: Checklist = {
      isKitProven: true,
      areCodeListsConfirmed: true,
      address: 'reached',
      callBack: null,
      backup: { last, lastCheck },
      keysLeft: [],
    }
    expect(itemsOf(done).every(({ standing }) => standing === 'done')).toBe(true)
  })

  it('says of a call back that failed why, and only while it is still to do', () => {
    const callBack = { outcome: 'refused', memberName: 'East', address: 'north.example:4711', at: 1 } as const
    const of = (address: Checklist['address']) => itemsOf({ ...nothing, address, callBack }).at(-1)!.callBack
    expect(of('waiting')).toEqual(callBack)
    expect(of('reached')).toBeNull()
  })
})
