import { afterEach, describe, expect, it } from 'vitest'
import { LOINC_SYSTEM, labTestByKey } from '../../../../shared/domain/lab-tests.ts'
import { emptyForm, emptyRow, type LabRow } from './form.ts'
import { neededProblems, expectedProblems } from './entry-problems.ts'
import {
  fieldsOf,
  moved,
  needOf,
  templateFrom,
  understood,
  withChanges,
  withNeed,
  withVital,
} from './own-templates.ts'
import { setOwnTemplates, TEMPLATES, type VisitTemplate, vitalsShown } from './templates.ts'

const form = emptyForm({ day: '2026-11-20', time: '09:00', rowId: () => crypto.randomUUID() })
const result = (key: string, value: string): LabRow => ({
  ...emptyRow.labs(key),
  test: { text: key, code: { system: LOINC_SYSTEM, code: labTestByKey(key)!.loinc, display: key } },
  value,
})

describe('templateFrom', () => {
  it('keeps what is in sight, the results as a panel and the diagnoses, for the department, and no value', () => {
    const emergency = TEMPLATES.find(({ id }) => id === 'emergency')!
    const template = templateFrom(
      {
        ...form,
        encounter: {
          ...form.encounter,
          department: { text: '22 Emergency', code: { system: 'x', code: '22', display: 'Emergency' } },
          reason: 'told in confidence',
        },
        vitals: { ...form.vitals, height: '171' },
        labs: [result('hba1c', '7.3'), { ...result('ldl', ''), isOffered: true }, ...form.labs],
        notes: 'told in confidence',
      },
      emergency,
      { id: 'own-1', name: 'Chest pain clinic', isOwn: true },
    )
    expect(template).toMatchObject({
      id: 'own-1',
      en: 'Chest pain clinic',
      departments: ['22'],
      sections: emergency.sections,
      expected: emergency.expected,
    })
    expect(template.panels[0]).toEqual({
      en: 'Chest pain clinic',
      zh: 'Chest pain clinic',
      tests: ['hba1c', 'ldl'],
    })
    expect(template.vitals).toContain('height')
    const written = JSON.stringify(template)
    for (const value of ['171', '7.3', 'told in confidence']) expect(written).not.toContain(value)
  })

  it('does not repeat a panel that is there', () => {
    const general = TEMPLATES[0]!
    const labs = general.panels[0]!.tests.map((key) => result(key, '1'))
    const { panels } = templateFrom({ ...form, labs }, general, { id: 'own-2', name: 'Again', isOwn: false })
    expect(panels).toHaveLength(general.panels.length)
  })
})

describe('understood', () => {
  it('leaves out what this version does not know, and never loses a section', () => {
    const stored = {
      ...templateFrom(form, TEMPLATES[0]!, { id: 'own-3', name: 'From elsewhere', isOwn: false }),
      version: 4,
      owner: null,
      sections: [5, 5, 3],
      vitals: ['weight', 'hr', 'aura', 'hr'],
      panels: [
        { en: 'Odd', zh: '怪', tests: ['nosuch'] },
        { en: 'Half', zh: '半', tests: ['nosuch', 'k'] },
      ],
      expected: ['vitals.hr', 'vitals.aura', 'labs.k', 'labs.nosuch', 'smoking', 'anything'],
      required: ['notes', 'encounter.attender', 'vitals.aura', 'encounter.shoe'],
    }
    const template = understood(stored)
    expect(template.sections).toEqual([5, 3, 4, 6, 7, 8])
    expect(template.vitals).toEqual(['weight', 'hr'])
    expect(template.required).toEqual(['notes', 'encounter.attender'])
    expect(template.panels).toEqual([{ en: 'Half', zh: '半', tests: ['k'] }])
    expect(template.expected).toEqual(['vitals.hr', 'labs.k', 'smoking'])
  })
})

