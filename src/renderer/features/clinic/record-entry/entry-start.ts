/** How a visit begins: today, now, in the department of the last one, under its template. */
import { formatDay } from '../../../../shared/domain/dates.ts'
import { LOINC_SYSTEM, type LabTest } from '../../../../shared/domain/lab-tests.ts'
import { facilityZone } from '../../../lib/facility-clock.ts'
import { civilInZone, clockOf } from '../../../lib/zone.ts'
import { localeNow } from '../../../words/catalogue.ts'
import { emptyForm, type Picked, type VisitForm } from './form.ts'
import { templateOfDepartment } from './templates.ts'

/** What a desk seldom changes, while the session lasts: its department, and the template chosen last in each. */
export const desk: { department: Picked | null; readonly templates: Map<string, string> } = {
  department: null,
  templates: new Map(),
}
export function forgetDesk(): void {
  desk.department = null
  desk.templates.clear()
}

export const newId = (): string => crypto.randomUUID()

/** Nobody's visit yet: it has a day and a time from the moment at which it is begun for somebody. */
export function freshForm(): VisitForm {
  const form = emptyForm({ day: '', time: '', rowId: newId })
  if (desk.department === null) return form
  return {
    ...form,
    encounter: { ...form.encounter, department: desk.department },
    template: templateAt(desk.department.code?.code) ?? form.template,
  }
}

/** The template that was chosen last in a department, else its own; undefined where it has none. */
export const templateAt = (department: string | undefined): string | undefined =>
  (department === undefined ? undefined : desk.templates.get(department)) ??
  templateOfDepartment(department)?.id

/** The visit begins now, by the clock at the facility; one that has begun stays as it is. */
export function begunForm(form: VisitForm): VisitForm {
  if (form.encounter.day !== '' || form.encounter.time !== '') return form
  const now = civilInZone(Date.now(), facilityZone())
  return { ...form, encounter: { ...form.encounter, day: formatDay(now.day), time: clockOf(now) } }
}

export const offeredTest = (test: LabTest) => ({
  test: {
    text: localeNow() === 'zh-Hant' ? test.zh : test.en,
    code: { system: LOINC_SYSTEM, code: test.loinc, display: test.en },
  },
  unit: test.unit,
})

export function fresh() {
  const form = freshForm()
  return {
    draftId: newId(),
    patient: null,
    unnamed: null,
    form,
    start: form,
    problems: [],
    left: new Set<string>(),
    isTried: false,
    asked: null,
    confirmations: [],
    saving: 'no' as const,
    draft: { state: 'none' as const, savedAt: null },
    refused: null,
    failure: null,
    change: null,
    switchedFrom: null,
    rival: null,
    isConsentChosen: false,
    earlier: [],
    isChecking: false,
    isWhole: false,
  }
}
