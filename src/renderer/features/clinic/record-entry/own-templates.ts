/** A template of what stands in the form, and what of the stored ones the form understands. Pure. */
import type { StoredTemplate } from '../../../../shared/contract/templates.ts'
import { LAB_TESTS } from '../../../../shared/domain/lab-tests.ts'
import { isBlankRow, VITALS, type VisitForm, type VitalKey } from './form.ts'
import {
  isTemplateField,
  type SectionNumber,
  TEMPLATE_FIELDS,
  type VisitTemplate,
  vitalsShown,
} from './templates.ts'

/** As the node takes it. */
type SavedTemplate = Omit<StoredTemplate, 'version' | 'owner'> & { readonly isOwn: boolean }

const DIAGNOSES_MAX = 10
const SECTIONS: readonly number[] = [3, 4, 5, 6, 7, 8]

/** Its fields and results in sight, its order of sections, its panels, its diagnoses, for its department; never a value. */
export function templateFrom(
  form: VisitForm,
  base: VisitTemplate,
  given: { readonly id: string; readonly name: string; readonly isOwn: boolean },
): SavedTemplate {
  const { id, name, isOwn } = given
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
    required: [...(base.required ?? [])],
    isOwn,
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
    vitals: [...new Set(stored.vitals)].filter((key) => VITALS.some((each) => each === key)) as VitalKey[],
    panels: stored.panels
      .map((panel) => ({ ...panel, tests: panel.tests.filter(isTest) }))
      .filter((panel) => panel.tests.length > 0),
    expected: stored.expected.filter(isTemplateField),
    required: stored.required.filter(isTemplateField),
  }
}

/** What a template says of a field: nothing, that it is asked about once, or that no visit is signed without it. */
export type Need = 'free' | 'expected' | 'required'
type Needs = Pick<VisitTemplate, 'expected' | 'required'>

export const needOf = ({ expected, required }: Needs, field: string): Need =>
  required?.includes(field) === true ? 'required' : expected.includes(field) ? 'expected' : 'free'

export function withNeed<T extends Needs>(template: T, field: string, need: Need): T {
  const without = (list: readonly string[] = []) => list.filter((each) => each !== field)
  return {
    ...template,
    expected: [...without(template.expected), ...(need === 'expected' ? [field] : [])],
    required: [...without(template.required), ...(need === 'required' ? [field] : [])],
  }
}

/** Fields of which a need can be said: the vital signs in their order, the tests of the panels, what else a visit has. */
export function fieldsOf({ vitals, panels, expected, required }: VisitTemplate): string[] {
  const tests = panels.flatMap((panel) => panel.tests.map((key) => `labs.${key}`))
  return [
    ...new Set([
      ...vitals.map((key) => `vitals.${key}`),
      ...tests,
      ...TEMPLATE_FIELDS,
      ...expected,
      ...(required ?? []),
    ]),
  ]
}

/** The list with the one at this place moved by so many places; the same list where it stands at the end. */
export function moved<T>(list: readonly T[], at: number, step: 1 | -1): readonly T[] {
  const [here, there] = [list[at], list[at + step]]
  if (here === undefined || there === undefined) return list
  return list.map((each, i) => (i === at ? there : i === at + step ? here : each))
}

/**
 * With this vital sign in sight, or out of it: behind those in sight, with the rest in the order of the paper. What is needed
 * is in sight, so out of it nothing is needed.
 */
export function withVital(template: VisitTemplate, key: VitalKey, isShown: boolean): VisitTemplate {
  const others = template.vitals.filter((each) => each !== key)
  return isShown
    ? { ...template, vitals: [...others, key] }
    : withNeed({ ...template, vitals: others }, `vitals.${key}`, 'free')
}

/**
 * The stored template with what a person changed of it: what of it this version does not know stays, behind the rest.
 * @param changed `understood` of the stored one, changed
 */
export function withChanges(stored: StoredTemplate, changed: VisitTemplate): StoredTemplate {
  const known = understood(stored)
  const kept = (list: readonly string[], from: readonly string[]) =>
    from.filter((each) => !list.includes(each))
  return {
    ...stored,
    sections: [...changed.sections],
    vitals: [...changed.vitals, ...kept(known.vitals, stored.vitals)],
    expected: [...changed.expected, ...kept(known.expected, stored.expected)],
    required: [...(changed.required ?? []), ...kept(known.required ?? [], stored.required)],
  }
}
