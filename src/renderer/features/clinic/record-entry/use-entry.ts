/**
 * The store of record entry: who, what was typed, what is wrong with it, and the way to Queued. It is forgotten when the
 * session locks; what was typed survives as an encrypted draft in the profile.
 */
import { create } from 'zustand'
import type { Patient } from '../../../../shared/contract/patients.ts'
import type { Finding, SubmittedVisit, VisitInput } from '../../../../shared/contract/records.ts'
import { formatDay } from '../../../../shared/domain/dates.ts'
import { checkVisit, isConfirmed } from '../../../../shared/domain/visit-check.ts'
import type { VisitRecord } from '../../../../shared/domain/visit.ts'
import { failureCode, node } from '../../../lib/node.ts'
import { session } from '../../../lib/session.ts'
import { picksSettled } from '../../../ui/picker-answer.ts'
import { civilInZone, instantText } from '../../../lib/zone.ts'
import {
  addRows,
  countRows,
  emptyForm,
  type EncounterForm,
  isTouched,
  patchEncounter,
  patchRow,
  removeRow,
  type RowOf,
  type RowSection,
  type VisitForm,
  type VitalKey,
} from './form.ts'
import {
  chronicOf,
  copiedDiagnosis,
  copiedMedicine,
  currentMedicinesOf,
  formOfRecord,
} from './from-record.ts'
import { type FormContext, type Problem, readForm } from './to-visit.ts'

export interface Change {
  readonly visitId: string
  readonly supersedes: string
  readonly admission: string
  readonly reason: NonNullable<VisitRecord['envelope']['reason']>['code']
  readonly text: string
}

export type Refused = 'record-too-large' | 'unknown-patient' | 'superseded-meanwhile' | 'not-own-visit'

interface Entry {
  readonly draftId: string
  readonly patient: Patient | null
  readonly form: VisitForm
  /** The form as it began, to know whether anything was typed. */
  readonly start: VisitForm
  readonly problems: readonly Problem[]
  /** Fields that were left once: only they show what is wrong, until a save was tried. */
  readonly left: ReadonlySet<string>
  readonly isTried: boolean
  /** Findings that a person is being asked to confirm. */
  readonly asked: readonly Problem[] | null
  readonly confirmations: VisitInput['confirmations']
  readonly saving: 'no' | 'saving'
  readonly draft: { readonly state: 'none' | 'dirty' | 'saved' | 'failed'; readonly savedAt: number | null }
  readonly refused: Refused | null
  readonly failure: string | null
  readonly change: Change | null
  readonly lastQueued: SubmittedVisit | null

  choosePatient(patient: Patient): void
  set(
    patch: Partial<
      Pick<VisitForm, 'smoking' | 'died' | 'icuDays' | 'ventilatorDays' | 'adverse' | 'currency' | 'notes'>
    >,
  ): void
  setEncounter(patch: Partial<EncounterForm>): void
  setVitals(patch: Partial<Record<VitalKey, string>>): void
  setRow<S extends RowSection>(section: S, id: string, patch: Partial<RowOf<S>>): void
  removeRow(section: RowSection, id: string): void
  copyRow(record: VisitRecord, list: 'diagnoses' | 'prescriptions', index: number): void
  /** Copies what lasts; answers how many rows. */
  copyForward(records: readonly VisitRecord[]): number
  leaveField(field: string): void
  setChange(patch: Partial<Pick<Change, 'reason' | 'text'>>): void
  stopAsking(): void
  /** Tries to queue the visit; with `isConfirming`, everything that was asked is confirmed. */
  submit(isConfirming: boolean): Promise<'queued' | 'problems' | 'asked' | 'failed'>
  saveDraft(): Promise<void>
  /** Begins another visit; the draft of this one stays. */
  setAside(): Promise<void>
  discard(): Promise<void>
  openDraft(draftId: string): Promise<boolean>
  /** Loads a version to correct it; false when the form cannot hold all of it. */
  correct(merkleRoot: string, patient: Patient, head?: string): Promise<'ready' | 'sealed' | 'not-whole'>
}

