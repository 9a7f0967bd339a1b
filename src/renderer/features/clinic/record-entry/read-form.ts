/**
 * The form as a visit. A new visit is what its fields say. A correction is the version that it corrects with what the
 * fields say otherwise: what no field shows, and every row that nobody touched, is written back as it was. Pure.
 */
import type { Observation, VisitRecord } from '../../../../shared/domain/visit.ts'
import { visitInputOf } from '../../../../shared/domain/visit-input.ts'
import { fieldOfPath, KEPT_FIELD } from './field-of-path.ts'
import {
  isBlankLine,
  type RowSection,
  type Source,
  sourceIndexOf,
  sourceRowId,
  type VisitForm,
  type VitalKey,
} from './form.ts'
import { fieldsOfObservations, rawFormOf } from './from-record.ts'
import {
  carried,
  mergeClaim,
  mergeDiagnosis,
  mergeEncounter,
  mergeLines,
  mergeNotes,
  mergeObservation,
  mergePrescription,
  mergeProcedure,
} from './merge-rows.ts'
import { sameValue } from './same-value.ts'
import { type FormContext, readFields, type ReadFields, readNotes, type ReadVisit } from './to-visit.ts'
import { typedTimeOf } from './vital-sets.ts'

export function readForm(form: VisitForm, context: FormContext): ReadVisit {
  const now = readFields(form, context)
  return form.source === null ? now : correction(form, form.source, now, context)
}

/** The form that corrects this record; null where a newer program wrote something that this one would lose. */
export function formOfRecord(
  record: VisitRecord,
  context: FormContext,
  rowId: () => string,
): VisitForm | null {
  const { patientId: _id, confirmations: _confirmations, ...source } = visitInputOf(record, '')
  const form = { ...rawFormOf(source, rowId, sourceRowId), source }
  const { problems, visit } = readForm(form, context)
  const { patientId: _same, confirmations: _kept, ...content } = visit
  return problems.length === 0 && sameValue(content, source) ? form : null
}

/** The form of a source as nobody has touched it, and what its fields say. */
interface Beginning {
  readonly form: VisitForm
  readonly read: ReadFields
}
const beginnings = new WeakMap<Source, { readonly of: string; readonly beginning: Beginning }>()

function beginningOf(source: Source, context: FormContext): Beginning {
  const of = `${context.today} ${context.zone}`
  const known = beginnings.get(source)
  if (known?.of === of) return known.beginning
  const form = { ...rawFormOf(source, () => 'spare', sourceRowId), source }
  const beginning = { form, read: readFields(form, context) }
  beginnings.set(source, { of, beginning })
  return beginning
}

const SECTION_OF = {
  diagnoses: 'diagnoses',
  procedures: 'procedures',
  prescriptions: 'medicines',
  claims: 'claims',
} as const satisfies Record<string, RowSection>

function correction(form: VisitForm, source: Source, now: ReadFields, context: FormContext): ReadVisit {
  const start = beginningOf(source, context)
  const fields = new Map<string, string>()
  const admission = source.encounter.admission.at
  const encounter = mergeEncounter(source.encounter, start.read.visit.encounter, now.visit.encounter)
  const shownBy = fieldsOfObservations(source)

  function merged<T extends object>(
    list: 'observations' | keyof typeof SECTION_OF,
    rows: readonly T[],
    [before, after]: readonly [readonly T[], readonly T[]],
    merge: (row: T, was: Partial<T>, is: T, field: string) => T,
    untouched: (row: T, field: string) => T = (row) => row,
  ): T[] {
    const wasAt = byField(list, before, start.read)
    const isAt = byField(list, after, now)
    const result: T[] = []
    const put = (row: T, field: string) => {
      fields.set(`${list}.${result.length}`, field)
      result.push(row)
    }
    for (const [i, row] of rows.entries()) {
      const field =
        list === 'observations' ? fieldAt(shownBy[i] ?? null, i) : `${SECTION_OF[list]}.${sourceRowId(i)}`
      if (field === null) {
        if (!form.dropped.includes(`${list}.${i}`)) put(row, KEPT_FIELD)
        continue
      }
      const is = isAt.get(field)
      isAt.delete(field)
      if (sameValue(inputAt(form, field), inputAt(start.form, field))) put(untouched(row, field), field)
      else if (is !== undefined) put(merge(row, wasAt.get(field) ?? {}, is, field), field)
    }
    for (const [field, row] of isAt) put(row, field)
    return result
  }

  const observations = merged(
    'observations',
    source.observations,
    [start.read.visit.observations, now.visit.observations],
    (row, was, is, field) => followed(mergeObservation(row, was, is), row, field),
    (row, field) => (field.startsWith('labs.') ? row : followed(row, row, field)),
  )
  /** What was measured at the admission was so on whatever day that was, unless somebody says another time. */
  function followed(row: Observation, own: Observation, field: string): Observation {
    const typed = typedTimeOf(form, field)
    if (typed !== typedTimeOf(start.form, field))
      return typed.trim() === '' ? { ...row, effective: encounter.admission.at } : row
    if (own.effective === undefined) {
      const { effective: _effective, ...rest } = row
      return rest
    }
    return { ...row, effective: own.effective === admission ? encounter.admission.at : own.effective }
  }

  const lists = <K extends keyof typeof SECTION_OF>(list: K) =>
    [start.read.visit[list], now.visit[list]] as const
  const diagnoses = ranked(
    merged('diagnoses', source.diagnoses, lists('diagnoses'), mergeDiagnosis),
    (i) => sourceIndexOf((fields.get(`diagnoses.${i}`) ?? '').split('.')[1] ?? '') !== null,
  )
  const ranks = new Set(diagnoses.map(({ rank }) => rank))
  const gone = new Set(source.diagnoses.map(({ rank }) => rank).filter((rank) => !ranks.has(rank)))
  const procedures = merged('procedures', source.procedures, lists('procedures'), mergeProcedure)
  const prescriptions = merged(
    'prescriptions',
    source.prescriptions,
    lists('prescriptions'),
    mergePrescription,
  )
  const placed = source.claims.map((claim) => withRanks(claim, gone))
  const claims = merged('claims', placed, lists('claims'), (row, was, is, field) => ({
    ...mergeClaim(row, was, is),
    lines: mergeLines(row.lines, was.lines ?? [], is.lines, linesAt(form, field).map(sourceIndexOf)),
  }))
  for (const i of claims.keys()) {
    const field = fields.get(`claims.${i}`) ?? ''
    linesAt(form, field).forEach((id, n) => fields.set(`claims.${i}.lines.${n}`, `${field}.lines.${id}`))
  }
  const outcome = mergedOutcome(source, start.read, now)
  const known = new Set(start.read.problems.map(sayingOf))
  const { outcome: _outcome, ...rest } = now.visit
  return {
    problems: now.problems.filter((each) => !known.has(sayingOf(each))),
    visit: {
      ...rest,
      encounter,
      observations,
      diagnoses,
      procedures,
      prescriptions,
      ...(outcome === undefined ? {} : { outcome }),
      claims,
      notes: mergeNotes(source.notes, start.form.notes, form.notes, readNotes),
      consent: carried(source.consent, start.read.visit.consent, now.visit.consent),
    },
    fieldOf: (path) => fieldOfPath(path, fields, form.diagnoses[0]?.id ?? ''),
  }
}

