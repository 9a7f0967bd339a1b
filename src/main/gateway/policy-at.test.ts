import { describe, expect, it } from 'vitest'
import type { ItemClear } from '../node/chain/item.ts'
import { createPolicy } from '../node/chain/policy.ts'
import { decisionsOf } from './decisions.test-kit.ts'
import { policyAt } from './policy-at.ts'

const founding = createPolicy()
const decided = new Map<number, ItemClear[]>([
  [10, [{ kind: 'policy', name: 'formulaApprovalsMin', value: 2, approvals: [] }]],
  [20, [{ kind: 'policy', name: 'formulaApprovalsMin', value: 3, approvals: [] }]],
  [25, [{ kind: 'policy', name: 'smallestCount', value: 20, approvals: [] }]],
])

describe('policyAt', () => {
  it('says at every later height what a number was, two heights after each decision', async () => {
    const valueAt = (height: number) => (height >= 22 ? 3 : height >= 12 ? 2 : 0)
    for (let now = 1; now <= 30; now++)
      for (let height = 1; height <= now; height++) {
        const history = {
          founding,
          decidedUpTo: async (upTo: number) => decisionsOf(decided, Math.min(upTo, now - 1)),
        }
        expect(await policyAt(history, 'formulaApprovalsMin', height), `${height} seen from ${now}`).toBe(
          valueAt(height),
        )
      }
  })
})
