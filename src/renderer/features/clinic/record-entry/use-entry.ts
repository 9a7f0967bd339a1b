/**
 * The store of record entry: who, what was typed, what is wrong with it, and the way to Queued. It is forgotten when the
 * session locks; what was typed survives as an encrypted draft in the profile.
 */
import { create } from 'zustand'
import type { VisitInput } from '../../../../shared/contract/records.ts'
import { isConfirmed } from '../../../../shared/domain/visit-check.ts'
import { labTestByKey } from '../../../../shared/domain/lab-tests.ts'
import { failureCode, listen, node } from '../../../lib/node.ts'
import { session } from '../../../lib/session.ts'
import { picksSettled } from '../../../ui/picker-answer.ts'
import { facilityZone, todayAtFacility as todayNow } from '../../../lib/facility-clock.ts'
import { instantText } from '../../../lib/zone.ts'
import {
  addRows,
  countRows,
  isTouched,
  patchEncounter,
  offerTests,
  patchRow,
  removeRow,
  type VisitForm,
} from './form.ts'
import { nameCopiedRows } from './copied-names.ts'
import { copyLasting } from './copy-forward.ts'
import { copiedDiagnosis, copiedMedicine } from './from-record.ts'
import {
  type Checked,
  copiedProblems,
  expectedProblems,
  problemsOf,
  sameProblems,
  withField,
} from './entry-problems.ts'
import {
  begunForm,
  desk,
  forgetDesk,
  fresh,
  freshForm,
  newId,
  offeredTest,
  templateAt,
} from './entry-start.ts'
import { isConsentField } from './consent.ts'
import type { Change, Entry } from './entry-state.ts'
import { lastConsentOf, withConsentUnasked } from './last-consent.ts'
import { formOfRecord } from './read-form.ts'
import { createDraftClock } from './draft-clock.ts'
import { wholeFormOf } from './older-draft.ts'
import { repeatField } from './repeat-field.ts'
import { isReversed, reversalOf } from './reversal.ts'
import { currentOf } from './same-visit.ts'
import { nextPanel, templateOf } from './templates.ts'
import type { FormContext } from './to-visit.ts'
import { useTemplates } from './use-templates.ts'
import { addPastedSets, addSet, FURTHER_SETS_MAX, patchSet, removeSet } from './vital-sets.ts'

const contextOf = (patientId: string, confirmations: VisitInput['confirmations']): FormContext => ({
  patientId,
  today: todayNow(),
  zone: facilityZone(),
  instantText,
  confirmations,
})

const checkedNow = (
  entry: Pick<Entry, 'form' | 'patient' | 'confirmations' | 'earlier' | 'change'>,
): Checked => {
  const visitId = entry.change?.visitId
  return problemsOf(
    entry.form,
    entry.patient,
    contextOf(entry.patient?.patientId ?? '', entry.confirmations),
    { records: currentOf(entry.earlier, visitId).map((each) => each.record), visitId },
  )
}

let checkTimer: ReturnType<typeof setTimeout> | undefined
/** When the oldest change that is not checked yet was made. */
let uncheckedSince = 0
const draftClock = createDraftClock(() => void useEntry.getState().saveDraft())
/** Under which name the draft is now that was saved last, and since when. */
let draftOnItsWay: Promise<{ becomes: string; savedAt: number } | null> = Promise.resolve(null)
/** Which draft that is; null while none is. */
let idOnItsWay: string | null = null
/** A check waits for a rest between two keys, and under steady typing not longer than the second. */
const CHECK_AFTER_MS = 60
const CHECK_WITHIN_MS = 400

export type { Change, Refused } from './entry-state.ts'
export { todayAtFacility as todayNow } from '../../../lib/facility-clock.ts'

