/** What was found before, against the question and the records as they are now. */
import { describe, expect, it } from 'vitest'
import { judgedOn, type StudyDocument } from '../../../../shared/domain/study.ts'
import { newModel, newStudy } from '../../../parts/research/new-study.ts'
import { en as modelComparison } from '../../../words/model-comparison.ts'
import { standingName, standingOfModel, standingOfRun, standingText, type Here } from './standing.ts'

const now: StudyDocument = {
  ...newStudy(),
  models: [newModel(['age', 'sex'], ['sex']), { ...newModel(['age'], []), title: 'Age alone' }],
}
const en = { modelComparison }
const here = (lastBlock: number): Here => ({ chain: '0'.repeat(64), engine: 'study/6', lastBlock })
const snapshot = { chain: '0'.repeat(64), upTo: 99, height: 9, hospitals: ['0'.repeat(32)] }
const ran: StudyDocument = { ...now, title: 'S', snapshot, engine: 'study/6' }

describe('what was run before', () => {
  it('is as the question stands, whatever it is called and until newer records are here', () => {
    expect(standingOfRun(ran, now, here(99))).toEqual([])
    expect(standingOfRun(ran, now, null)).toEqual([])
    expect(standingOfRun(ran, now, here(100))).toEqual(['records'])
  })

  it('is of another question where any part of it is another one', () => {
    for (const changed of [
      { ...now, baselineBy: null },
      { ...now, cleaning: null },
      judgedOn(now, 'cleaned'),
      { ...now, models: [now.models[0]!] },
    ])
      expect(standingOfRun(ran, changed, here(99))).toEqual(['question'])
    expect(standingOfRun(ran, { ...now, seed: '2' }, here(120))).toEqual(['question', 'records'])
  })
})

describe('what is of other records, or of another engine', () => {
  const twin = { ...here(99), chain: '1'.repeat(64) }
  const newer = { ...here(99), engine: 'study/7' }

  it('is not shown as current, whatever its last block is called', () => {
    for (const of of [standingOfRun(ran, now, twin), standingOfModel({ study: ran, m: 0 }, now, twin)])
      expect(of).toEqual(['chain'])
    for (const of of [standingOfRun(ran, now, newer), standingOfModel({ study: ran, m: 0 }, now, newer)])
      expect(of).toEqual(['engine'])
    // Blocks of another chain are neither newer nor older.
    expect(standingOfRun(ran, now, { ...newer, chain: twin.chain, lastBlock: 500 })).toEqual([
      'chain',
      'engine',
    ])
  })

  it('is said with all of its reasons', () => {
    const all = standingOfRun(ran, { ...now, seed: '2' }, { ...newer, lastBlock: 120 })
    expect(standingText(all, en)).toBe(
      'another question than now; newer records are here; found by another version of the engine',
    )
    expect(standingName(all)).toBe('question-changed records-changed engine-changed')
    expect([standingText([], en), standingName([])]).toEqual(['as the question stands', 'as-it-stands'])
  })
})

describe('a model that is kept', () => {
  it('stands while the question still has it, with whatever other models and tables', () => {
    const kept = { study: ran, m: 1 }
    expect(standingOfModel(kept, now, here(99))).toEqual([])
    expect(standingOfModel(kept, { ...now, baselineBy: null, models: [now.models[1]!] }, here(99))).toEqual(
      [],
    )
    expect(standingOfModel(kept, { ...now, models: [now.models[0]!] }, here(99))).toEqual(['question'])
  })

  it('does not where the people before it, or their records, are others', () => {
    const kept = { study: ran, m: 0 }
    const followUp = { ...now.intervals.followUp, event: { kind: 'death' as const } }
    expect(standingOfModel(kept, { ...now, intervals: { ...now.intervals, followUp } }, here(99))).toEqual([
      'question',
    ])
    expect(standingOfModel(kept, judgedOn(now, 'cleaned'), here(99))).toEqual(['question'])
    expect(standingOfModel(kept, now, here(100))).toEqual(['records'])
  })
})
