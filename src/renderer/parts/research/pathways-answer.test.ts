/** Real pathways as the rooms show them: every number with its interval, in both languages, and what is too few called so. */
import { describe, expect, it } from 'vitest'
import type { AskedPathways } from '../../../shared/domain/pathways.ts'
import * as clinical from '../../words/clinical.ts'
import * as cohorts from '../../words/cohorts.ts'
import * as pathways from '../../words/pathways.ts'
import { figureSvg } from './figure.ts'
import { eventNames, realFigure, realTable, realWaits, type RealPathways } from './pathways-answer.ts'

const wordsOf = (key: 'en' | 'zhHant') => ({
  clinical: clinical[key],
  cohorts: cohorts[key],
  pathways: pathways[key],
})
const catalogue = { en: wordsOf('en'), 'zh-Hant': wordsOf('zhHant') }
const asked: AskedPathways = {
  codeSets: {},
  events: [
    { kind: 'visit', classes: ['EMER'] },
    { kind: 'visit', classes: ['IMP'] },
  ],
  watch: { left: null, atMostDays: null, until: null },
  sequence: { which: 'all', collapseDays: 30, stepsMost: 2 },
}
const count = (value: number, halfWidth: number) => ({ value, halfWidth })
const answer: RealPathways = {
  kind: 'pathways',
  total: count(1_200, 40),
  places: [
    { step: 1, state: 0, count: count(700, 25) },
    { step: 1, state: -1, count: count(60, 24) },
    { step: 1, state: -2, count: count(400, 26) },
    { step: 2, state: 1, count: count(300, 28) },
  ],
  transitions: [
    { step: 1, from: null, to: 0, count: count(700, 25) },
    { step: 1, from: null, to: -1, count: count(60, 24) },
    { step: 1, from: null, to: -2, count: count(400, 26) },
    { step: 2, from: 0, to: 1, count: count(290, 22) },
    // Of more persons than noise leaves of where they come from.
    { step: 2, from: 1, to: 1, count: count(35, 22) },
  ],
  waits: [
    { step: 1, to: 0, band: 0, count: count(500, 29) },
    { step: 1, to: 0, band: 4, count: count(90, 29) },
    { step: 2, to: 1, band: 2, count: count(200, 30) },
  ],
}

describe('real pathways', () => {
  it('are a table of flows by what they come from, with every interval', () => {
    for (const locale of ['en', 'zh-Hant'] as const) {
      const words = catalogue[locale]
      const names = eventNames(asked, words, locale)
      const { rows, notes } = realTable(answer, { title: 'T', names, words, locale })
      const t = words.pathways
      expect(rows.map(({ cells }) => cells)).toEqual([
        [t.atEntry('1,200 ± 40'), '', ''],
        [names[0], '700', '675–725'],
        [t.real.several, '60', '36–84'],
        [t.none, '400', '374–426'],
        [t.after(`1. ${names[0]}`, '700 ± 25'), '', ''],
        [names[1], '290', '268–312'],
        [t.after(`1. ${names[1]}`, t.real.few), '', ''],
        [names[1], '35', '13–57'],
      ])
      expect(notes).toContain(t.real.fewNote)
    }
  })

  it('say how long each step took by bands, and which bands are too few to tell', () => {
    const words = catalogue.en
    const names = ['Emergency', 'Admission']
    const { header, rows } = realWaits(answer, { title: 'T', names, words, locale: 'en' })
    const { few, step, bands, several } = words.pathways.real
    expect(header).toEqual(['Event', 'Persons', ...bands])
    expect(rows.map(({ cells }) => cells)).toEqual([
      [step('1', true), '', '', '', '', '', ''],
      ['Emergency', '700 ± 25', '500 ± 29', few, few, few, '90 ± 29'],
      [several, '60 ± 24', few, few, few, few, few],
      [step('2', false), '', '', '', '', '', ''],
      ['Admission', '300 ± 28', few, few, '200 ± 30', few, few],
    ])
  })

  it('are drawn with a line for each interval and one hollow box of each step for what is too few', () => {
    for (const locale of ['en', 'zh-Hant'] as const) {
      const words = catalogue[locale]
      const names = eventNames(asked, words, locale)
      const figure = realFigure(answer, { title: 'T', names, words, locale })!
      const drawn = figureSvg(figure, '')
      expect(drawn).not.toMatch(/NaN|Infinity|undefined/)
      expect(drawn).toContain('700 ± 25')
      const { shapes } = figure
      // 40 of entry and all but 290 of 760: a hollow box at both steps.
      expect(shapes.filter((each) => each.kind === 'path')).toHaveLength(2)
      expect(shapes.filter(({ kind }) => kind === 'line')).toHaveLength(3 * answer.places.length)
      // The flow from an event that is not told has no place to begin.
      expect(shapes.filter(({ kind }) => kind === 'band')).toHaveLength(4 + 3)
      expect(figure.description).toContain(names[0])
    }
  })

  it('of which nothing but everybody is told are that number and one hollow box each step', () => {
    const words = catalogue.en
    const context = { title: 'T', names: [], words, locale: 'en' as const }
    const bare = { ...answer, places: [], transitions: [], waits: [] }
    expect(realFigure(bare, context)).toBeNull()
    expect(realTable(bare, context).rows).toEqual([])
    expect(realWaits(bare, context).rows).toEqual([])
  })
})
