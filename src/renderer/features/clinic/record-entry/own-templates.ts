/** A template of what stands in the form, and what of the stored ones the form understands. Pure. */
import type { StoredTemplate } from '../../../../shared/contract/templates.ts'
import { LAB_TESTS } from '../../../../shared/domain/lab-tests.ts'
import { isBlankRow, VITALS, type VisitForm, type VitalKey } from './form.ts'
import { type SectionNumber, type VisitTemplate, vitalsShown } from './templates.ts'

const DIAGNOSES_MAX = 10
const SECTIONS: readonly number[] = [3, 4, 5, 6, 7, 8]

/** Its fields and results in sight, its order of sections, its panels, its diagnoses, for its department; never a value. */
export function templateFrom(
  form: VisitForm,
  base: VisitTemplate,
  given: { readonly id: string; readonly name: string },
): Omit<StoredTemplate, 'version'> {
  const { id, name } = given
  const tests = form.labs.flatMap((row) => {
    const test = LAB_TESTS.find((each) => each.loinc === row.test.code?.code)
    return test === undefined || isBlankRow.labs({ ...row, isOffered: false }) ? [] : [test.key]
  })
  const isNew = tests.length > 0 && !base.panels.some((panel) => isSame(panel.tests, tests))
  const diagnoses = form.diagnoses.flatMap((row) => (row.code.code === null ? [] : [row.code.code.code]))
  const department = form.encounter.department.code?.code
  return {
    id,
    en: name,
    zh: name,
    departments: department === undefined ? [] : [department],
    sections: [...base.sections],
    vitals: [...vitalsShown(base, form.vitals)],
    panels: [
      ...(isNew ? [{ en: name, zh: name, tests: [...new Set(tests)] }] : []),
      ...base.panels.map((panel) => ({ ...panel, tests: [...panel.tests] })),
    ].slice(0, 20),
    diagnoses: [...new Set([...diagnoses, ...base.diagnoses])].slice(0, DIAGNOSES_MAX),
    expected: [...base.expected],
  }
}

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((each) => other.includes(each))

/** Of another version of the application a template may name what this one does not know: that is left out. */
export function understood(stored: StoredTemplate): VisitTemplate {
  const isTest = (key: string) => LAB_TESTS.some((test) => test.key === key)
  const inOrder = stored.sections.filter(
    (each, i) => SECTIONS.includes(each) && stored.sections.indexOf(each) === i,
  )
  return {
    ...stored,
    sections: [...inOrder, ...SECTIONS.filter((each) => !inOrder.includes(each))] as SectionNumber[],
    vitals: VITALS.filter((key) => stored.vitals.includes(key)) as VitalKey[],
    panels: stored.panels
      .map((panel) => ({ ...panel, tests: panel.tests.filter(isTest) }))
      .filter((panel) => panel.tests.length > 0),
    expected: stored.expected.filter((wanted) => {
      const [place, key = ''] = wanted.split('.')
      if (place === 'vitals') return VITALS.some((each) => each === key)
      return place === 'labs' ? isTest(key) : wanted === 'smoking' || wanted === 'encounter.reason'
    }),
  }
}
