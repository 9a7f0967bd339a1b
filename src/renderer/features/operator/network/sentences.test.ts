import { describe, expect, it } from 'vitest'
import { en, zhHant } from '../../../words/network.ts'
import { alertSentence, changeSentence, stateSentence, voteMark } from './sentences.ts'

const four = (reachable: number) => ({
  voters: 4,
  quorum: 3,
  faultsTolerated: 1,
  reachable,
  silent: 0,
  spare: reachable - 3,
})

describe('the sentence of the state', () => {
  it('says what goes on and how many may fail', () => {
    expect(stateSentence(four(4), en)).toEqual({
      tone: 'good',
      sentence: '4 of 4 hospitals reachable: final visits go on; one may fail.',
    })
    expect(stateSentence(four(3), en)).toEqual({
      tone: 'warn',
      sentence: '3 of 4 hospitals reachable: final visits go on; no more may fail.',
    })
  })
  it('says what waits and for whom', () => {
    expect(stateSentence(four(2), en)).toMatchObject({
      tone: 'bad',
      sentence:
        '2 of 4 hospitals reachable, 3 needed: visits are kept safely and become final when one more is back.',
    })
    expect(stateSentence(four(1), en).sentence).toContain('2 more are back')
    expect(stateSentence(four(2), zhHant).sentence).toContain('待另外 1 家')
  })
  it('counts on nobody who is connected and does not sign', () => {
    expect(stateSentence({ ...four(2), silent: 2 }, en)).toEqual({
      tone: 'bad',
      sentence:
        '2 of 4 hospitals sign (2 are connected and do not), 3 needed: visits are kept safely and become final when one more is back.',
    })
    expect(stateSentence({ ...four(3), silent: 1 }, zhHant).sentence).toBe(
      '4 家醫院中有 3 家可簽署（另有 1 家已連線但未簽署）：就診持續定案；不能再有任何一家離線。',
    )
    const alone = { voters: 1, quorum: 1, faultsTolerated: 0, reachable: 0, silent: 1, spare: -1 }
    expect(stateSentence(alone, en, 'North').sentence).toContain('it is connected and does not sign now')
  })
  it('is calm about a hospital alone', () => {
    const alone = { voters: 1, quorum: 1, faultsTolerated: 0, reachable: 1, silent: 0, spare: 0 }
    expect(stateSentence(alone, en)).toEqual({ tone: 'good', sentence: en.state.alone })
    // Another hospital alone: the sentence must not call this one the only voter.
    expect(stateSentence(alone, en, 'North').sentence).toBe(
      'North alone votes and is reachable: final visits go on.',
    )
    expect(stateSentence({ ...alone, reachable: 0, spare: -1 }, en, 'North').tone).toBe('bad')
  })
})

describe('the sentence of a change', () => {
  it('names rules in words, and those of a newer version by their name', () => {
    const change = { kind: 'policy', name: 'smallestCount', value: 20, before: 11 } as const
    expect(changeSentence(change, en as never, 'en')).toBe('Smallest number of patients shown: 11 → 20')
    const unknown = { kind: 'policy', name: 'later', value: 20_000, before: null } as const
    expect(changeSentence(unknown, en as never, 'en')).toBe('later: 20,000')
  })
  it('says at which height a version starts', () => {
    const change = { kind: 'protocol', number: 2, height: 1_500 } as const
    expect(changeSentence(change, en as never, 'en')).toBe('Protocol version 2 at height 1,500')
  })
})

const halted = {
  alertId: 'halted',
  kind: 'halted',
  tone: 'bad',
  at: null,
  memberName: null,
  amount: null,
} as const

describe('the alert of a node that has stopped by itself', () => {
  it('says why it has: a full disk is no fraud', () => {
    const said = (detail: string | null) => alertSentence({ ...halted, detail }, en, 'en')
    expect(said('world-failed')).toContain('could not write to the disk')
    expect(said('two-certificates')).toContain('contradict each other')
    expect(said('certified-invalid-value')).toContain('invalid')
    expect(said(null)).toContain('mistake in the program')
  })
})

