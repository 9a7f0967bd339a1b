import { describe, expect, it } from 'vitest'
import { decideLook, type Look, type SeenFile } from './watch-decision.ts'

const file = (name: string, bytes = 10, changedAt = 1): SeenFile => ({ name, bytes, changedAt })
const look = (over: Partial<Look>): Look => ({
  files: [],
  before: [],
  dealtWith: [],
  day: '2026-03-01',
  hour: 12,
  lastRunDay: null,
  isAsked: false,
  ...over,
})
const always = { format: 'hl7v2', hour: null } as const
const atFour = { format: 'hl7v2', hour: 4 } as const

describe('decideLook', () => {
  it('takes a file that two looks saw the same, and waits for one that grows or was just found', () => {
    const grown = look({
      files: [file('a.hl7'), file('b.hl7', 20), file('c.hl7', 10, 2), file('d.hl7'), file('e.hl7', 0)],
      before: [file('a.hl7'), file('b.hl7', 10), file('c.hl7', 10, 1), file('e.hl7', 0)],
    })
    expect(decideLook(always, grown)).toEqual({
      take: ['a.hl7'],
      writing: ['b.hl7', 'c.hl7', 'd.hl7', 'e.hl7'],
      isRunComplete: false,
    })
    expect(decideLook(always, { ...grown, before: null }).take).toEqual([])
  })
  it('lets alone what a program still writes by its name, hidden files and other formats', () => {
    const names = [
      '.a.hl7',
      'a.hl7.part',
      'a.hl7.tmp',
      '~a.hl7',
      'a.hl7~',
      'a.json',
      'a.pdf',
      'a.hl7.filepart',
    ]
    const files = names.map((name) => file(name))
    expect(decideLook(always, look({ files, before: files }))).toMatchObject({ take: [], writing: [] })
    expect(decideLook({ format: 'fhir', hour: null }, look({ files, before: files })).take).toEqual([
      'a.json',
    ])
  })
  it('takes nothing twice unless it changed', () => {
    const files = [file('a.hl7')]
    expect(decideLook(always, look({ files, before: files, dealtWith: files })).take).toEqual([])
    const again = [file('a.hl7', 11, 5)]
    expect(decideLook(always, look({ files: again, before: again, dealtWith: files })).take).toEqual([
      'a.hl7',
    ])
  })
  it('waits for the hour, runs once a day, and when a person asks', () => {
    const files = [file('a.hl7')]
    const at = (over: Partial<Look>) => decideLook(atFour, look({ files, before: files, ...over }))
    expect(at({ hour: 3 })).toMatchObject({ take: [], isRunComplete: false })
    expect(at({ hour: 4 })).toMatchObject({ take: ['a.hl7'], isRunComplete: true })
    expect(at({ hour: 23, lastRunDay: '2026-02-28' }).take).toEqual(['a.hl7'])
    expect(at({ hour: 5, lastRunDay: '2026-03-01' }).take).toEqual([])
    expect(at({ hour: 3, isAsked: true }).take).toEqual(['a.hl7'])
  })
  it('does not call the day done while a file is still written', () => {
    const growing = look({
      files: [file('a.hl7'), file('b.hl7', 20)],
      before: [file('a.hl7'), file('b.hl7')],
    })
    expect(decideLook(atFour, growing)).toEqual({ take: ['a.hl7'], writing: ['b.hl7'], isRunComplete: false })
  })
})