describe('order and needs', () => {
  const base: VisitTemplate = {
    ...TEMPLATES[0]!,
    id: 'own-9',
    en: 'Ward',
    zh: '病房',
    vitals: ['temp', 'sbp', 'dbp'],
  }
  afterEach(() => setOwnTemplates([]))

  it('shows vital signs in the order of the template, and behind them whatever else holds a value', () => {
    expect(vitalsShown(base, { ...form.vitals, hr: '72' })).toEqual(['temp', 'sbp', 'dbp', 'hr'])
    // Nobody is asked for what cannot be typed.
    expect(vitalsShown(withNeed(base, 'vitals.pain', 'required'), form.vitals).at(-1)).toBe('pain')
    expect(withVital(base, 'temp', false).vitals).toEqual(['sbp', 'dbp'])
    expect(withVital(base, 'hr', true).vitals).toEqual(['temp', 'sbp', 'dbp', 'hr'])
  })

  it('moves one past its neighbour, and nothing past the end', () => {
    expect(moved(base.vitals, 1, -1)).toEqual(['sbp', 'temp', 'dbp'])
    expect(moved(base.vitals, 2, 1)).toBe(base.vitals)
    expect(moved(base.vitals, 0, -1)).toBe(base.vitals)
    expect(moved(base.vitals, -1, 1)).toBe(base.vitals)
  })

  it('says one need of each field that the template has', () => {
    const fields = fieldsOf(base)
    for (const field of ['vitals.temp', 'labs.k', 'smoking', 'encounter.attender', 'notes']) {
      expect(fields).toContain(field)
      expect(needOf(base, field)).toBe('free')
      const required = withNeed(withNeed(base, field, 'expected'), field, 'required')
      expect([needOf(required, field), required.expected]).toEqual(['required', []])
      expect(needOf(withNeed(required, field, 'free'), field)).toBe('free')
    }
  })

  it('stops a new visit that lacks what is needed, leads to its field, and asks about what is expected', () => {
    const needs = ['vitals.temp', 'labs.k', 'encounter.attender', 'medicines', 'smoking', 'notes']
    const ward = {
      ...needs.reduce((each, field) => withNeed(each, field, 'required'), base),
      expected: ['vitals.hr'],
    }
    setOwnTemplates([ward])
    const visit = { ...form, template: ward.id }
    const problems = neededProblems(visit)
    expect(problems.map(({ rule, severity, params }) => [rule, severity, params['value']])).toEqual(
      needs.map((field) => ['template-requires', 'refuse', field]),
    )
    expect(problems.map(({ field }) => field)).toEqual([
      'vitals.temp',
      `labs.${form.labs[0]!.id}.test`,
      'encounter.attender',
      `medicines.${form.medicines[0]!.id}.code`,
      'smoking',
      'notes',
    ])
    expect(problems[1]!.params).toMatchObject({ name: 'Potassium', template: 'Ward', templateZh: '病房' })
    expect(expectedProblems(visit).map(({ path }) => path)).toEqual(['template.vitals.hr'])
    const offered = { ...result('k', ''), isOffered: true }
    expect(neededProblems({ ...visit, labs: [offered] })[1]!.field).toBe('labs.k.value')
    // That a test was not done, and why, is an answer.
    const filled = {
      ...visit,
      vitals: { ...form.vitals, temp: '37' },
      labs: [{ ...offered, absent: 'not-performed' as const }],
      encounter: { ...form.encounter, attender: 'D7' },
      medicines: [{ ...form.medicines[0]!, text: 'as told' }],
      smoking: '8517006',
      notes: 'seen',
    }
    expect(neededProblems(filled)).toEqual([])
  })

  it('takes a needed test that was typed and not chosen from the list', () => {
    setOwnTemplates([withNeed(base, 'labs.hba1c', 'required')])
    const typed = (text: string) => ({
      ...form,
      template: base.id,
      labs: [{ ...emptyRow.labs('typed'), test: { text, code: null }, value: '7.1' }],
    })
    expect(neededProblems(typed('HbA1c'))).toEqual([])
    expect(neededProblems(typed('LDL'))).toHaveLength(1)
  })

  it('needs no vital sign that was taken out of sight', () => {
    const needed = withNeed(withVital(base, 'temp', true), 'vitals.temp', 'required')
    const hidden = withVital(needed, 'temp', false)
    expect([needOf(hidden, 'vitals.temp'), hidden.vitals.includes('temp')]).toEqual(['free', false])
    expect(vitalsShown(hidden, form.vitals)).not.toContain('temp')
    expect(needOf(withVital(needed, 'temp', true), 'vitals.temp')).toBe('required')
  })

  it('does not stop the correction of a visit that was signed without it', () => {
    setOwnTemplates([withNeed(base, 'notes', 'required')])
    const visit = { ...form, template: base.id }
    expect(neededProblems(visit)).toHaveLength(1)
    expect(neededProblems({ ...visit, source: {} as never })).toEqual([])
  })
})

describe('withChanges', () => {
  it('keeps what of a stored template this version does not know', () => {
    const stored = {
      ...TEMPLATES[0]!,
      owner: null,
      departments: [],
      sections: [3, 4, 5, 6, 7, 8] as never,
      vitals: ['sbp', 'gcs', 'hr'],
      panels: [],
      diagnoses: [],
      expected: ['vitals.gcs', 'vitals.sbp'],
      required: ['isolation'],
    }
    const changed = withNeed(withVital(understood(stored), 'hr', false), 'vitals.sbp', 'required')
    expect(withChanges(stored, changed)).toMatchObject({
      vitals: ['sbp', 'gcs'],
      expected: ['vitals.gcs'],
      required: ['vitals.sbp', 'isolation'],
    })
    expect(withChanges(stored, understood(stored))).toMatchObject({ vitals: ['sbp', 'hr', 'gcs'] })
  })
})
