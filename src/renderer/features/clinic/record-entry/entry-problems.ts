/** What is wrong with the form, by the rules that main applies too, and what a person should look at once. */
import type { Patient } from '../../../../shared/contract/patients.ts'
import type { Finding, VisitInput } from '../../../../shared/contract/records.ts'
import { parseWhen } from '../../../../shared/domain/dates.ts'
import { labTestByKey } from '../../../../shared/domain/lab-tests.ts'
import { earlierSexOf, previousMeasures } from '../../../../shared/domain/visit-check/previous-measures.ts'
import {
  broughtFindings,
  type CheckContext,
  checkVisit,
  isConfirmed,
} from '../../../../shared/domain/visit-check.ts'
import type { VisitRecord } from '../../../../shared/domain/visit.ts'
import type { Source, VisitForm } from './form.ts'
import { missingOf, neededOf, templateOf } from './templates.ts'
import { readForm } from './read-form.ts'
import type { FormContext, Problem } from './to-visit.ts'

export interface Checked {
  readonly problems: readonly Problem[]
  readonly visit: VisitInput | null
  fieldOf(path: string): string
}

/** Currency of the facility, for the question about another one. */
const USUAL_CURRENCY = 'TWD'

export function problemsOf(
  form: VisitForm,
  patient: Patient | null,
  context: FormContext,
  earlier: { readonly records: readonly VisitRecord[]; readonly visitId: string | undefined },
): Checked {
  if (!patient) return { problems: [], visit: null, fieldOf: (path) => path }
  const read = readForm(form, context)
  const day = parseWhen(read.visit.encounter.admission.at)?.first ?? context.today
  const earlierSex = earlierSexOf(earlier.records, earlier.visitId)
  const rules: CheckContext = {
    mode: 'form',
    today: context.today,
    currency: USUAL_CURRENCY,
    patient: {
      sex: patient.sex,
      ...(patient.birthDate === undefined ? {} : { birthDate: patient.birthDate }),
      ...(patient.deathDate === undefined ? {} : { deathDate: patient.deathDate }),
      ...(earlierSex === undefined ? {} : { earlierSex }),
    },
    previous: previousMeasures(earlier.records, { visitId: earlier.visitId, day }),
  }
  const found = checkVisit(read.visit, rules)
  const findings = form.source === null ? found : broughtFindings(findingsOfSource(form.source, rules), found)
  const known = new Set(read.problems.map((each) => each.field))
  return {
    visit: read.visit,
    fieldOf: read.fieldOf,
    problems: [
      ...read.problems,
      ...neededProblems(form),
      ...findings.map((each) => withField(each, read.fieldOf)).filter((each) => !known.has(each.field)),
    ],
  }
}

let ofSource: { source: Source; under: string; findings: readonly Finding[] } | null = null

/** What the version that is corrected broke already; found once, and not at every key. */
function findingsOfSource(source: Source, rules: CheckContext): readonly Finding[] {
  const under = JSON.stringify(rules)
  if (ofSource?.source !== source || ofSource.under !== under)
    ofSource = { source, under, findings: checkVisit(source, rules) }
  return ofSource.findings
}

/** The list that is shown, where the new one says the same: what shows it need not be drawn again. */
export const sameProblems = (shown: readonly Problem[], found: readonly Problem[]): readonly Problem[] =>
  JSON.stringify(shown) === JSON.stringify(found) ? shown : found

/** The fields that have problems, from the one behind this field on, round and back to it. */
export function fieldsFrom(problems: readonly Problem[], here: string | undefined): string[] {
  const fields = [...new Set(problems.map(({ field }) => field))]
  // A problem of a whole row is mended in the first field of the row: `goToField` went there.
  const at = fields.findIndex((field) => here === field || here?.startsWith(`${field}.`) === true)
  return [...fields.slice(at + 1), ...fields.slice(0, at + 1)]
}

export const withField = (finding: Finding, fieldOf: (path: string) => string): Problem => ({
  ...finding,
  // The person has no field in the form: what is said of one stands where the form begins.
  field: finding.path === 'patient.sex' ? 'encounter.day' : fieldOf(finding.path),
})