const newId = (): string => crypto.randomUUID()
const zoneNow = (): string => {
  const current = session.now()
  return (
    (current?.state === 'open' ? current.zone : undefined) ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  )
}
export const todayNow = (): number => civilInZone(Date.now(), zoneNow()).day

function freshForm(): VisitForm {
  const now = civilInZone(Date.now(), zoneNow())
  const clock = `${String(Math.floor(now.minutes / 60)).padStart(2, '0')}:${String(now.minutes % 60).padStart(2, '0')}`
  return emptyForm({ day: formatDay(now.day), time: clock, rowId: newId })
}

function fresh() {
  const form = freshForm()
  return {
    draftId: newId(),
    patient: null,
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
  }
}

const contextOf = (patientId: string, confirmations: VisitInput['confirmations']): FormContext => ({
  patientId,
  today: todayNow(),
  zone: zoneNow(),
  instantText,
  confirmations,
})

/** Everything that is wrong with what was typed, by the rules that main applies too. */
function problemsOf(entry: Pick<Entry, 'form' | 'patient' | 'confirmations'>): {
  problems: readonly Problem[]
  visit: VisitInput | null
  fieldOf(path: string): string
} {
  if (!entry.patient) return { problems: [], visit: null, fieldOf: (path) => path }
  const read = readForm(entry.form, contextOf(entry.patient.patientId, entry.confirmations))
  const findings = checkVisit(read.visit, {
    mode: 'form',
    today: todayNow(),
    currency: 'TWD',
    patient: {
      sex: entry.patient.sex,
      ...(entry.patient.birthDate === undefined ? {} : { birthDate: entry.patient.birthDate }),
    },
  })
  const known = new Set(read.problems.map((each) => each.field))
  return {
    visit: read.visit,
    fieldOf: read.fieldOf,
    problems: [
      ...read.problems,
      ...findings.map((each) => withField(each, read.fieldOf)).filter((each) => !known.has(each.field)),
    ],
  }
}
const withField = (finding: Finding, fieldOf: (path: string) => string): Problem => ({
  ...finding,
  field: fieldOf(finding.path),
})

/** Rows that came from an earlier visit and that nobody has touched since: looked at once, before the save. */
function copiedProblems(form: VisitForm, fieldOf: (path: string) => string, visit: VisitInput): Problem[] {
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
      return isCopied
        ? [
            {
              path,
              field,
              rule: 'copied-forward',
              severity: 'confirm' as const,
              params: { value: name.slice(0, 200) },
            },
          ]
        : []
    })
  return [
    ...copied('diagnoses', form.diagnoses, 'diagnoses'),
    ...copied('prescriptions', form.medicines, 'medicines'),
  ]
}

let checkTimer: ReturnType<typeof setTimeout> | undefined
let draftTimer: ReturnType<typeof setTimeout> | undefined
let draftOnItsWay: Promise<unknown> = Promise.resolve()
const CHECK_AFTER_MS = 60
const DRAFT_EVERY_MS = 2000

