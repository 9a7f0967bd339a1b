/**
 * Vital signs of one visit that were measured more than once: which set of the form each belongs to, and what is done with
 * sets. The first set stands in `vitals`; each further one has a time of its own. Pure.
 */
import { labTestOf } from '../../../../shared/domain/lab-tests.ts'
import type { Observation } from '../../../../shared/domain/visit.ts'
import type { PastedSet } from './paste-results.ts'
import { type Source, sourceRowId, VITALS, type VisitForm, type VitalKey, type VitalSet } from './form.ts'
import { plainMoment, readTime } from './typed.ts'

/** Every hour of a day, with the first set: what is added by key; what a source has beyond is kept without a field. */
export const FURTHER_SETS_MAX = 23

export const NO_VITALS: Readonly<Record<VitalKey, string>> = {
  sbp: '',
  dbp: '',
  hr: '',
  rr: '',
  temp: '',
  spo2: '',
  height: '',
  weight: '',
  pain: '',
}

/** A time without a value says nothing. */
export const isBlankSet = ({ values }: Pick<VitalSet, 'values'>): boolean =>
  VITALS.every((key) => values[key].trim() === '')

export const addSet = (form: VisitForm, id: string): VisitForm => ({
  ...form,
  furtherVitals: [...form.furtherVitals, { id, at: '', values: NO_VITALS }],
})

export function patchSet(
  form: VisitForm,
  id: string,
  { at, ...values }: Partial<Record<VitalKey | 'at', string>>,
): VisitForm {
  const furtherVitals = form.furtherVitals.map((set) =>
    set.id === id ? { ...set, at: at ?? set.at, values: { ...set.values, ...values } } : set,
  )
  return { ...form, furtherVitals }
}

export const removeSet = (form: VisitForm, id: string): VisitForm => ({
  ...form,
  furtherVitals: form.furtherVitals.filter((set) => set.id !== id),
})

/** All that was typed for this vital sign, in the order of the form. */
export const typedOf = (form: VisitForm, key: VitalKey): string[] =>
  [form.vitals, ...form.furtherVitals.map(({ values }) => values)]
    .map((values) => values[key].trim())
    .filter((text) => text !== '')

/**
 * The moments of all sets as `moment` understands them, the first one's first. A time alone is of the day of the set before,
 * as in a chart that says the day once.
 * @param moment reads a day with or without a time; answers '' for nothing and for what it reported
 */
export function momentsOfSets(
  form: VisitForm,
  admissionDay: string,
  moment: (field: string, text: string) => string,
): string[] {
  let day = admissionDay
  const read = (field: string, text: string): string => {
    const isTimeAlone = text.trim() !== '' && readTime(text) !== null
    const at = moment(field, isTimeAlone ? `${day} ${text.trim()}` : text)
    if (at !== '') day = at.slice(0, 10)
    return at
  }
  return [
    read('vitalsAt', form.vitalsAt),
    ...form.furtherVitals.map((set) => read(`furtherVitals.${set.id}.at`, set.at)),
  ]
}

/** When the vital sign of this field was measured, as it was typed. */
export function typedTimeOf(form: VisitForm, field: string): string {
  const [section = '', id = ''] = field.split('.')
  if (section === 'vitals') return form.vitalsAt
  return section === 'furtherVitals' ? (form.furtherVitals.find((set) => set.id === id)?.at ?? '') : ''
}

/**
 * The sets that results of a source are shown in: those of one minute together, those of the beginning of the visit first.
 * @param keys the vital sign that each result is, null for what is none or cannot be shown
 * @returns for each result the field, `vitals.sbp` or `furtherVitals.source-4.sbp`; null where the set has that sign already
 *   or the form has no further set
 */
