import { describe, expect, it } from 'vitest'
import { standingsOf, type VersionPlace } from './version-order.ts'

const version = (
  merkleRoot: string,
  supersedes: string | null,
  index: number | null,
  sequence = 0,
): VersionPlace => ({
  merkleRoot,
  visitId: 'v',
  supersedes,
  index,
  sequence,
})
const standing = (...versions: VersionPlace[]) => Object.fromEntries(standingsOf(versions))

describe('standingsOf', () => {
  it('lets the first of two amendments of one version count, whatever their clocks and order of arrival', () => {
    expect(standing(version('late', 'a', 7), version('a', null, 1), version('first', 'a', 3))).toEqual({
      a: 'superseded',
      first: 'current',
      late: 'conflict',
    })
  })
  it('lets what is in the chain count before what waits', () => {
    expect(
      standing(version('a', null, 1), version('waits', 'a', null, 1), version('final', 'a', 9, 2)),
    ).toEqual({
      a: 'superseded',
      final: 'current',
      waits: 'conflict',
    })
  })
  it('keeps a version that follows one in conflict in conflict too', () => {
    const all = [version('a', null, 1), version('b', 'a', 2), version('c', 'a', 3), version('d', 'c', 4)]
    expect(standing(...all, version('e', 'b', 5))).toEqual({
      a: 'superseded',
      b: 'superseded',
      c: 'conflict',
      d: 'conflict',
      e: 'current',
    })
  })
  it('bridges a version whose key was destroyed', () => {
    expect(standing(version('a', null, 1), version('c', 'erased', 5))).toEqual({
      a: 'superseded',
      c: 'current',
    })
  })
})
