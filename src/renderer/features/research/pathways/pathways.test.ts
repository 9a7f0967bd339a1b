/** What the room draws and writes of an answer: every number as it is said, in both languages, and nothing besides. */
import { describe, expect, it } from 'vitest'
import type { PathwaysAnswer } from '../../../../shared/contract/pathways.ts'
import { pathwaysDefinition, problemsOfPathways } from '../../../../shared/domain/pathways.ts'
import { figureSvg } from '../../../parts/research/figure.ts'
import * as clinical from '../../../words/clinical.ts'
import * as cohorts from '../../../words/cohorts.ts'
import * as models from '../../../words/models.ts'
import * as pathways from '../../../words/pathways.ts'
import * as question from '../../../words/question.ts'
import { exemplarFigure } from './exemplar-figure.ts'
import { namedPathways, newPathways, withNewClass, withoutClass } from './pathways-form.ts'
import { exemplarTable, sequenceTable, trajectoryTable, waitTable } from './pathways-tables.ts'
import { sequenceFigure } from './sequence-figure.ts'
import { trajectoryFigure } from './trajectory-figure.ts'
import { waitFigure } from './wait-figure.ts'

const wordsOf = (key: 'en' | 'zhHant') => ({
  clinical: clinical[key],
  cohorts: cohorts[key],
  models: models[key],
  pathways: pathways[key],
  question: question[key],
})
const catalogue = { en: wordsOf('en'), 'zh-Hant': wordsOf('zhHant') }

const definition = namedPathways(newPathways(), {
  title: 'Pathways',
  event: (event) => (event.kind === 'visit' ? (event.classes ?? ['any']).join() : event.kind),
})
const exact = (count: number) => ({ said: 'exact' as const, count })
const spread = { p10: null, q1: 10, median: 20, q3: 30, p90: null }

const answer: Extract<PathwaysAnswer, { kind: 'traversed' }> = {
  kind: 'traversed',
  isTwin: false,
  hash: 'ab'.repeat(32),
  upTo: 7,
  persons: 100,
  people: { sexes: [], ages: null },
  sequences: {
    nodes: [
      { step: 1, what: { kind: 'classes', classes: 3 }, persons: exact(60) },
      { step: 1, what: { kind: 'other' }, persons: { said: 'small' } },
      { step: 1, what: { kind: 'none' }, persons: { said: 'withheld' } },
      { step: 2, what: { kind: 'death' }, persons: { said: 'hidden' } },
    ],
    links: [
      { from: null, to: 0, persons: exact(60), days: spread },
      { from: null, to: 1, persons: { said: 'small' }, days: null },
      { from: null, to: 2, persons: { said: 'withheld' }, days: spread },
      { from: 0, to: 3, persons: { said: 'hidden' }, days: null },
    ],
  },
  waits: {
    persons: exact(100),
    without: exact(0),
    events: exact(40),
    died: { said: 'small' },
    unseen: { said: 'withheld' },
    atEnd: exact(0),
    quartiles: { q1: { days: 90, lower: 60, upper: null }, median: null, q3: null },
    points: [
      { day: 90, had: 0.25, lower: 0.1, upper: 0.4, waiting: 60 },
      { day: 300, had: 0.4, lower: 0.3, upper: 0.5, waiting: 20 },
    ],
  },
  trajectory: {
    persons: exact(80),
    bins: [
      { from: 0, to: 181, persons: exact(80), values: { p10: 5, q1: 6, median: 7, q3: 8, p90: 9 } },
      { from: 182, to: 363, persons: { said: 'small' }, values: null },
      {
        from: 364,
        to: 545,
        persons: exact(20),
        values: { p10: null, q1: 6.5, median: 7.25, q3: 8, p90: null },
      },
    ],
  },
  exemplars: [
    {
      number: 1,
      sex: 'female',
      age: 63,
      steps: [
        { day: 20, classes: 3 },
        { day: 21, classes: null },
      ],
      end: { kind: 'death', day: 400 },
      values: [
        { day: 90, value: 7.1 },
        { day: 450, value: 7.3 },
      ],
    },
  ],
}
const trajectory = definition.trajectory!

