import { describe, expect, it } from 'vitest'
import { equalBytes } from '../../shared/std/bytes.ts'
import { foundConsortium } from '../node/chain/consortium.test-kit.ts'
import type { ItemClear } from '../node/chain/item.ts'
import type { Member } from '../node/chain/members.ts'
import { decisionsOf, membersAfter } from './decisions.test-kit.ts'
import { memberAt } from './member-at.ts'

const { institutions, start } = foundConsortium({ others: ['insurer'] })
const founders = institutions.map(({ member }) => member)
const insurer = founders.find(({ kind }) => kind === 'insurer')!
const renamed: Member = { ...insurer, name: 'Merged Insurance' }
const decided = new Map<number, ItemClear[]>([
  [10, [{ kind: 'membership', change: 'replace', member: renamed, approvals: [] }]],
  [20, [{ kind: 'membership', change: 'remove', member: renamed, approvals: [] }]],
  [30, [{ kind: 'membership', change: 'add', member: insurer, approvals: [] }]],
])

const stateOf = (height: number) => membersAfter(start.consortium, decided, height)

describe('memberAt', () => {
  it('says at every later height who a member was, through a change of name, leaving and coming back', async () => {
    const nameOf = (height: number, known: number) =>
      memberAt(
        {
          state: stateOf(known),
          founders,
          decidedUpTo: async (upTo) => decisionsOf(decided, Math.min(upTo, known - 1)),
        },
        insurer.memberId,
        height,
      ).then((member) => member?.name ?? null)
    for (let height = 1; height <= 40; height++) {
      const then = stateOf(height).members.find(({ member }) => equalBytes(member.memberId, insurer.memberId))
      for (let known = height; known <= 40; known++)
        expect(await nameOf(height, known), `${height} seen from ${known}`).toBe(then?.member.name ?? null)
    }
    expect(await nameOf(11, 40)).toBe(insurer.name)
    expect(await nameOf(12, 40)).toBe('Merged Insurance')
    expect(await nameOf(22, 40)).toBeNull()
    expect(await nameOf(32, 32)).toBe(insurer.name)
  })
})