export const useEntry = create<Entry>()((setState, get) => {
  /** Every change: check soon, save the draft within two seconds. */
  const changed = (patch: Partial<Entry>) => {
    setState({
      ...patch,
      asked: null,
      refused: null,
      failure: null,
      draft: { ...get().draft, state: 'dirty' },
    })
    checkTimer ??= setTimeout(() => {
      checkTimer = undefined
      setState({ problems: problemsOf(get()).problems })
    }, CHECK_AFTER_MS)
    draftTimer ??= setTimeout(() => {
      draftTimer = undefined
      void get().saveDraft()
    }, DRAFT_EVERY_MS)
  }
  const changeForm = (form: VisitForm) => changed({ form })

  return {
    ...fresh(),
    lastQueued: null,

    choosePatient(patient) {
      changed({ patient })
      setState({ problems: problemsOf(get()).problems })
    },
    set: (patch) => changeForm({ ...get().form, ...patch }),
    setEncounter: (patch) => changeForm(patchEncounter(get().form, patch)),
    setVitals: (patch) => changeForm({ ...get().form, vitals: { ...get().form.vitals, ...patch } }),
    setRow: (section, id, patch) => changeForm(patchRow(get().form, section, id, patch, newId)),
    removeRow: (section, id) => changeForm(removeRow(get().form, section, id, newId)),
    copyRow(record, list, index) {
      if (list === 'diagnoses') {
        const diagnosis = record.diagnoses[index]
        if (diagnosis)
          changeForm(addRows(get().form, 'diagnoses', [copiedDiagnosis(diagnosis, newId())], newId))
      } else {
        const prescription = record.prescriptions[index]
        if (prescription)
          changeForm(addRows(get().form, 'medicines', [copiedMedicine(prescription, newId())], newId))
      }
    },
    copyForward(records) {
      const { form } = get()
      const have = new Set([...form.diagnoses, ...form.medicines].map((row) => row.code.code?.code))
      const diagnoses = chronicOf(records)
        .filter((each) => !have.has(each.code.code))
        .map((each) => copiedDiagnosis(each, newId()))
      const isFirst = countRows(form, 'diagnoses') === 0
      const medicines = currentMedicinesOf(records)
        .filter((each) => !have.has(each.code.code))
        .map((each) => copiedMedicine(each, newId()))
      if (diagnoses.length + medicines.length === 0) return 0
      // The first of a visit without a diagnosis is the reason why people come again.
      const ranked = diagnoses.map((row, i) =>
        isFirst && i === 0 ? { ...row, role: 'principal' as const } : row,
      )
      changeForm(addRows(addRows(form, 'diagnoses', ranked, newId), 'medicines', medicines, newId))
      return ranked.length + medicines.length
    },
    leaveField(field) {
      if (get().left.has(field)) return
      setState({ left: new Set(get().left).add(field) })
    },
    setChange(patch) {
      const { change } = get()
      if (change) changed({ change: { ...change, ...patch } })
    },
    stopAsking: () => setState({ asked: null }),

    async submit(isConfirming) {
      // A code that was taken faster than its list came belongs to the visit.
      await picksSettled()
      const before = get()
      if (before.saving === 'saving' || !before.patient) return 'failed'
      const { problems, visit, fieldOf } = problemsOf(before)
      setState({ problems, isTried: true, refused: null, failure: null })
      if (!visit || problems.some((each) => each.severity === 'refuse')) {
        setState({ asked: null })
        return 'problems'
      }
      const toConfirm = [...problems, ...copiedProblems(before.form, fieldOf, visit)].filter(
        (each) => !isConfirmed(each, before.confirmations),
      )
      const current = session.now()
      const by = current?.state === 'open' ? current.person.userKeyId : ''
      if (toConfirm.length > 0 && !isConfirming) {
        setState({ asked: toConfirm })
        return 'asked'
      }
      const confirmations = [
        ...before.confirmations,
        ...toConfirm.map((each) => ({
          path: each.path,
          rule: each.rule,
          value: (each.params['value'] ?? '').slice(0, 200),
          by,
        })),
      ].slice(-200)
      setState({ saving: 'saving', asked: null })
      clearTimeout(draftTimer)
      draftTimer = undefined
      // A draft that is being written must be known, or it would outlive the visit that replaces it.
      await draftOnItsWay.catch(() => undefined)
      try {
        const answer = await node.records.submit({
          visit: { ...visit, confirmations },
          draftId: get().draft.savedAt === null ? null : before.draftId,
          change: before.change
            ? {
                op: 'amend',
                visitId: before.change.visitId,
                supersedes: before.change.supersedes,
                reason: {
                  code: before.change.reason,
                  ...(before.change.text.trim() === ''
                    ? {}
                    : { text: before.change.text.trim().slice(0, 500) }),
                },
              }
            : null,
        })
        switch (answer.kind) {
          case 'queued':
            setState({ ...fresh(), lastQueued: answer.visit })
            return 'queued'
          case 'findings': {
            const found = answer.findings.map((each) => withField(each, fieldOf))
            const open = found.filter((each) => !isConfirmed(each, confirmations))
            const stops = open.some((each) => each.severity === 'refuse')
            setState({
              problems: found,
              confirmations,
              asked: stops || open.length === 0 ? null : open,
              saving: 'no',
            })
            return stops ? 'problems' : 'asked'
          }
          case 'refused':
            setState({ refused: answer.reason, saving: 'no' })
            return 'failed'
        }
      } catch (error) {
        setState({ failure: failureCode(error), saving: 'no' })
        return 'failed'
      }
    },

    async saveDraft() {
      clearTimeout(draftTimer)
      draftTimer = undefined
      const { draft, draftId, patient, form, start, change, confirmations } = get()
      if (draft.state !== 'dirty' && draft.state !== 'failed') return
      // Choosing a patient alone is nothing to lose.
      if (draft.savedAt === null && !isTouched(form, start)) return
      try {
        const saving = node.records.saveDraft({
          draftId,
          patientId: patient?.patientId ?? null,
          title: patient?.name ?? '',
          savedAt: Date.now(),
          form: { form, change, confirmations },
        })
        draftOnItsWay = saving
        const { savedAt } = await saving
        // Typed on meanwhile: the next save is already on its way.
        if (get().draftId === draftId)
          setState({ draft: { state: get().form === form ? 'saved' : 'dirty', savedAt } })
      } catch {
        if (get().draftId === draftId) setState({ draft: { ...get().draft, state: 'failed' } })
      }
    },
    async setAside() {
      await get().saveDraft()
      setState(fresh())
    },
    async discard() {
      const { draftId, draft } = get()
      clearTimeout(draftTimer)
      draftTimer = undefined
      setState(fresh())
      if (draft.savedAt !== null) await node.records.discardDraft({ draftId })
    },
    async openDraft(draftId) {
      const draft = await node.records.loadDraft({ draftId })
      const kept = draft?.form as
        { form?: VisitForm; change?: Change | null; confirmations?: VisitInput['confirmations'] } | undefined
      if (!draft || kept?.form?.shape !== 1) return false
      const patient =
        draft.patientId === null ? null : await node.patients.get({ patientId: draft.patientId })
      setState({
        ...fresh(),
        draftId,
        patient,
        form: kept.form,
        change: kept.change ?? null,
        confirmations: kept.confirmations ?? [],
        draft: { state: 'saved', savedAt: draft.savedAt },
      })
      setState({ problems: problemsOf(get()).problems })
      return true
    },
    async correct(merkleRoot, patient, head) {
      const answer = await node.records.open({ merkleRoot })
      if (answer.kind === 'sealed') return 'sealed'
      const { record } = answer
      const zone = record.encounter.admission.zone ?? zoneNow()
      const form = formOfRecord(record, { ...contextOf(patient.patientId, []), zone }, newId)
      if (!form) return 'not-whole'
      setState({
        ...fresh(),
        patient,
        form,
        start: form,
        confirmations: record.envelope.confirmations,
        change: {
          visitId: record.envelope.visitId,
          // What came too late is said once more, of the version that counts.
          supersedes: head ?? merkleRoot,
          admission: record.encounter.admission.at,
          reason: 'typo',
          text: '',
        },
      })
      return 'ready'
    },
  }
})

// Nothing that was typed stays in the window's memory once the session is locked or another profile is open.
const chainNow = (): string | null => {
  const current = session.now()
  return current?.state === 'open' ? current.chainId : null
}
// This module is loaded when the room is first opened, in the middle of a session.
let openChain = chainNow()
session.subscribe(() => {
  const chain = chainNow()
  if (openChain !== null && chain !== openChain) {
    clearTimeout(draftTimer)
    clearTimeout(checkTimer)
    draftTimer = checkTimer = undefined
    useEntry.setState({ ...fresh(), lastQueued: null })
  }
  openChain = chain
})
// Leaving the window is leaving the field: what was typed is on the disk before anything else happens.
window.addEventListener('blur', () => void useEntry.getState().saveDraft())
document.addEventListener('visibilitychange', () => void useEntry.getState().saveDraft())
