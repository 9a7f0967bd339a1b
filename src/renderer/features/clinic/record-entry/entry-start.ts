/** How a visit begins: today, now, in the department of the last one, under its template. */
import { formatDay } from '../../../../shared/domain/dates.ts'
import { LOINC_SYSTEM, type LabTest } from '../../../../shared/domain/lab-tests.ts'
import { session } from '../../../lib/session.ts'
import { civilInZone } from '../../../lib/zone.ts'
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
export const zoneNow = (): string => {
  const current = session.now()
  return (
    (current?.state === 'open' ? current.zone : undefined) ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  )
}
export const todayNow = (): number => civilInZone(Date.now(), zoneNow()).day

export function freshForm(): VisitForm {
  const now = civilInZone(Date.now(), zoneNow())
  const clock = `${String(Math.floor(now.minutes / 60)).padStart(2, '0')}:${String(now.minutes % 60).padStart(2, '0')}`
  const form = emptyForm({ day: formatDay(now.day), time: clock, rowId: newId })
  if (desk.department === null) return form
  const code = desk.department.code?.code
  const template =
    (code === undefined ? undefined : desk.templates.get(code)) ?? templateOfDepartment(code)?.id
  return {
    ...form,
    encounter: { ...form.encounter, department: desk.department },
    template: template ?? form.template,
  }
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
    rival: null,
    earlier: [],
    isChecking: false,
    isWhole: false,
  }
}