export function setsOfSource(
  { observations, encounter }: Pick<Source, 'observations' | 'encounter'>,
  keys: readonly (VitalKey | null)[],
): (string | null)[] {
  const minuteAt = (i: number): string => {
    const { effective } = observations[i]!
    return effective === undefined || effective === encounter.admission.at ? '' : minuteOf(effective)
  }
  const minutes = keys.flatMap((key, i) => (key === null ? [] : [minuteAt(i)]))
  const first = minutes.includes('') ? '' : minutes[0]
  const sets = new Map<string, string>()
  const taken = new Set<string>()
  return keys.map((key, i) => {
    if (key === null) return null
    const minute = minuteAt(i)
    if (minute !== first && !sets.has(minute)) {
      if (sets.size >= FURTHER_SETS_MAX) return null
      sets.set(minute, `furtherVitals.${sourceRowId(i)}`)
    }
    const field = `${sets.get(minute) ?? 'vitals'}.${key}`
    if (taken.has(field)) return null
    taken.add(field)
    return field
  })
}

/** With its offset: the same clock elsewhere is another moment. */
const minuteOf = (at: string): string => `${at.slice(0, 16)}${/(Z|[+-][0-9:]{5})$/.exec(at)?.[1] ?? ''}`

/** The vital sign that a result is, whether or not the form can show its value. */
export function vitalOf({ code }: Pick<Observation, 'code'>): VitalKey | null {
  const key = labTestOf(code)?.key
  return VITALS.find((each) => each === key) ?? null
}

/**
 * With pasted vital signs, as many sets as the form has. They go into the first set where it has room and nothing that
 * stands there gets another time by it, else into further ones. The first set keeps the beginning of the visit as its time
 * where the block says no other than its day.
 * @param today days since 1970, for days without a year
 * @returns beside the form how many sets found no place
 */
export function addPastedSets(
  form: VisitForm,
  sets: readonly PastedSet[],
  { newId, today }: { newId(): string; readonly today: number },
): { readonly form: VisitForm; readonly leftCount: number } {
  const [first, ...others] = sets
  if (first === undefined) return { form, leftCount: 0 }
  const isFirst = belongsToFirst(form, first, today)
  const further = isFirst ? others : sets
  const keys = keysOf(first)
  const begun = isFirst
    ? {
        ...form,
        vitals: { ...form.vitals, ...first.values },
        vitalsAt: first.at === '' || isAtFirst(form, first.at, today) ? form.vitalsAt : first.at,
        copied: form.copied.filter((field) => !keys.some((key) => field === `vitals.${key}`)),
      }
    : form
  const room = Math.max(0, FURTHER_SETS_MAX - form.furtherVitals.length)
  const next = further.slice(0, room).reduce((each, { at, values }) => {
    const id = newId()
    return patchSet(addSet(each, id), id, { at, ...values })
  }, begun)
  return { form: next, leftCount: Math.max(0, further.length - room) }
}

const keysOf = ({ values }: PastedSet): VitalKey[] => VITALS.filter((key) => values[key] !== undefined)

function belongsToFirst(form: VisitForm, pasted: PastedSet, today: number): boolean {
  const keys = keysOf(pasted)
  // What was copied from an earlier visit stands there only until somebody measures.
  const isOpen = (key: VitalKey) =>
    form.vitals[key].trim() === '' || (keys.includes(key) && form.copied.includes(`vitals.${key}`))
  if (!keys.every(isOpen)) return false
  if (pasted.at === '' || isAtFirst(form, pasted.at, today)) return true
  // Everything else there would get its time too, and further sets may get their day.
  return form.vitalsAt.trim() === '' && form.furtherVitals.length === 0 && VITALS.every(isOpen)
}

/** Whether it is the time that the first set has anyhow; a day alone is where it is the day of the admission. */
function isAtFirst(form: VisitForm, at: string, today: number): boolean {
  const { day, time } = form.encounter
  const plain = (text: string): string => plainMoment(text, today) ?? ''
  const admission = plain(`${day} ${time}`.trim())
  if (form.vitalsAt.trim() === '') return at === admission || at === admission.slice(0, 10)
  return at === momentsOfSets(form, admission.slice(0, 10), (_field, text) => plain(text))[0]
}
