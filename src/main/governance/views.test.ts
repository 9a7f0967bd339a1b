import { expect, it } from 'vitest'
import { toHex } from '../../shared/std/bytes.ts'
import { foundConsortium } from '../node/chain/consortium.test-kit.ts'
import type { GovernanceNode } from './node-port.ts'
import { consensusOf } from './views.ts'

const { start: state, institutions } = foundConsortium()
const self = institutions[1]!.member.memberId

const marksOf = (standing: 'voting' | 'observing') => {
  const node = {
    memberId: self,
    ledger: { state },
    status: { standing, observingReason: standing === 'observing' ? 'restored-data' : null },
    consensusView: () => ({
      height: 1,
      round: 0,
      phase: 'idle',
      proposer: null,
      prevoted: [],
      precommitted: [],
      standing: { kind: standing, isConfirmed: true },
    }),
  } as unknown as GovernanceNode
  const { voters } = consensusOf(node, () => true)
  return voters.filter(({ isObserving }) => isObserving).map(({ memberId }) => memberId)
}

it('marks this node among the voters while it observes, and nobody else', () => {
  expect(marksOf('observing')).toEqual([toHex(self)])
  expect(marksOf('voting')).toEqual([])
})