describe('what the room shows', () => {
  it('names events that happen together, and says what is held back, never how many', () => {
    for (const locale of ['en', 'zh-Hant'] as const) {
      const words = catalogue[locale]
      const { rows } = sequenceTable(answer, definition, words, locale)
      expect(rows.map(({ cells }) => cells[1])).toEqual(['', '60', '<11', '≥11', '', words.pathways.hidden])
      expect(rows[1]!.cells[0]).toBe(`EMER${words.pathways.together}IMP`)
      expect(rows[4]!.cells[0]).toContain('60')
      const drawn = figureSvg(sequenceFigure(answer, definition, words, locale)!, '')
      expect(drawn).toContain('&lt;11')
      expect(drawn).toContain('≥11')
      expect(drawn).not.toMatch(/NaN|Infinity|undefined/)
    }
  })

  it('draws waits, trajectories with their gaps, and timelines that are called invented', () => {
    const words = catalogue.en
    const wait = waitFigure(answer.waits!, { time: 'Days', share: 'Share', description: 'd' }, 'en')!
    const curve = trajectoryFigure(answer.trajectory!, trajectory, words, 'en')!
    const people = exemplarFigure(answer.exemplars, definition, words, 'en')!
    for (const figure of [wait, curve, people])
      expect(figureSvg(figure, '')).not.toMatch(/NaN|Infinity|undefined/)
    // One line for each stretch that is known: none is drawn through the part that is not said.
    expect(curve.shapes.filter(({ kind }) => kind === 'path')).toHaveLength(2)
    expect(curve.description).toContain('Hemoglobin A1c (%)')
    expect(figureSvg(people, '')).toContain('Invented 1')
    expect(exemplarTable(answer.exemplars, definition, words, 'en').rows[0]!.cells[1]).toBe(
      'EMER + IMP (day 20) → rarer (day 21) → death (day 400)',
    )
    expect(waitTable(answer.waits!, 'Wait', words, 'en').rows.map(({ cells }) => cells[1])).toEqual([
      ...['100', '0', '40', '<11', '≥11', '0'],
      ...['90 (60–∞)', '—', '—'],
    ])
    const [first, second] = trajectoryTable(answer.trajectory!, trajectory, words, 'en').rows
    expect(first!.cells).toEqual(['0 to 181', '80', '7 [6, 8]', '5–9'])
    expect(second!.cells.slice(1)).toEqual(['<11', '—', '—'])
  })

  it('keeps names of late steps in the picture, and values beside the line that joins them', () => {
    const words = catalogue.en
    const late = {
      ...answer.exemplars[0]!,
      steps: [{ day: 400, classes: 3 }],
      end: { kind: 'none' as const, day: 400 },
      values: [
        { day: 100, value: 5 },
        { day: 200, value: 7 },
      ],
    }
    const { shapes, width } = exemplarFigure([late], definition, words, 'en')!
    const texts = shapes.filter((shape) => shape.kind === 'text')
    const name = texts.find(({ text }) => text === 'EMER + IMP')!
    expect(name.anchor).toBe('end')
    expect(name.x).toBeLessThan(width)
    const line = shapes.find((shape) => shape.kind === 'path' && shape.dash !== undefined) as { d: string }
    const xs = [...line.d.matchAll(/[ML]([\d.]+)/g)].map(([, x]) => Number(x))
    const [first, last] = ['5', '7'].map((value) => texts.find(({ text }) => text === value)!)
    expect([first!.anchor, last!.anchor]).toEqual(['end', 'start'])
    expect(first!.x).toBeLessThan(xs[0]!)
    expect(last!.x).toBeGreaterThan(xs.at(-1)!)
  })

  it('draws nothing where nothing is said', () => {
    const words = catalogue.en
    const none = { ...answer, sequences: { nodes: [], links: [] } }
    expect(sequenceFigure(none, definition, words, 'en')).toBeNull()
    expect(
      waitFigure({ ...answer.waits!, points: [] }, { time: '', share: '', description: '' }, 'en'),
    ).toBeNull()
    const [, unsaid] = answer.trajectory!.bins
    expect(trajectoryFigure({ persons: exact(0), bins: [unsaid!] }, trajectory, words, 'en')).toBeNull()
    expect(exemplarFigure([], definition, words, 'en')).toBeNull()
  })
})

describe('the form', () => {
  it('begins with a question that can be asked as it is', () => {
    expect(pathwaysDefinition.parse(definition)).toEqual(definition)
    expect(problemsOfPathways(definition)).toEqual([])
  })

  it('goes on naming the same events in a wait when another is removed', () => {
    const three = { ...withNewClass(definition), wait: { from: 1, to: 2 } }
    expect(withoutClass(three, 0).wait).toEqual({ from: 0, to: 1 })
    expect(withoutClass(three, 2).wait).toBeNull()
    expect(withoutClass({ ...three, wait: { from: null, to: 1 } }, 2).wait).toEqual({ from: null, to: 1 })
    let many = definition
    for (let i = 0; i < 20; i++) many = withNewClass(many)
    expect(many.classes).toHaveLength(8)
  })
})
