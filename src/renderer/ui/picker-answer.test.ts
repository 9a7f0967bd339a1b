import { describe, expect, it } from 'vitest'
import { answerFor, holdPick, picksSettled } from './picker-answer.ts'

const found = ['E11.9', 'E11.21', 'E11.22']
const none = () => false

describe('answerFor', () => {
  it('takes the best for an Enter that came before the list', () => {
    expect(answerFor('enter', found, false, none)).toEqual({ kind: 'take', option: 'E11.9' })
  })
  it('runs the action below an empty list for Enter, and keeps the words where there is none', () => {
    expect(answerFor('enter', [], true, none)).toEqual({ kind: 'extra' })
    expect(answerFor('enter', [], false, none)).toEqual({ kind: 'none' })
  })
  it('takes only the one exact match when the field was left', () => {
    expect(answerFor('blur', found, true, (each) => each === 'E11.21')).toEqual({
      kind: 'take',
      option: 'E11.21',
    })
    expect(answerFor('blur', found, true, none)).toEqual({ kind: 'none' })
    expect(answerFor('blur', found, false, () => true)).toEqual({ kind: 'none' })
  })
  it('does nothing when nobody waits', () => {
    expect(answerFor(null, found, true, () => true)).toEqual({ kind: 'none' })
  })
})

describe('picksSettled', () => {
  it('waits for every list that somebody waits for', async () => {
    const order: string[] = []
    let arrive = () => {}
    holdPick(new Promise<void>((resolve) => (arrive = resolve)).then(() => void order.push('picked')))
    const saved = picksSettled().then(() => void order.push('saved'))
    await Promise.resolve()
    expect(order).toEqual([])
    arrive()
    await saved
    expect(order).toEqual(['picked', 'saved'])
  })
})
