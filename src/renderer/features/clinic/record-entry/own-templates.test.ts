import { describe, expect, it } from 'vitest'
import { LOINC_SYSTEM, labTestByKey } from '../../../../shared/domain/lab-tests.ts'
import { emptyForm, emptyRow, type LabRow } from './form.ts'
import { templateFrom, understood } from './own-templates.ts'
import { TEMPLATES } from './templates.ts'

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
      { id: 'own-1', name: 'Chest pain clinic' },
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
    const { panels } = templateFrom({ ...form, labs }, general, { id: 'own-2', name: 'Again' })
    expect(panels).toHaveLength(general.panels.length)
  })
})

describe('understood', () => {
  it('leaves out what this version does not know, and never loses a section', () => {
    const stored = {
      ...templateFrom(form, TEMPLATES[0]!, { id: 'own-3', name: 'From elsewhere' }),
      version: 4,
      sections: [5, 5, 3],
      vitals: ['hr', 'aura'],
      panels: [
        { en: 'Odd', zh: '怪', tests: ['nosuch'] },
        { en: 'Half', zh: '半', tests: ['nosuch', 'k'] },
      ],
      expected: ['vitals.hr', 'vitals.aura', 'labs.k', 'labs.nosuch', 'smoking', 'anything'],
    }
    const template = understood(stored)
    expect(template.sections).toEqual([5, 3, 4, 6, 7, 8])
    expect(template.vitals).toEqual(['hr'])
    expect(template.panels).toEqual([{ en: 'Half', zh: '半', tests: ['k'] }])
    expect(template.expected).toEqual(['vitals.hr', 'labs.k', 'smoking'])
  })
})