describe('the alert of a member that is away', () => {
  const away = { ...halted, kind: 'member-away', memberName: 'South', amount: 1_204 } as const

  it('says where it was last and how many more may be missing', () => {
    const said = (detail: string) => alertSentence({ ...away, detail }, en, 'en')
    expect(said('1/7/2')).toBe(
      'South is not reachable; it was last at height 1,204. 1 of 7 voting hospitals is missing, 2 may be: 1 more may be.',
    )
    expect(said('1/4/1')).toContain('1 may be: one more would make visits wait.')
    expect(said('2/4/1')).toContain('2 of 4 voting hospitals are missing, 1 may be: visits wait.')
    expect(alertSentence({ ...away, amount: null, detail: '1/3/0' }, zhHant, 'zh-Hant')).toBe(
      'South無法連線。3 家表決醫院中有 1 家缺席，不容許任何一家缺席：就診資料等候中。',
    )
  })
})

describe('the alert of a member that is connected and does not sign', () => {
  it('says why, as far as it said so', () => {
    const silent = { ...halted, kind: 'member-silent', memberName: 'South' } as const
    expect(alertSentence({ ...silent, detail: 'disk-full' }, en, 'en')).toBe(
      'South is connected and does not sign (its disk is full): its vote cannot be counted on.',
    )
    expect(alertSentence({ ...silent, detail: null }, zhHant, 'zh-Hant')).toBe(
      'South已連線但未簽署：不能計入其表決。',
    )
  })
})

describe('the alert of a member that voted for two things', () => {
  it('says that it still votes, and that the members decide', () => {
    const named = {
      ...halted,
      kind: 'named',
      memberName: 'South',
      amount: 1_204,
      detail: 'equivocation',
    } as const
    expect(alertSentence(named, en, 'en')).toBe(
      'South signed two votes that contradict each other; the proof stands in the chain at height 1,204. It still votes. Decide whether it keeps its vote.',
    )
    expect(alertSentence(named, zhHant, 'zh-Hant')).toContain('仍有表決權')
    expect(alertSentence({ ...named, detail: 'deviating-result' }, en, 'en')).toBe(
      'South is named in the chain at height 1,204: deviating-result.',
    )
  })
})

describe('the alert of a disk that damaged something', () => {
  const repaired = { ...halted, kind: 'repaired', memberName: 'East', amount: 7 } as const

  it('says which blocks, and who gave them back', () => {
    const said = (detail: string | null) => alertSentence({ ...repaired, detail }, en, 'en')
    expect(said('12')).toContain('Block 12 was damaged on this disk and fetched again from East.')
    expect(said('12, 14–16')).toContain('Blocks 12, 14–16 were damaged on this disk')
    expect(said(null)).toContain('The decision at height 7 was damaged')
    const lost = { ...repaired, kind: 'beyond-repair', detail: '12' } as const
    expect(alertSentence(lost, zhHant, 'zh-Hant')).toContain('區塊 12 的內容損壞且無法修復')
  })
})

it('says of each voter whether it has voted or is missing, and of nobody that it is missing between heights', () => {
  const silent = { isObserving: false, isReachable: true, hasPrevoted: false, hasPrecommitted: false }
  const marks = (isIdle: boolean) =>
    [
      silent,
      { ...silent, hasPrevoted: true },
      { ...silent, hasPrevoted: true, hasPrecommitted: true },
      { ...silent, isReachable: false, hasPrevoted: true },
      { ...silent, isObserving: true },
    ].map((voter) => voteMark(voter, isIdle))
  expect(marks(false)).toEqual(['missing', 'votedOnce', 'voted', 'awayNow', 'observes'])
  expect(marks(true)).toEqual(['here', 'here', 'here', 'awayNow', 'observes'])
})
