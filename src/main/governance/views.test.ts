import { expect, it } from 'vitest'
import { equalBytes, toHex } from '../../shared/std/bytes.ts'
import { foundConsortium } from '../node/chain/consortium.test-kit.ts'
import type { MemberId } from '../node/chain/ids.ts'
import type { GovernanceNode } from './node-port.ts'
import type { EngineView } from '../node/consensus/engine/engine.ts'
import { consensusOf } from './views.ts'

const { start: state, institutions } = foundConsortium()
const self = institutions[1]!.member.memberId

const nodeAt = (standing: 'voting' | 'observing', view: Partial<EngineView> = {}): GovernanceNode =>
  ({
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
      ...view,
    }),
  }) as unknown as GovernanceNode

const marksOf = (standing: 'voting' | 'observing', isSilent = (id: MemberId) => equalBytes(id, self)) => {
  const isSigning = (memberId: MemberId) => standing === 'voting' || !isSilent(memberId)
  const { voters } = consensusOf(nodeAt(standing), { isReachable: () => true, isSigning })
  return voters.filter(({ isObserving }) => isObserving).map(({ memberId }) => memberId)
}

it('marks those among the voters who are here and do not sign, this node like any other', () => {
  expect(marksOf('observing')).toEqual([toHex(self)])
  expect(marksOf('voting')).toEqual([])
  const other = institutions[2]!.member.memberId
  expect(marksOf('observing', (id) => equalBytes(id, other))).toEqual([toHex(other)])
})

it('says in the middle of a round who proposed, who voted once and twice, and whom nobody reaches', () => {
  const [first, second, third, fourth] = state.voters.map(({ memberId }) => memberId)
  const prevoted = [third!, first!]
  const view: Partial<EngineView> = { height: 7, round: 2, phase: 'precommit', proposer: second!, prevoted }
  const isReachable = (memberId: MemberId) => memberId !== fourth
  const seen = consensusOf(nodeAt('voting', { ...view, precommitted: [third!] }), {
    isReachable,
    isSigning: () => true,
  })
  const nameOf = (id: MemberId) =>
    institutions.find(({ member }) => equalBytes(member.memberId, id))!.member.name
  expect(seen).toMatchObject({ height: 7, round: 2, phase: 'precommit', proposerName: nameOf(second!) })
  const mark = { isObserving: false, isReachable: true, hasPrevoted: false, hasPrecommitted: false }
  expect(seen.voters).toEqual(
    [
      { id: first!, ...mark, hasPrevoted: true },
      { id: second!, ...mark },
      { id: third!, ...mark, hasPrevoted: true, hasPrecommitted: true },
      { id: fourth!, ...mark, isReachable: false },
    ].map(({ id, ...rest }) => ({ memberId: toHex(id), name: nameOf(id), ...rest })),
  )
})
