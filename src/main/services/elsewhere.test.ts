import { expect, it } from 'vitest'
import type { MemberId, MerkleRoot } from '../node/chain/ids.ts'
import type { FoundVisit } from '../node/access/patient-finder.ts'
import { visitsThatStand } from './elsewhere.ts'

const version = (n: number, author: number, op: FoundVisit['op'], supersedes: number | null): FoundVisit => ({
  index: n,
  author: new Uint8Array(16).fill(author) as MemberId,
  visitId: new Uint8Array(16).fill(7),
  merkleRoot: new Uint8Array(32).fill(n) as MerkleRoot,
  op,
  supersedes: supersedes === null ? null : new Uint8Array(32).fill(supersedes),
  patient: { epoch: 0, key: new Uint8Array(32) },
})
const standing = (...versions: FoundVisit[]): number[] => visitsThatStand(versions).map(({ index }) => index)

it('counts a visit once, by the version that counts, and not when its hospital took it back', () => {
  expect(standing(version(1, 1, 'create', null))).toEqual([1])
  expect(standing(version(1, 1, 'create', null), version(2, 1, 'amend', 1))).toEqual([2])
  expect(standing(version(1, 1, 'create', null), version(2, 1, 'retract', 1))).toEqual([])
  const late = [version(1, 1, 'create', null), version(2, 1, 'amend', 1), version(3, 1, 'retract', 1)]
  expect(standing(...late)).toEqual([2])
})

it('lets no hospital hide another hospital’s visit by a version that names it', () => {
  expect(standing(version(1, 1, 'create', null), version(2, 2, 'retract', 1))).toEqual([1])
  expect(standing(version(1, 1, 'create', null), version(2, 2, 'amend', 1))).toEqual([1, 2])
})
