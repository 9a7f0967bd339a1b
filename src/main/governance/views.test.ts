import { expect, it } from 'vitest'
import { equalBytes, toHex } from '../../shared/std/bytes.ts'
import { foundConsortium } from '../node/chain/consortium.test-kit.ts'
import type { MemberId } from '../node/chain/ids.ts'
import type { GovernanceNode } from './node-port.ts'
import { consensusOf } from './views.ts'

const { start: state, institutions } = foundConsortium()
const self = institutions[1]!.member.memberId

const marksOf = (standing: 'voting' | 'observing', isSilent = (id: MemberId) => equalBytes(id, self)) => {
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
  const isSigning = (memberId: MemberId) => standing === 'voting' || !isSilent(memberId)
  const { voters } = consensusOf(node, { isReachable: () => true, isSigning })
  return voters.filter(({ isObserving }) => isObserving).map(({ memberId }) => memberId)
}

it('marks those among the voters who are here and do not sign, this node like any other', () => {
  expect(marksOf('observing')).toEqual([toHex(self)])
  expect(marksOf('voting')).toEqual([])
  const other = institutions[2]!.member.memberId
  expect(marksOf('observing', (id) => equalBytes(id, other))).toEqual([toHex(other)])
})