const sayingOf = ({ field, rule, params }: ReadVisit['problems'][number]): string =>
  JSON.stringify([field, rule, params])

const fieldAt = (shownBy: string | null, index: number): string | null =>
  shownBy === 'labs' ? `labs.${sourceRowId(index)}` : shownBy

function byField<T>(list: string, rows: readonly T[], read: ReadFields): Map<string, T> {
  return new Map(rows.map((row, i) => [read.fields.get(`${list}.${i}`) ?? '', row]))
}

/** What stands in a row of the form, or in a field that is a row by itself. */
function inputAt(form: VisitForm, field: string): unknown {
  const [section = '', key = '', part = ''] = field.split('.')
  if (section === 'smoking') return form.smoking
  if (section === 'vitals') return [form.vitals[key as VitalKey], form.vitalsAt]
  if (section === 'furtherVitals') {
    const set = form.furtherVitals.find(({ id }) => id === key)
    return set && [set.values[part as VitalKey], set.at]
  }
  const row = (form[section as RowSection] as readonly { id: string }[]).find(({ id }) => id === key)
  // The currency of the form is that of every claim without its own.
  return section === 'claims' && row !== undefined ? [row, form.currency] : row
}

/** New diagnoses go behind those of the source, whose ranks stay. */
function ranked<T extends { rank: number }>(rows: readonly T[], isOfSource: (index: number) => boolean): T[] {
  const taken = new Set(rows.filter((_, i) => isOfSource(i)).map(({ rank }) => rank))
  let next = Math.max(0, ...taken) + 1
  return rows.map((row, i) => {
    if (isOfSource(i)) return row
    if (next > RANK_MAX) next = 1
    while (taken.has(next) && next < RANK_MAX) next++
    taken.add(next)
    return { ...row, rank: next++ }
  })
}
const RANK_MAX = 200

type ClaimOf = Source['claims'][number]

/** No line points to a diagnosis that went. */
function withRanks(claim: ClaimOf, gone: ReadonlySet<number>): ClaimOf {
  if (gone.size === 0) return claim
  const lines = claim.lines.map((line) => ({
    ...line,
    diagnosisRanks: line.diagnosisRanks.filter((rank) => !gone.has(rank)),
  }))
  return { ...claim, lines }
}

/** The lines of a claim that are part of the visit, by their names. */
const linesAt = (form: VisitForm, field: string): string[] =>
  (form.claims.find(({ id }) => field === `claims.${id}`)?.lines ?? [])
    .filter((line) => !isBlankLine(line))
    .map(({ id }) => id)

function mergedOutcome(source: Source, start: ReadFields, now: ReadFields): Source['outcome'] {
  const [was, is] = [start.visit.outcome, now.visit.outcome]
  if (sameValue(was, is)) return source.outcome
  if (is === undefined) return undefined
  const merged = carried(source.outcome ?? { adverseEvents: [] }, was ?? {}, is)
  return { ...merged, adverseEvents: merged.adverseEvents ?? [] }
}
