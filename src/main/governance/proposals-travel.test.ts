/** A decision of four hospitals without a file, with real nodes over loopback. */
import { afterEach, describe, expect, it } from 'vitest'
import { assert } from '../../shared/std/assert.ts'
import {
  createTown,
  foundedTogether,
  PASSPHRASE,
  until,
  type RunningInstitution,
  type Town,
} from './institution.test-kit.ts'

let town: Town | null = null
afterEach(async () => {
  await town?.close()
  town = null
})

const seen = (at: RunningInstitution, proposalId: string) =>
  until(
    () => at.ask.governance.proposals(),
    (list) => list.some((each) => each.proposalId === proposalId),
  )
const policyOf = async (at: RunningInstitution) => {
  const { policy } = await at.ask.governance.overview()
  return policy.find(({ name }) => name === 'smallestCount')?.value
}

describe('a decision among four hospitals', () => {
  it(
    'is proposed at one, appears at the others by itself, and holds two heights after enough have approved; one that was away learns of it',
    { timeout: 120_000 },
    async () => {
      town = await createTown()
      const all = await foundedTogether(town, ['north', 'east', 'south', 'west'])
      const [north, east, south, west] = all as [
        RunningInstitution,
        RunningInstitution,
        RunningInstitution,
        RunningInstitution,
      ]
      await west.ask.app.closeProfile()
      const plan = { kind: 'policy', name: 'smallestCount', value: 20 } as const
      const proposed = await north.ask.governance.propose({ plan, note: 'stricter', passphrase: PASSPHRASE })
      assert(proposed.kind === 'proposed', JSON.stringify(proposed))
      const { proposalId } = proposed.proposal
      const [atEast] = await seen(east, proposalId)
      expect(atEast).toMatchObject({ standing: 'open', mayApprove: true, isOwn: false, note: 'stricter' })
      // It asks for a person's answer.
      const { alerts } = await east.ask.governance.overview()
      expect(alerts).toMatchObject(
        expect.arrayContaining([
          expect.objectContaining({ kind: 'proposal-waits', memberName: 'north hospital' }),
        ]),
      )
      await seen(south, proposalId)
      const approved = await east.ask.governance.approve({ proposalId, passphrase: PASSPHRASE })
      expect(approved.kind).toBe('approved')
      for (const at of [north, south])
        await until(
          () => at.ask.governance.proposals(),
          ([each]) => each?.approvals.length === 2,
        )

      // West has heard nothing; back, it is told by those who are there, and its approval is the third.
      const opened = await west.ask.app.open({ folder: west.folder, passphrase: PASSPHRASE })
      expect(opened.kind).toBe('opened')
      const atWest = (await seen(west, proposalId))[0]
      expect(atWest?.approvals).toHaveLength(2)
      const third = await until(
        () => west.ask.governance.approve({ proposalId, passphrase: PASSPHRASE }),
        ({ kind }) => kind === 'approved',
      )
      expect(third.kind).toBe('approved')
      for (const at of all)
        await until(
          () => policyOf(at),
          (value) => value === 20,
        )
      const heights = await Promise.all(
        all.map(async (at) => {
          const list = await until(
            () => at.ask.governance.proposals(),
            ([each]) => each?.standing === 'decided',
          )
          return list[0]?.decidedHeight
        }),
      )
      expect(new Set(heights).size).toBe(1)
      const { height, pending } = await north.ask.governance.overview()
      expect(height).toBeGreaterThanOrEqual(heights[0]! + 1)
      expect(pending).toEqual([])
    },
  )
})
