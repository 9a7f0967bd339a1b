import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeProposal, releaseChecked, type Before, type Proposal } from './lane-b.ts'
import { anyBefore, anyStudy, everybody, PATIENTS, PLANTS, range } from './lane-b.test-kit.ts'
import { bitsOf } from './rules/overlap.ts'
import { RULE_DEFAULTS } from './rules/rule-policy.ts'

describe('the lane by rule (T19)', () => {
  const runs = 500
  it('refuses every planted study by the rule that it breaks, whatever else it is', () => {
    let planted = 0
    fc.assert(
      fc.property(anyStudy, anyBefore, fc.nat(PLANTS.length - 1), (proposal, earlier, which) => {
        planted++
        const { name, rule, plant } = PLANTS[which]!
        const made = plant(proposal, earlier)
        const judgement = judgeProposal(made.study, made.before, RULE_DEFAULTS)
        expect(judgement.kind, name).toBe('refused')
        expect(
          judgement.checks.some((check) => check.rule === rule && check.verdict === 'broken'),
          name,
        ).toBe(true)
      }),
      { numRuns: runs, seed: 1 },
    )
    expect(planted).toBeGreaterThanOrEqual(runs)
  })

  it('lets at least nine of ten ordinary studies through to the checkers', () => {
    let refused = 0
    fc.assert(
      fc.property(anyStudy, anyBefore, (proposal, earlier) => {
        if (judgeProposal(proposal, earlier, RULE_DEFAULTS).kind === 'refused') refused++
      }),
      { numRuns: runs, seed: 2 },
    )
    expect(refused / runs).toBeLessThanOrEqual(0.1)
  })

  it('has each plant refused for its own rule on a study that passes otherwise', () => {
    const proposal: Proposal = {
      finding: { kind: 'table', table: { levels: [2], cells: [60, 70] } },
      hospitals: ['A', 'B', 'C'].map((hospital) => ({ hospital, patients: 60, events: 30 })),
      cohort: bitsOf('asked', range(100, 700), PATIENTS),
      purpose: 'research',
      requester: { isInsurer: false, hasRegisteredPlan: false },
      recentRefusals: 0,
    }
    const nothing: Before = { released: [], own: [], everybody, since: [] }
    expect(judgeProposal(proposal, nothing, RULE_DEFAULTS).kind).toBe('to-be-checked')
    for (const { name, rule, plant } of PLANTS) {
      const made = plant(proposal, nothing)
      const { checks } = judgeProposal(made.study, made.before, RULE_DEFAULTS)
      const broken = new Set(checks.filter(({ verdict }) => verdict === 'broken').map((check) => check.rule))
      expect([...broken], name).toEqual([rule])
    }
  })

  it('releases to two checkers of two other hospitals, and to nobody else (T20)', () => {
    const proposal: Proposal = {
      finding: { kind: 'table', table: { levels: [2], cells: [62, 7] } },
      hospitals: ['A', 'B', 'C'].map((hospital) => ({ hospital, patients: 60, events: 30 })),
      cohort: bitsOf('asked', range(100, 700), PATIENTS),
      purpose: 'research',
      requester: { isInsurer: false, hasRegisteredPlan: false },
      recentRefusals: 0,
    }
    const judgement = judgeProposal(proposal, { released: [], own: [], everybody, since: [] }, RULE_DEFAULTS)
    const vote = (person: string, hospital: string, isApproved = true) => ({ person, hospital, isApproved })
    const ofStudy = { persons: ['author'], members: ['U'] }
    const released = (...votes: ReturnType<typeof vote>[]) =>
      releaseChecked(judgement, votes, ofStudy, RULE_DEFAULTS)
    expect(released(vote('a', 'X'), vote('b', 'Y'))).toEqual({
      kind: 'table',
      table: { cells: [60, null], margins: [[60, 0]], total: 60 },
    })
    for (const votes of [
      [],
      [vote('a', 'X')],
      [vote('a', 'X'), vote('a', 'X')],
      [vote('a', 'X'), vote('b', 'X')],
      [vote('a', 'X'), vote('a', 'Y')],
      [vote('a', 'X'), vote('author', 'Y')],
      [vote('a', 'X'), vote('b', 'U')],
      [vote('a', 'X'), vote('b', 'Y', false)],
      [vote('a', 'X'), vote('b', 'Y'), vote('c', 'Z', false)],
    ])
      expect(released(...votes)).toBeNull()
  })

  it('says which rule is near', () => {
    const near = judgeProposal(
      {
        finding: { kind: 'table', table: { levels: [2], cells: [62, 7] } },
        hospitals: [
          { hospital: 'A', patients: 20, events: 10 },
          { hospital: 'B', patients: 80, events: 10 },
          { hospital: 'C', patients: 12, events: 10 },
        ],
        cohort: bitsOf('asked', range(100, 700), PATIENTS),
        purpose: 'research',
        requester: { isInsurer: false, hasRegisteredPlan: false },
        recentRefusals: 0,
      },
      { released: [], own: [], everybody, since: [] },
      RULE_DEFAULTS,
    )
    expect(near.kind).toBe('to-be-checked')
    expect(near.checks.filter(({ verdict }) => verdict === 'near').map(({ what }) => what)).toEqual([
      'cohort',
      'hospitals',
      'share-of-patients',
    ])
  })
})
