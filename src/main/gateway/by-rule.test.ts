/** Studies by rule: two hospitals see what would leave, and what earlier ones gave counts against it. */
import { describe, expect, it } from 'vitest'
import { equalBytes, toHex, type Bytes } from '../../shared/std/bytes.ts'
import type { StudyDocument as StudyDefinition } from '../../shared/domain/study.ts'
import type { ItemHash } from '../node/chain/ids.ts'
import { readByRule, REFUSED_ANSWER } from '../privacy/rules/by-rule-bytes.ts'
import type { GatewayAnalysis } from './gateway-port.ts'
import { LATER_SNAPSHOT, SNAPSHOT, type Village } from './gateway.test-kit.ts'
import { automatic, byRule, comesAgain, count, otherWords, rule, villages } from './requests.test-kit.ts'

const { open } = villages()
/** Of the first eight invented patients. */
const KEYS = Array.from({ length: 8 }, (_, i) => String(i).padStart(64, '0'))

describe('a study by rule', { timeout: 120_000 }, () => {
  const approve = async (
    homes: Awaited<ReturnType<typeof open>>['homes'],
    study: ItemHash,
    by: readonly number[],
    verdict: 'approve' | 'refuse' = 'approve',
  ) => {
    for (const i of by) {
      const proposal = (await homes[i]!.proposal(study))!
      expect(await homes[i]!.check(study, proposal.proposalHash, verdict)).toBe('submitted')
    }
  }
  const proposed = (village: Village, times: number) =>
    village.until(
      () => village.notes.filter(({ act }) => act === 'node.studyProposed').length === times,
      'the proposals',
    )

  it('waits for two hospitals, and gives the very bytes that they saw', async () => {
    const { village, homes } = await open()
    const study = village.ask(byRule(comesAgain), rule)
    await proposed(village, 4)
    const [proposal] = await homes[0]!.proposals()
    expect(proposal!.checks.every(({ verdict }) => verdict !== 'broken')).toBe(true)
    expect(proposal!.checks.map((each) => each.rule)).toEqual(
      expect.arrayContaining(['R1', 'R4', 'R5', 'R9', 'R12']),
    )
    const leaves = readByRule(proposal!.answer)!
    expect(leaves.findings.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['model/0', 'baseline/sex', 'baseline/age']),
    )
    await approve(homes, study, [0])
    await village.pass(30_000)
    expect(village.resultOf(study)).toBeNull()
    await approve(homes, study, [1])
    await village.until(() => village.resultOf(study) !== null, 'the result')
    expect(village.answerOf(study)).toEqual(proposal!.answer)
    await village.close()
  })

  it('that one hospital refuses is refused', async () => {
    const { village, homes } = await open()
    const study = village.ask(byRule(comesAgain), rule)
    await proposed(village, 4)
    await approve(homes, study, [0, 1].slice(0, 1))
    await approve(homes, study, [2], 'refuse')
    await village.until(() => village.resultOf(study) !== null, 'the result')
    expect(village.resultOf(study)?.outcome).toBe('refused')
    expect(village.answerOf(study)).toEqual(REFUSED_ANSWER)
    await village.close()
  })

  it('is repeated and recomputed for nobody whose purpose a first request would not have', async () => {
    const { village, homes } = await open()
    const study = village.ask(byRule(comesAgain), rule)
    await proposed(village, 4)
    await approve(homes, study, [0, 1])
    await village.until(() => village.resultOf(study) !== null, 'the result')
    const insurer = village.member('insurer')
    const repeat = { chargeKind: 'repeat', chargeMicroRho: 0, of: study } as const
    const recompute = { chargeKind: 'recompute', chargeMicroRho: 0, of: study } as const
    const asked = [
      village.ask(byRule(comesAgain), repeat, insurer),
      village.ask(byRule(comesAgain), recompute, insurer),
      village.ask({ ...byRule(comesAgain), purpose: 'marketing' }, repeat),
    ]
    village.final(insurer, { kind: 'registration', protocolHash: new Uint8Array(32).fill(1) })
    asked.push(village.ask(byRule(comesAgain), repeat, insurer))
    await village.until(() => asked.every((each) => village.resultOf(each) !== null), 'the results')
    expect(asked.map((each) => village.resultOf(each)!.outcome)).toEqual([
      'refused',
      'not-recomputable',
      'refused',
      'answered',
    ])
    await village.close()
  })

  it('is judged against earlier ones by a gateway that was away when these were decided', async () => {
    const { village } = await open(0)
    const homes = [await village.open(0), await village.open(1), await village.open(2)]
    const first = village.ask(byRule(comesAgain), rule)
    await proposed(village, 3)
    // People refuse it: the rules had let it through, and whoever asks about the same people in other words is compared with it.
    await approve(homes, first, [0], 'refuse')
    await village.until(() => village.resultOf(first) !== null, 'the refusal by people')
    await village.closeOne(2)
    const second = village.ask(byRule(otherWords), rule)
    // Two words are too few: what the third says counts.
    await village.pass(20_000)
    expect(village.resultOf(second)).toBeNull()
    const commitment = village.documents.keys().next().value!
    let way: 'never' | null = 'never'
    await village.open(3, { elsewhere: (each) => (toHex(each) === commitment ? way : null) })
    await village.pass(60_000)
    // It has the second study's document and not the first one's: it does not judge.
    expect(village.resultOf(second)).toBeNull()
    way = null
    await village.until(() => village.resultOf(second) !== null, 'the refusal by rule')
    expect(village.resultOf(second)?.outcome).toBe('refused')
    const late = toHex(village.gateways[3]!.member.memberId)
    expect(village.notes.filter(({ by, act }) => by === late && act === 'node.studyProposed')).toEqual([])
    await village.close()
  })

  it('of a snapshot that lost a record is refused, also where that comes while it is computed', async () => {
    const { village } = await open(0)
    let isErased = false
    const erasing = (honest: GatewayAnalysis): GatewayAnalysis => ({
      ...honest,
      propose: async (...asked) => {
        const proposal = await honest.propose(...asked)
        if (!isErased) village.erase(SNAPSHOT)
        isErased = true
        return proposal
      },
    })
    for (let i = 0; i < 4; i++) await village.open(i, { analysis: erasing })
    const studies = [village.ask(byRule(comesAgain), rule), village.ask(byRule(otherWords), rule)]
    await village.until(() => studies.every((each) => village.resultOf(each) !== null), 'the refusals')
    expect(studies.map((each) => village.resultOf(each)!.outcome)).toEqual(['refused', 'refused'])
    expect(village.notes.filter(({ act }) => act === 'node.studyProposed')).toEqual([])
    await village.close()
  })

  /** What the last study was compared with. */
  const comparing = () => {
    const asked: Parameters<GatewayAnalysis['propose']>[0][] = []
    const analysis = (honest: GatewayAnalysis): GatewayAnalysis => ({
      ...honest,
      propose: (...question) => {
        asked.push(question[0])
        return honest.propose(...question)
      },
    })
    return { asked, analysis }
  }

  it('is compared alike by gateways that judged an earlier one before and after a record of it was erased', async () => {
    const { village } = await open(1)
    village.ask(byRule(comesAgain), rule)
    village.ask(byRule(otherWords), rule)
    // By this gateway the first one passed the rules and the second one did not.
    await village.until(
      () => village.notes.some(({ act }) => act === 'node.studyRefused') && village.said.length === 1,
      'the judgement',
    )
    const { height } = village
    const firstErasureOf = ({ itemHash }: { itemHash: Bytes }) =>
      equalBytes(itemHash, SNAPSHOT) ? height : null
    const seen = []
    const third = byRule(otherWords, LATER_SNAPSHOT)
    for (const i of [0, 1]) {
      const { asked, analysis } = comparing()
      await village.open(i, { analysis, firstErasureOf })
      if (i === 0) village.ask(third, { ...rule, snapshotHash: LATER_SNAPSHOT })
      await village.until(() => asked.length > 0, 'the comparison')
      seen.push(asked.at(-1)!)
    }
    for (const { earlier, recentRefusals } of seen) {
      expect(earlier).toHaveLength(2)
      expect(recentRefusals).toBe(0)
    }
    await village.close()
  })

  it('that is open when a record of an earlier one was erased is found anew, and alike by one that comes later', async () => {
    const { village } = await open(0)
    const first = comparing()
    await village.open(1, first)
    village.ask(byRule(comesAgain), rule)
    // By the rules here, and by nobody else: the chain has decided neither.
    village.ask(byRule(otherWords), rule)
    village.ask(byRule(otherWords, LATER_SNAPSHOT), { ...rule, snapshotHash: LATER_SNAPSHOT })
    const compared = ({ asked }: typeof first) => {
      const { earlier, recentRefusals } = asked.at(-1)!
      return [earlier.length, recentRefusals]
    }
    await village.until(() => first.asked.length === 3, 'the comparison')
    expect(compared(first)).toEqual([1, 1])
    village.erase(SNAPSHOT)
    await village.until(() => first.asked.length === 4, 'the comparison after the erasure')
    expect(compared(first)).toEqual([2, 0])
    // One more of the same snapshot changes nothing of it.
    village.erase(SNAPSHOT)
    await village.pass(120_000)
    expect(first.asked).toHaveLength(4)
    const late = comparing()
    await village.open(0, late)
    await village.until(() => late.asked.length > 0, 'the comparison of the one that was away')
    expect(compared(late)).toEqual([2, 0])
    await village.close()
  })

  it('is compared alike where the chain decided an earlier one that was judged by what an erasure has changed', async () => {
    const { village } = await open(0)
    /** Refuses what is compared with just one study. */
    const judging = () => {
      const asked: Parameters<GatewayAnalysis['propose']>[0][] = []
      const analysis = (honest: GatewayAnalysis): GatewayAnalysis => ({
        ...honest,
        propose: async (question, ...more) => {
          asked.push(question)
          const { earlierWords, thenWords } = await honest.propose(question, ...more)
          const alone = await honest.propose({ ...question, earlier: [], recentRefusals: 0 }, ...more)
          return question.earlier.length === 1
            ? { kind: 'refused', needsPerson: false, checks: [], words: alone.words, earlierWords, thenWords }
            : { ...alone, earlierWords, thenWords }
        },
      })
      return { asked, analysis }
    }
    const compared = ({ asked }: ReturnType<typeof judging>) => {
      const { earlier, recentRefusals } = asked.at(-1)!
      return [earlier.length, recentRefusals]
    }
    const first = judging()
    await village.open(1, first)
    const later = { ...rule, snapshotHash: LATER_SNAPSHOT }
    village.ask(byRule(comesAgain), rule)
    village.ask(byRule(otherWords), rule)
    // Refused here, as the one before it was.
    const decided = village.ask(byRule(otherWords, LATER_SNAPSHOT), later)
    village.ask(byRule(comesAgain, LATER_SNAPSHOT), later)
    await village.until(() => first.asked.length === 4, 'the comparison')
    expect(compared(first)).toEqual([1, 2])
    village.tellResult(decided, 'refused')
    // Of the one before it nobody can say any more how it was judged, so this one is judged anew, and passes.
    village.erase(SNAPSHOT)
    await village.until(() => first.asked.length === 6, 'the comparison after the erasure')
    expect(compared(first)).toEqual([3, 0])
    const late = judging()
    await village.open(0, late)
    await village.until(() => late.asked.length === 2, 'the comparison of the one that was away')
    expect(compared(late)).toEqual([3, 0])
    await village.close()
  })

  const ofLater = { ...rule, snapshotHash: LATER_SNAPSHOT }

  it.each([
    ['one person more is in it', { laterBlocks: 1 }],
    // Of records that both have: who they are of is known by a link between.
    ['people of it were found to be one', { laterLinks: [KEYS] }],
  ])(
    'that asks the same of a snapshot at which %s is refused, also by a gateway that came later',
    async (_, options) => {
      const { village } = await open(0, options)
      const seen = []
      for (const i of [1, 0]) {
        const { asked, analysis } = comparing()
        await village.open(i, { analysis })
        if (i === 1) {
          village.ask(byRule(comesAgain), rule)
          village.ask(byRule(comesAgain, LATER_SNAPSHOT), ofLater)
        }
        const by = toHex(village.gateways[i]!.member.memberId)
        const acts = () => village.notes.filter((each) => each.by === by).map(({ act }) => act)
        await village.until(() => acts().includes('node.studyRefused'), 'the refusal')
        expect(acts().filter((act) => act.startsWith('node.study'))).toEqual([
          'node.studyProposed',
          'node.studyRefused',
        ])
        seen.push(asked.at(-1)!.earlier.map(({ then }) => then))
      }
      const { upTo, day, height } = village.place
      expect(seen[0]).toEqual([{ kind: 'kept', upTo, height, day, hasLost: false, words: null }])
      expect(seen[1]).toEqual(seen[0])
      await village.close()
    },
  )

  it('that asks the same of a snapshot at which twelve more are in it may leave, and what was found of the older one is kept', async () => {
    const { village } = await open(0, { laterBlocks: 12 })
    const { asked, analysis } = comparing()
    await village.open(0, { analysis })
    village.ask(byRule(comesAgain), rule)
    village.ask(byRule(comesAgain, LATER_SNAPSHOT), ofLater)
    village.ask(byRule(comesAgain, LATER_SNAPSHOT), ofLater)
    await proposed(village, 3)
    const [older, same] = asked.at(-1)!.earlier.map(({ then }) => then)
    expect(older).toMatchObject({ kind: 'kept', words: Uint32Array.of(12) })
    expect(same).toBeNull()
    await village.close()
  })

  it('that was compared with a newer snapshot is refused by all once that one has lost a record', async () => {
    const { village } = await open(0, { laterBlocks: 12 })
    await village.open(1)
    village.ask(byRule(comesAgain, LATER_SNAPSHOT), ofLater)
    const older = village.ask(byRule(comesAgain), rule)
    await proposed(village, 2)
    village.erase(LATER_SNAPSHOT)
    const late = comparing()
    await village.open(0, late)
    for (const i of [2, 3]) await village.open(i)
    await village.until(() => village.resultOf(older) !== null, 'the refusal')
    expect(village.resultOf(older)!.outcome).toBe('refused')
    expect(late.asked.at(-1)!.earlier.map(({ then }) => then)).toEqual([{ kind: 'lost' }])
    await village.close()
  })

  it('is compared with what its requester got by a repeat of another’s repeat', async () => {
    const { village } = await open(0)
    const { asked, analysis } = comparing()
    await village.open(0, { analysis })
    const insurer = village.member('insurer')
    const repeat = { chargeKind: 'repeat', chargeMicroRho: 0 } as const
    const study = village.ask(byRule(comesAgain), rule)
    const first = village.ask(byRule(comesAgain), { ...repeat, of: study })
    const isOwn = async () => {
      const { length } = asked
      village.ask(byRule(otherWords), rule, insurer)
      await village.until(() => asked.length > length, 'the comparison')
      return asked.at(-1)!.earlier[0]!.isOwn
    }
    await village.until(() => asked.length === 1, 'the first judgement')
    expect(await isOwn()).toBe(false)
    village.ask(byRule(comesAgain), { ...repeat, of: first }, insurer)
    expect(await isOwn()).toBe(true)
    await village.close()
  })

  it('that nobody checked is compared with until it is over, and from then on with nobody', async () => {
    const { village, homes } = await open()
    const first = village.ask(byRule(comesAgain), rule)
    await proposed(village, 4)
    const second = village.ask(byRule(otherWords), rule)
    await village.until(() => village.resultOf(second) !== null, 'the refusal')
    expect(village.resultOf(second)!.outcome).toBe('refused')
    village.passDays(30)
    await village.until(
      () => village.notes.filter(({ act }) => act === 'node.studyExpired').length === 4,
      'the end of the first',
    )
    expect(await homes[0]!.proposals()).toEqual([])
    expect(await homes[0]!.proposal(first)).toBeNull()
    expect(village.resultOf(first)).toBeNull()
    const third = village.ask(byRule(otherWords), rule)
    await proposed(village, 8)
    await approve(homes, third, [0, 1])
    await village.until(() => village.resultOf(third) !== null, 'the result')
    expect(village.resultOf(third)!.outcome).toBe('answered')
    await village.close()
  })

  it('of whose people nobody has the document any more holds up no later one for longer than it is open', async () => {
    const { village } = await open(0)
    let commitment = ''
    for (let i = 0; i < 4; i++)
      await village.open(i, { elsewhere: (each) => (toHex(each) === commitment ? 'never' : null) })
    village.hide((each) => (commitment = toHex(each)))
    village.ask(byRule(comesAgain), rule)
    village.passDays(1)
    village.ask(byRule(otherWords), rule)
    await village.pass(60_000)
    expect(village.notes.filter(({ act }) => act === 'node.studyProposed')).toEqual([])
    village.passDays(29)
    await proposed(village, 4)
    await village.close()
  })

  it('that was proposed before a record was erased is refused by all, and no more shown', async () => {
    const { village, homes } = await open()
    const study = village.ask(byRule(comesAgain), rule)
    await proposed(village, 4)
    await approve(homes, study, [0])
    village.erase(SNAPSHOT)
    await village.until(() => village.resultOf(study) !== null, 'the result')
    expect(village.resultOf(study)!.outcome).toBe('refused')
    expect(await homes[1]!.proposals()).toEqual([])
    await village.close()
  })

  it('that gateways refused before a record was erased counts so at one that comes later', async () => {
    const { village } = await open(3)
    village.ask(byRule(comesAgain), rule)
    const refused = village.ask(byRule(otherWords), rule)
    await village.until(() => village.resultOf(refused) !== null, 'the refusal')
    const { height } = village
    // It is asked of another snapshot, and the record is erased after that.
    const third = village.ask(byRule(otherWords, LATER_SNAPSHOT), { ...rule, snapshotHash: LATER_SNAPSHOT })
    const { asked, analysis } = comparing()
    const firstErasureOf = ({ itemHash }: { itemHash: Bytes }) =>
      equalBytes(itemHash, SNAPSHOT) ? height + 2 : null
    await village.open(3, { analysis, firstErasureOf })
    await village.until(() => asked.length > 0, 'the comparison')
    expect(asked.at(-1)).toMatchObject({ recentRefusals: 1 })
    expect(asked.at(-1)!.earlier).toHaveLength(1)
    expect(village.resultOf(third)).toBeNull()
    await village.close()
  })

  it('that a hospital refuses though the rules do counts alike at gateways that judged it and at one that comes later', async () => {
    const { village } = await open(0)
    const { asked, analysis } = comparing()
    for (let i = 0; i < 3; i++) await village.open(i, i === 0 ? { analysis } : {})
    village.ask(byRule(comesAgain), rule)
    const refused = village.ask(byRule(otherWords), rule)
    const proposalHash = new Uint8Array(32).fill(1)
    village.final(village.gateways[3]!, {
      kind: 'check',
      studyHash: refused,
      proposalHash,
      verdict: 'refuse',
    })
    await village.until(() => village.resultOf(refused) !== null, 'the refusal')
    const before = asked.length
    village.ask(byRule(otherWords, LATER_SNAPSHOT), { ...rule, snapshotHash: LATER_SNAPSHOT })
    await village.until(() => asked.length > before, 'the comparison')
    const { height } = village
    const late = comparing()
    await village.open(3, {
      analysis: late.analysis,
      firstErasureOf: ({ itemHash }) => (equalBytes(itemHash, SNAPSHOT) ? height + 2 : null),
    })
    await village.until(() => late.asked.length > 0, 'the comparison of the one that was away')
    for (const { earlier, recentRefusals } of [asked.at(-1)!, late.asked.at(-1)!]) {
      expect(earlier).toHaveLength(2)
      expect(recentRefusals).toBe(1)
    }
    await village.close()
  })

  it('whose answer nobody could hand over is refused and holds up nothing', async () => {
    const { village } = await open()
    // Three quartiles of each number for everybody and for each sex: more findings than anybody reads.
    const ages = Array.from({ length: 90 }, (_, i) => ({ kind: 'age' as const, name: `age${String(i)}` }))
    const long: StudyDefinition = {
      ...comesAgain,
      intervals: {
        ...comesAgain.intervals,
        covariates: [...comesAgain.intervals.covariates, ...ages],
      },
    }
    const first = village.ask(byRule(long), rule)
    const second = village.ask(automatic({ kind: 'count' }, 2_000), count)
    await village.until(() => village.resultOf(first) !== null && village.resultOf(second) !== null, 'both')
    expect(village.resultOf(first)?.outcome).toBe('refused')
    expect(village.resultOf(second)?.outcome).toBe('answered')
    await village.close()
  })

  it('that differs from an earlier one by a few people is refused without anybody looking', async () => {
    const { village } = await open()
    village.ask(byRule(comesAgain), rule)
    const second = village.ask(byRule(otherWords), rule)
    await village.until(() => village.resultOf(second) !== null, 'the refusal')
    expect(village.resultOf(second)?.outcome).toBe('refused')
    await village.close()
  })
})