export const useEntry = create<Entry>()((setState, get) => {
  /** Every change: check soon, save the draft when the field is left or within two seconds. */
  const changed = (patch: Partial<Entry>) => {
    setState({
      ...patch,
      asked: null,
      refused: null,
      failure: null,
      draft: get().draft.state === 'dirty' ? get().draft : { ...get().draft, state: 'dirty' },
      isChecking: true,
    })
    const now = performance.now()
    if (checkTimer === undefined) uncheckedSince = now
    clearTimeout(checkTimer)
    checkTimer = setTimeout(
      () => {
        checkTimer = undefined
        const { problems } = checkedNow(get())
        setState({ problems: sameProblems(get().problems, problems), isChecking: false })
      },
      Math.max(0, Math.min(CHECK_AFTER_MS, uncheckedSince + CHECK_WITHIN_MS - now)),
    )
    draftClock.changed()
  }
  const changeForm = (form: VisitForm) => changed({ form })
  const nameCopied = () => {
    const { draftId } = get()
    const now = () => (get().draftId === draftId ? get().form : null)
    return nameCopiedRows(now, (section, id, code) =>
      changeForm(patchRow(get().form, section, id, { code }, newId)),
    )
  }
  /** The first time that the form is for somebody, it gets its day and time: the room may have been open since the morning. */
  const begin = (patch: Pick<Entry, 'unnamed'> & Partial<Pick<Entry, 'patient'>>) => {
    const { form, start, patient, unnamed } = get()
    const isBegun = patient !== null || unnamed !== null
    const begun = isBegun ? form : begunForm(form)
    changed({ ...patch, form: begun, start: start === form ? begun : start })
    setState({ problems: checkedNow(get()).problems })
  }
  /** Another version was faster: what was typed is a draft from here on, and is shown beside the version that counts. */
  const standBesideTheirs = async () => {
    const { patient, change } = get()
    if (!patient || !change) return
    const { visits } = await node.records.ofPatient({ patientId: patient.patientId, limit: 1000 })
    const theirs = visits.find(
      ({ record, isSuperseded, isConflict }) =>
        record.envelope.visitId === change.visitId && !isSuperseded && !isConflict,
    )
    if (theirs && theirs.merkleRoot !== change.supersedes && get().change?.visitId === change.visitId)
      setState({ rival: theirs.merkleRoot, refused: null, draft: { ...get().draft, state: 'dirty' } })
    await get().saveDraft()
  }

  return {
    ...fresh(),
    lastQueued: null,

    choosePatient(patient) {
      const { earlier, change, patient: before } = get()
      const isOther = before !== null && before.patientId !== patient.patientId
      if (!isOther || change !== null) {
        begin({ patient, unnamed: null })
        return
      }
      const begun = withConsentUnasked(get(), lastConsentOf(earlier), null)
      changed({ patient, unnamed: null, earlier: [], isConsentChosen: false, ...begun })
      setState({ problems: checkedNow(get()).problems })
    },
    beginUnnamed(name) {
      begin({ unnamed: name })
    },
    correctPerson(patient) {
      if (get().patient?.patientId !== patient.patientId) return
      // Nothing of the visit was typed: no draft is begun by it.
      setState({ patient })
      setState({ problems: checkedNow(get()).problems })
    },
    set: (patch) => {
      const { form } = get()
      const copied = 'smoking' in patch ? form.copied.filter((field) => field !== 'smoking') : form.copied
      changeForm({ ...form, ...patch, copied })
    },
    setEncounter(patch) {
      const { form } = get()
      const next = patchEncounter(form, patch)
      // A department begins with its own template, or with the one that was chosen there last; the change is told.
      const template = templateAt(patch.department?.code?.code) ?? form.template
      changed({
        form: { ...next, template },
        ...(Object.keys(patch).some(isConsentField) ? { isConsentChosen: true } : {}),
        ...(template === form.template ? {} : { switchedFrom: form.template }),
      })
    },
    setVitals(patch) {
      const { form } = get()
      const copied = form.copied.filter((field) => !(field.slice('vitals.'.length) in patch))
      changeForm({ ...form, vitals: { ...form.vitals, ...patch }, copied })
    },
    addVitals() {
      const { form } = get()
      if (form.furtherVitals.length >= FURTHER_SETS_MAX) return null
      const id = newId()
      changeForm(addSet(form, id))
      return id
    },
    setFurtherVitals: (id, patch) => changeForm(patchSet(get().form, id, patch)),
    removeVitals: (id) => changeForm(removeSet(get().form, id)),
    addResults(results, sets) {
      const { form } = get()
      const codes = new Set(results.map((row) => row.test.code?.code))
      // A row that a panel offered for the same test has its result now.
      const labs = form.labs.filter(
        (row) => !(row.isOffered && row.value === '' && codes.has(row.test.code?.code)),
      )
      const withRows = addRows({ ...form, labs }, 'labs', results, newId)
      changeForm(addPastedSets(withRows, sets, { newId, today: todayNow() }).form)
    },
    setTemplate(id) {
      const { form } = get()
      const code = form.encounter.department.code?.code
      if (code !== undefined) desk.templates.set(code, id)
      // What an unused panel of the other template offered goes with it.
      const labs = form.labs.filter((row) => !(row.isOffered && row.value === ''))
      changed({ form: addRows({ ...form, template: id, labs }, 'labs', [], newId), switchedFrom: null })
    },
    showWhole: () => setState({ isWhole: true }),
    addPanel(panel) {
      const { form } = get()
      const next = panel ? { panel, tests: panel.tests } : nextPanel(templateOf(form.template), form)
      if (next === null) return null
      const have = new Set(form.labs.map((row) => row.test.code?.code))
      const tests = next.tests.flatMap((key) => {
        const test = labTestByKey(key)
        return test === null || have.has(test.loinc) ? [] : [offeredTest(test)]
      })
      if (tests.length === 0) return null
      const offered = offerTests(form, tests, newId)
      changeForm(offered.form)
      return offered.firstId
    },
    repeat(field) {
      const { form, earlier, change } = get()
      const last = currentOf(earlier, change?.visitId)[0]
      const next = last ? repeatField(form, last.record, field, newId) : null
      if (next === null) return false
      changeForm(next)
      void nameCopied()
      return true
    },
    setEarlier(patientId, visits) {
      if (get().patient?.patientId !== patientId) return
      const { form, earlier, change, isConsentChosen } = get()
      // Once, when they come: what a clerk chose or chooses later stays.
      const isFirst = change === null && earlier.length === 0
      setState({
        ...(isFirst ? withConsentUnasked(get(), null, lastConsentOf(visits)) : {}),
        ...(isConsentChosen ? { form } : {}),
        earlier: visits,
      })
      setState({ problems: checkedNow(get()).problems })
    },
    setRow: (section, id, patch) => changeForm(patchRow(get().form, section, id, patch, newId)),
    reverseClaim(id) {
      const { form } = get()
      const row = form.claims.find((each) => each.id === id)
      if (!row || isReversed(form, row)) return null
      const reversal = reversalOf(form, row, newId)
      changeForm(addRows(form, 'claims', [reversal], newId))
      return reversal.id
    },
    removeRow: (section, id) => changeForm(removeRow(get().form, section, id, newId)),
    copyRow(record, list, index) {
      if (list === 'diagnoses') {
        const diagnosis = record.diagnoses[index]
        if (diagnosis) {
          const { form } = get()
          const row = copiedDiagnosis(diagnosis, newId())
          const isFirst = countRows(form, 'diagnoses') === 0
          changeForm(addRows(form, 'diagnoses', [isFirst ? { ...row, role: 'principal' } : row], newId))
        }
      } else {
        const prescription = record.prescriptions[index]
        if (prescription)
          changeForm(addRows(get().form, 'medicines', [copiedMedicine(prescription, newId())], newId))
      }
      void nameCopied()
    },
    copyForward(records) {
      const { form, ...told } = copyLasting(get().form, records, todayNow(), newId)
      if (told.count > 0) {
        changeForm(form)
        void nameCopied()
      }
      return told
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
    keepMine() {
      const { change, rival } = get()
      if (change && rival !== null) changed({ change: { ...change, supersedes: rival }, rival: null })
    },
    async takeTheirs() {
      const { patient, rival } = get()
      await get().discard()
      if (patient && rival !== null && (await get().correct(rival, patient)) !== 'ready')
        get().choosePatient(patient)
    },

    async submit(isConfirming) {
      // A code that was taken faster than its list came belongs to the visit.
      await picksSettled()
      const before = get()
      if (before.saving === 'saving' || !before.patient) return 'failed'
      const { problems, visit, fieldOf } = checkedNow(before)
      setState({ problems, isTried: true, refused: null, failure: null })
      if (!visit || problems.some((each) => each.severity === 'refuse')) {
        setState({ asked: null })
        return 'problems'
      }
      const toConfirm = [
        ...problems,
        ...expectedProblems(before.form),
        ...copiedProblems(before.form, fieldOf, visit),
      ].filter((each) => !isConfirmed(each, before.confirmations))
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
      draftClock.stop()
      // A draft that is being written must be known, or it would outlive the visit that replaces it.
      await draftOnItsWay.catch(() => undefined)
      try {
        const answer = await node.records.submit({
          visit: { ...visit, confirmations },
          // Under the name that it has now, and as it was saved here: another machine may have gone on with the old one.
          draftId: get().draft.savedAt === null ? null : get().draftId,
          draftBase: get().draft.savedAt,
          submissionId: before.draftId,
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
            desk.department = before.form.encounter.department
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
            if (answer.reason === 'superseded-meanwhile') await standBesideTheirs()
            return 'failed'
        }
      } catch (error) {
        setState({ failure: failureCode(error), saving: 'no' })
        return 'failed'
      }
    },

    async saveDraft() {
      draftClock.stop()
      // One after another: the next goes on from what this one has saved.
      await draftOnItsWay.catch(() => undefined)
      const { draft, draftId, patient, unnamed, form, start, change, confirmations, rival, isConsentChosen } =
        get()
      if (draft.state !== 'dirty' && draft.state !== 'failed') return
      // Choosing a patient alone is nothing to lose.
      if (draft.savedAt === null && !isTouched(form, start)) return
      try {
        const saving = node.records.saveDraft({
          draftId,
          patientId: patient?.patientId ?? null,
          title: patient?.name ?? unnamed ?? '',
          savedAt: Date.now(),
          base: draft.savedAt,
          form: { form, change, confirmations, rival, isConsentChosen },
        })
        draftOnItsWay = saving.then(({ savedAt, becomes = draftId }) => ({ becomes, savedAt }))
        idOnItsWay = draftId
        const { savedAt, becomes = draftId } = await saving
        // Typed on meanwhile: the next save is already on its way. The new name may have been heard before the answer.
        if (get().draftId === draftId || get().draftId === becomes)
          setState({
            draftId: becomes,
            draft: { state: get().form === form ? 'saved' : 'dirty', savedAt },
          })
      } catch {
        if (get().draftId === draftId) setState({ draft: { ...get().draft, state: 'failed' } })
      } finally {
        if (idOnItsWay === draftId) idOnItsWay = null
      }
    },
    async setAside() {
      await get().saveDraft()
      setState(fresh())
    },
    async discard() {
      const { draftId, draft } = get()
      draftClock.stop()
      // The field was left a moment ago: a draft that is being written would outlive its visit.
      const isOnItsWay = idOnItsWay === draftId
      setState(fresh())
      const last = await draftOnItsWay.catch(() => null)
      // As it was saved or opened here: another machine may have gone on with it.
      const { becomes, savedAt } =
        isOnItsWay && last !== null ? last : { becomes: draftId, savedAt: draft.savedAt }
      if (isOnItsWay || savedAt !== null) await node.records.discardDraft({ draftId: becomes, base: savedAt })
    },
    async openDraft(draftId) {
      const draft = await node.records.loadDraft({ draftId })
      const kept = draft?.form as
        | {
            form?: VisitForm
            change?: Change | null
            confirmations?: VisitInput['confirmations']
            rival?: string | null
            isConsentChosen?: boolean
          }
        | undefined
      if (!draft || kept?.form?.shape !== 1) return false
      const patient =
        draft.patientId === null ? null : await node.patients.get({ patientId: draft.patientId })
      setState({
        ...fresh(),
        draftId,
        patient,
        unnamed: draft.patientId === null && draft.title !== '' ? draft.title : null,
        form: wholeFormOf(kept.form, freshForm(), newId),
        change: kept.change ?? null,
        confirmations: kept.confirmations ?? [],
        rival: kept.rival ?? null,
        // Older drafts do not say it: what they hold stays.
        isConsentChosen: kept.isConsentChosen ?? draft.patientId !== null,
        draft: { state: 'saved', savedAt: draft.savedAt },
      })
      setState({ problems: checkedNow(get()).problems })
      return true
    },
    async correct(merkleRoot, patient, head) {
      const answer = await node.records.open({ merkleRoot })
      if (answer.kind === 'sealed') return 'sealed'
      const { record } = answer
      const said = formOfRecord(record, contextOf(patient.patientId, []), newId)
      if (!said) return 'too-new'
      // It is shown as a visit of its department is entered.
      const form = { ...said, template: templateAt(record.encounter.department?.code) ?? said.template }
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
        rival: head === undefined || head === merkleRoot ? null : head,
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
    draftClock.stop()
    clearTimeout(checkTimer)
    checkTimer = undefined
    forgetDesk()
    useTemplates.getState().forget()
    useEntry.setState({ ...fresh(), lastQueued: null })
  }
  openChain = chain
})
// At a work place: what is typed here and what was typed elsewhere under the same name are two drafts from now on.
listen('records', 'draftRenamed', ({ draftId, becomes }) => {
  if (useEntry.getState().draftId === draftId) useEntry.setState({ draftId: becomes })
})
/** The focus has left a field of the form, whatever kind of field it is. */
export const draftIfLeft = (): void => draftClock.left()
// Leaving the window is leaving the field: what was typed is on the disk before anything else happens.
window.addEventListener('blur', () => void useEntry.getState().saveDraft())
document.addEventListener('visibilitychange', () => void useEntry.getState().saveDraft())
