/**
 * Putting together what several messages say of one visit, in one run or over weeks: an admission and the results that
 * come later, a discharge, a correction. The same function joins the messages of a run and joins them with the version
 * that the hospital already has, so that the order of files does not change what a visit says in the end.
 */
import { parseInstant } from '../../../shared/domain/dates.ts'
import type { VisitDraft } from '../../../shared/domain/source.ts'
import type { Encounter, Observation } from '../../../shared/domain/visit.ts'
import type { EncounterPart, VisitPart } from './part.ts'

/** Which sections a source speaks of; the others are taken from the version before. */
export interface Speaks {
  readonly encounter: boolean
  readonly diagnoses: boolean
  readonly procedures: boolean
  /** It takes a discharge back: one that the version before has does not hold. */
  readonly reopens?: true
}

export interface VisitSoFar {
  readonly draft: Omit<VisitDraft, 'encounter'>
  readonly encounter: EncounterPart
  readonly speaks: Speaks
}

export function startOf(part: VisitPart): VisitSoFar {
  return {
    draft: {
      patient: part.section,
      observations: mergeObservations([], part.observations),
      diagnoses: [...(part.diagnoses ?? [])],
      procedures: [...(part.procedures ?? [])],
      prescriptions: [],
      claims: [],
      notes: [...new Set(part.notes)],
    },
    encounter: part.encounter,
    speaks: {
      encounter: part.isAboutVisit,
      diagnoses: part.diagnoses !== null,
      procedures: part.procedures !== null,
      ...(part.encounter.course === 'reopened' ? { reopens: true } : {}),
    },
  }
}

/** What came later wins, field by field; results alone do not speak of the stay. */
export function addPart(so: VisitSoFar, part: VisitPart): VisitSoFar {
  const next = startOf(part)
  return {
    draft: {
      ...so.draft,
      patient: mergePatient(so.draft.patient, part.section),
      observations: mergeObservations(so.draft.observations, part.observations),
      diagnoses: next.speaks.diagnoses ? next.draft.diagnoses : so.draft.diagnoses,
      procedures: next.speaks.procedures ? next.draft.procedures : so.draft.procedures,
      notes: [...new Set([...so.draft.notes, ...part.notes])],
    },
    encounter:
      !part.isAboutVisit && so.speaks.encounter
        ? { ...part.encounter, ...so.encounter }
        : so.speaks.encounter || !part.isAboutVisit
          ? mergeEncounter(so.encounter, part.encounter)
          : mergeEncounter({ ...so.encounter, course: 'open' }, part.encounter),
    speaks: {
      encounter: so.speaks.encounter || next.speaks.encounter,
      diagnoses: so.speaks.diagnoses || next.speaks.diagnoses,
      procedures: so.speaks.procedures || next.speaks.procedures,
      ...(next.speaks.reopens === true || (so.speaks.reopens === true && part.encounter.course !== 'ended')
        ? { reopens: true }
        : {}),
    },
  }
}

function mergeEncounter(before: EncounterPart, after: EncounterPart): EncounterPart {
  const merged: { -readonly [K in keyof EncounterPart]: EncounterPart[K] } = {
    ...before,
    ...after,
    course: after.course === 'open' ? before.course : after.course,
  }
  if (after.course === 'reopened') {
    merged.course = 'open'
    delete merged.discharge
  }
  return merged
}

/** A later message that knows less does not make a birth date unknown. */
function mergePatient(before: VisitDraft['patient'], after: VisitDraft['patient']): VisitDraft['patient'] {
  const { birthDateAbsentReason: _reason, ...known } = { ...before, ...after }
  const birthDate = after.birthDate ?? before.birthDate
  return {
    ...known,
    sex: after.sex === 'unknown' ? before.sex : after.sex,
    ...(birthDate === undefined
      ? { birthDateAbsentReason: before.birthDateAbsentReason ?? 'not-given' }
      : { birthDate }),
    consent: before.consent,
    linkTokens: before.linkTokens,
  }
}

