import { describe, expect, it } from 'vitest'
import { isOpenTable, whyNoTable } from './no-table.ts'

const asked = (state: 'charged' | 'answered' | 'refused' | 'held', output = 'monitor') =>
  ({ state, output }) as Parameters<typeof isOpenTable>[0]
const withheld = { contents: 'withheld' } as const

describe('why there is no monitoring table to show', () => {
  it('is that it is being answered, from the click until the answer is here', () => {
    expect(whyNoTable([], [asked('charged')], false)).toBe('being-answered')
    expect(whyNoTable([], [asked('answered')], false)).toBe('being-answered')
    expect(whyNoTable([withheld], [asked('charged'), asked('answered')], false)).toBe('being-answered')
  })
  it('is not that it was withheld while an answer is only not here yet, or is here and not read yet', () => {
    expect(whyNoTable([{ contents: 'to-come' }], [asked('answered')], false)).toBe('being-answered')
    expect(whyNoTable([{ contents: 'numbers' }], [asked('answered')], false)).toBe('being-answered')
    expect(whyNoTable([withheld, { contents: 'to-come' }], [asked('answered')], false)).toBe('being-answered')
  })
  it('is that one was answered and withheld, which asking again would not change', () => {
    expect(whyNoTable([withheld], [asked('answered')], false)).toBe('withheld')
  })
  it('is that none was asked where nothing but other requests or a refused one is there', () => {
    expect(whyNoTable([], [], false)).toBe('never-asked')
    expect(whyNoTable([], [asked('charged', 'kaplan-meier'), asked('refused')], false)).toBe('never-asked')
  })
  it('is in the demonstration that it asks the first one itself, until something was asked', () => {
    expect(whyNoTable([], [], true)).toBe('to-be-asked')
    expect(whyNoTable([], [asked('charged')], true)).toBe('being-answered')
    expect(whyNoTable([], [asked('charged', 'cox')], true)).toBe('never-asked')
  })
  it('knows an open table among other requests', () => {
    expect([asked('held'), asked('answered'), asked('held', 'cox')].map(isOpenTable)).toEqual([
      true,
      false,
      false,
    ])
  })
})