/** What the template expects and the form lacks: asked about once, at the save. */
export function expectedProblems(form: VisitForm): Problem[] {
  return missingOf(templateOf(form.template), form).map((wanted) => ({
    ...lacking(form, wanted),
    rule: 'template-expects',
    severity: 'confirm' as const,
  }))
}

/** How many things will be asked about at the save, as far as the form alone knows. */
export function questionCount(
  form: VisitForm,
  problems: readonly Problem[],
  confirmations: VisitInput['confirmations'],
): number {
  const isOpen = (each: Problem) => each.severity === 'confirm' && !isConfirmed(each, confirmations)
  const rows = [...form.diagnoses, ...form.medicines].filter((row) => row.isCopied)
  return [...problems, ...expectedProblems(form)].filter(isOpen).length + form.copied.length + rows.length
}

/** What the template requires and a new visit lacks: it stops the save. */
export function neededProblems(form: VisitForm): Problem[] {
  const template = templateOf(form.template)
  return neededOf(template, form).map((wanted) => {
    const { params, ...rest } = lacking(form, wanted)
    return {
      ...rest,
      rule: 'template-requires',
      severity: 'refuse' as const,
      params: { ...params, template: template.en, templateZh: template.zh },
    }
  })
}

function lacking(form: VisitForm, wanted: string): Pick<Problem, 'path' | 'field' | 'params'> {
  const [place = '', key = ''] = wanted.split('.')
  const test = place === 'vitals' || place === 'labs' ? labTestByKey(key) : null
  const offered = form.labs.find((row) => row.test.code?.code === test?.loinc)
  const last = (rows: readonly { id: string }[]) => rows[rows.length - 1]?.id ?? ''
  const field =
    place === 'labs'
      ? // A result that is not there has no row of its own, unless a panel offers it: the blank one at the end takes it.
        offered === undefined
        ? `labs.${last(form.labs)}.test`
        : `labs.${offered.id}.value`
      : place === 'procedures' || place === 'medicines'
        ? `${place}.${last(form[place])}.code`
        : wanted
  const names: Record<string, string> = test === null ? {} : { name: test.en, nameZh: test.zh }
  return { path: `template.${wanted}`, field, params: { value: wanted, ...names } }
}

/** What came from an earlier visit and nobody has touched since: looked at once, before the save. */
export function copiedProblems(
  form: VisitForm,
  fieldOf: (path: string) => string,
  visit: VisitInput,
): Problem[] {
  const copied = (
    list: 'diagnoses' | 'prescriptions',
    rows: readonly { id: string; isCopied: boolean }[],
    section: string,
  ) =>
    visit[list].flatMap((row, index) => {
      const path = `${list}.${index}.code`
      const field = fieldOf(path)
      const isCopied = rows.some((each) => each.isCopied && field === `${section}.${each.id}.code`)
      const name = [row.code.code, row.code.display]
        .filter((part) => part !== undefined && part !== 'text')
        .join(' ')
      return isCopied ? [copiedProblem(path, field, name)] : []
    })
  const singles = form.copied.map((field) =>
    copiedProblem(
      field,
      field,
      field === 'vitals.height' ? `${form.vitals.height} cm` : form.smoking,
      field === 'smoking' ? 'copied-smoking' : 'copied-forward',
    ),
  )
  return [
    ...singles,
    ...copied('diagnoses', form.diagnoses, 'diagnoses'),
    ...copied('prescriptions', form.medicines, 'medicines'),
  ]
}

const copiedProblem = (path: string, field: string, value: string, rule = 'copied-forward'): Problem => ({
  path,
  field,
  rule,
  severity: 'confirm',
  params: { value: value.slice(0, 200) },
})

/** Problems that stop the save where somebody has been already, and fields nobody has reached yet: those are no fault. */
export function stopsOf(
  problems: readonly { readonly field: string; readonly severity: string }[],
  isTried: boolean,
  left: ReadonlySet<string>,
): { readonly wrongCount: number; readonly aheadCount: number } {
  const stopping = problems.filter(({ severity }) => severity === 'refuse')
  const shown = stopping.filter(({ field }) => isTried || left.has(field))
  const ahead = new Set(stopping.filter((each) => !shown.includes(each)).map(({ field }) => field))
  return { wrongCount: shown.length, aheadCount: ahead.size }
}
