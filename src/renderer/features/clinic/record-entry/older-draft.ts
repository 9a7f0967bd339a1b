/** A draft may be older than fields of the form: what it lacks begins as in a form that nobody has touched. Pure. */
import { consentFormOf, emptyConsent } from './consent.ts'
import { emptyRow, type Source, sourceIndexOf, sourceRowId, type VisitForm, type VitalKey } from './form.ts'
import { fieldsOfObservations, rawFormOf, typedVital } from './from-record.ts'
import { emptyPayer, payerFormOf } from './payer.ts'
import { addSet, NO_VITALS, patchSet, vitalOf } from './vital-sets.ts'

/**
 * @param kept the form of the draft, by the version of the application that kept it
 * @param fresh a form of today
 */
export function wholeFormOf(kept: VisitForm, fresh: VisitForm, newId: () => string): VisitForm {
  const whole: VisitForm = {
    ...fresh,
    ...kept,
    encounter: {
      ...(kept.source === null
        ? {
            ...emptyPayer,
            ...emptyConsent,
            tokenPayer: kept.encounter.payer,
            tokenOrganisation: kept.encounter.payerOrganisation ?? '',
          }
        : { ...payerFormOf(kept.source.encounter.payer), ...consentFormOf(kept.source.consent) }),
      ...kept.encounter,
    },
    labs: kept.labs.map((row) => ({ ...emptyRow.labs(row.id), ...row })),
    diagnoses: kept.diagnoses.map((row) => ({ ...emptyRow.diagnoses(row.id), ...row })),
    procedures: kept.procedures.map((row) => ({ ...emptyRow.procedures(row.id), ...row })),
    medicines: kept.medicines.map((row) => ({
      ...emptyRow.medicines(row.id),
      ...row,
      // It was a frequency once, and is said beside one now.
      ...(row.frequency === 'prn' ? { frequency: '', asNeeded: true } : {}),
    })),
    claims: kept.claims.map((row) => ({ ...emptyRow.claims(row.id), ...row })),
  }
  const { furtherVitals }: Partial<VisitForm> = kept
  return kept.source === null || furtherVitals !== undefined ? whole : withSetsOf(whole, kept.source, newId)
}

/**
 * Before vital signs had sets, a correction had one field for each, with the first value of the source; the others had
 * none and were kept. They have their sets now, and what was typed over a first value stands where that value does.
 */
function withSetsOf(form: VisitForm, source: Source, newId: () => string): VisitForm {
  const { vitals, vitalsAt, furtherVitals } = rawFormOf(source, newId, sourceRowId)
  let next: VisitForm = { ...form, vitals, vitalsAt, furtherVitals }
  const fields = fieldsOfObservations(source)
  const firsts = new Map<VitalKey, number>()
  for (const [i, observation] of source.observations.entries()) {
    const key = typedVital(observation) === null ? null : vitalOf(observation)
    if (key === null) continue
    if (!firsts.has(key)) firsts.set(key, i)
    // It was kept without a field, and somebody took it out.
    else if (form.dropped.includes(`observations.${i}`)) put(fields[i] ?? null, key, '')
  }
  for (const key of Object.keys(NO_VITALS) as VitalKey[]) {
    const typed = form.vitals[key] ?? ''
    const i = firsts.get(key)
    if (i === undefined) {
      if (typed.trim() !== '') addAtBeginning(key, typed)
    } else if (typed !== typedVital(source.observations[i]!)) {
      const field = fields[i] ?? null
      put(field, key, typed)
      if (field !== null) continue
      // More sets than the form has: its value is kept without a field, so this one takes its place.
      next = { ...next, dropped: [...next.dropped, `observations.${i}`] }
      if (typed.trim() !== '') addAt(source.observations[i]!.effective?.slice(0, 16) ?? '', key, typed)
    }
  }
  return next

  function put(field: string | null, key: VitalKey, typed: string): void {
    const [place, id = ''] = field?.split('.') ?? []
    if (place === 'vitals') next = { ...next, vitals: { ...next.vitals, [key]: typed } }
    else if (place === 'furtherVitals') next = patchSet(next, id, { [key]: typed })
  }
  /** What was typed of a sign that the source lacks was measured at the beginning of the visit. */
  function addAtBeginning(key: VitalKey, typed: string): void {
    if (next.vitalsAt === '') next = { ...next, vitals: { ...next.vitals, [key]: typed } }
    else addAt(`${form.encounter.day} ${form.encounter.time}`.trim(), key, typed)
  }
  function addAt(at: string, key: VitalKey, typed: string): void {
    const moment = at.replace('T', ' ')
    const mine = next.furtherVitals.find((set) => sourceIndexOf(set.id) === null && set.at === moment)
    const id = mine?.id ?? newId()
    if (mine === undefined) next = addSet(next, id)
    next = patchSet(next, id, { at: moment, [key]: typed })
  }
}
