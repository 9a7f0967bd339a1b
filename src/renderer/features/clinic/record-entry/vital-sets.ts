/**
 * Vital signs of one visit that were measured more than once: which set of the form each belongs to, and what is done with
 * sets. The first set stands in `vitals`; each further one has a time of its own. Pure.
 */
import { labTestOf } from '../../../../shared/domain/lab-tests.ts'
import type { Observation } from '../../../../shared/domain/visit.ts'
import type { PastedSet } from './paste-results.ts'
import { type Source, sourceRowId, VITALS, type VisitForm, type VitalKey, type VitalSet } from './form.ts'
import { readTime } from './typed.ts'

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
 * With pasted vital signs: in the first set where it has room for all of one time, else in further ones. The first set
 * keeps the beginning of the visit as its time where the block has no other.
 */
export function addPastedSets(form: VisitForm, sets: readonly PastedSet[], newId: () => string): VisitForm {
  const [first, ...others] = sets
  if (first === undefined) return form
  const keys = Object.keys(first.values) as VitalKey[]
  // What was copied from an earlier visit stands there only until somebody measures.
  const hasRoom = keys.every((key) => form.vitals[key].trim() === '' || form.copied.includes(`vitals.${key}`))
  const isSeveral = others.length > 0 || !hasRoom
  const further = hasRoom ? others : sets
  const begun = hasRoom
    ? {
        ...form,
        vitals: { ...form.vitals, ...first.values },
        vitalsAt: first.at !== '' && (isSeveral || first.at.includes(' ')) ? first.at : form.vitalsAt,
        copied: form.copied.filter((field) => !keys.some((key) => field === `vitals.${key}`)),
      }
    : form
  return further.reduce((next, { at, values }) => {
    const id = newId()
    return patchSet(addSet(next, id), id, { at, ...values })
  }, begun)
}