/**
 * The same test of the same specimen again is the same result in a later state, unless one message has it twice. What a
 * sender takes back stays, marked so.
 */
export function mergeObservations(
  before: readonly Observation[],
  after: readonly Observation[],
): Observation[] {
  const merged = [...before]
  const places = new Map<string, number[]>()
  before.forEach((each, i) => {
    const name = nameOf(each)
    const list = places.get(name)
    if (list === undefined) places.set(name, [i])
    else list.push(i)
  })
  for (const each of after) {
    const at = places.get(nameOf(each))?.shift()
    if (at === undefined) merged.push(each)
    // A preliminary result that comes late, in whichever order files are read, takes nothing back.
    else if (!(isSettled(merged[at]!) && isUnsettled(each))) merged[at] = each
  }
  return merged
}

const isSettled = ({ status }: Observation) => status === 'final' || status === 'corrected'
const isUnsettled = ({ status }: Observation) => status === 'preliminary' || status === 'registered'

function nameOf({ code, panel, specimenCollected, effective }: Observation): string {
  const when = specimenCollected ?? effective ?? ''
  return [code.system, code.code, panel?.code ?? '', momentOf(when)].join('\u0000')
}

/** One moment is written in more than one way: with another offset, with or without seconds. A day alone is no moment. */
function momentOf(when: string): string {
  const instant = when.length > 10 ? parseInstant(when) : null
  return instant === null || instant.offsetMinutes === null ? when : String(instant.epochMs)
}

/** What is missing to make the encounter of a record whole, or the encounter. */
export function encounterOf(
  part: EncounterPart,
  when: string | null,
  warn: (reason: string) => void,
): VisitDraft['encounter'] | null {
  const at = part.admission?.at ?? when?.slice(0, 10)
  if (at === undefined) return null
  const { course, ...fields } = part
  const kind: Encounter['class'] = part.class ?? 'UNK'
  const isStay = kind === 'IMP' || kind === 'EMER' || kind === 'OBSENC'
  const hasEnded = course === 'ended' || part.discharge !== undefined
  // Nobody sends a discharge of a visit to the outpatients; a stay without one goes on.
  if (!hasEnded && course !== 'cancelled') warn('no-discharge')
  return {
    ...fields,
    class: kind,
    status: course === 'cancelled' ? 'cancelled' : hasEnded || !isStay ? 'finished' : 'in-progress',
    admission: { at },
    day: at.slice(0, 10),
    payer: part.payer ?? { type: 'UNKNOWN' },
  }
}

/** A later source joined with the version that is there. `next` holds only what its `speaks` says. */
export function withCurrent(current: VisitDraft, next: VisitDraft, speaks: Speaks): VisitDraft {
  return {
    ...current,
    patient: mergePatient(current.patient, next.patient),
    encounter: speaks.encounter
      ? withEncounter(current.encounter, next.encounter, speaks.reopens === true)
      : current.encounter,
    observations: mergeObservations(current.observations, next.observations),
    diagnoses: speaks.diagnoses ? next.diagnoses : current.diagnoses,
    procedures: speaks.procedures ? next.procedures : current.procedures,
    notes: [...new Set([...current.notes, ...next.notes])],
  }
}

function withEncounter(
  { discharge, dischargeDisposition, ...kept }: VisitDraft['encounter'],
  next: VisitDraft['encounter'],
  isReopened: boolean,
): VisitDraft['encounter'] {
  const ended = {
    ...(discharge === undefined ? {} : { discharge }),
    ...(dischargeDisposition === undefined ? {} : { dischargeDisposition }),
  }
  const current: VisitDraft['encounter'] = isReopened ? kept : { ...kept, ...ended }
  const isOver = current.status === 'finished' || current.status === 'cancelled'
  return {
    ...current,
    ...next,
    // A change of a patient's data that comes after the discharge does not admit anew.
    status: next.status === 'in-progress' && isOver && !isReopened ? current.status : next.status,
    payer: next.payer.type === 'UNKNOWN' ? current.payer : { ...current.payer, ...next.payer },
  }
}
