/**
 * Entering a visit on one page. The cursor is always where typing goes on; an error never moves it. After saving, the next
 * patient's search has the focus and the saved visit stays in sight until it is final.
 */
import { Button, UnstyledButton } from '@mantine/core'
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { node } from '../../../lib/node.ts'
import { go } from '../../../lib/router.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import type { RoomProps } from '../../../parts/route.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { letterOf } from '../../../ui/keys.ts'
import { useWords } from '../../../words/catalogue.ts'
import { ChangeBar } from './ChangeBar.tsx'
import { DiagnosesSection } from './DiagnosesSection.tsx'
import { DraftOffer } from './DraftOffer.tsx'
import { EncounterSection } from './EncounterSection.tsx'
import { fieldsFrom } from './entry-problems.ts'
import { FORM_ID, goToField, goToSection, goToSpareRow, leaveSection, sectionId, stepFrom } from './go-on.ts'
import { KeptOfSource } from './KeptOfSource.tsx'
import { LabsSection } from './LabsSection.tsx'
import { Notices } from './Notices.tsx'
import { MedicinesSection } from './MedicinesSection.tsx'
import { OutcomeSection } from './OutcomeSection.tsx'
import { PatientBar } from './PatientBar.tsx'
import { PatientSearch } from './PatientSearch.tsx'
import { ProceduresSection } from './ProceduresSection.tsx'
import { Rival } from './Rival.tsx'
import { SaveBar } from './SaveBar.tsx'
import { SideColumn } from './SideColumn.tsx'
import { placeOf } from './Section.tsx'
import { templateOf } from './templates.ts'
import { TODAY_ID, TodayStrip } from './TodayStrip.tsx'
import { BeginUnnamed, UnnamedBar, useIsNodeAway } from './Unnamed.tsx'
import { draftIfLeft, useEntry } from './use-entry.ts'
import { useTemplates } from './use-templates.ts'
import { VitalsSection } from './VitalsSection.tsx'
import styles from './Entry.module.css'

export function RecordEntry({ parts }: RoomProps) {
  const t = useWords()
  const patient = useEntry((entry) => entry.patient)
  const unnamed = useEntry((entry) => entry.unnamed)
  const draftId = useEntry((entry) => entry.draftId)
  const isAway = useIsNodeAway()
  const change = useEntry((entry) => entry.change)
  const rival = useEntry((entry) => entry.rival)
  const template = useEntry((entry) => entry.form.template)
  // Whatever a template says is drawn anew when the hospital's own ones have come or were changed.
  useTemplates((templates) => templates.own)
  useEffect(() => void useTemplates.getState().load().catch(tellFailure), [])
  const [notTaken, setNotTaken] = useState<'sealed' | 'too-new' | null>(null)
  const room = useRef<HTMLDivElement>(null)
  const [what, id, version, head] = parts
  const wanted = parts.join('/')

  // The place may say what to do here; then it goes back to the plain room, so that a reload does not do it twice.
  useEffect(() => {
    const begin = async () => {
      const entry = useEntry.getState()
      if (what === 'for' && id !== undefined) {
        const chosen = await node.patients.get({ patientId: id })
        if (chosen) {
          if (entry.patient && entry.patient.patientId !== id) await entry.setAside()
          useEntry.getState().choosePatient(chosen)
          goToFieldSoon('encounter.class')
        }
        go('record')
      } else if (what === 'draft' && id !== undefined) {
        await entry.saveDraft()
        if (await useEntry.getState().openDraft(id)) goToFieldSoon('encounter.class')
        go('record')
      } else if (what === 'correct' && id !== undefined && version !== undefined) {
        const chosen = await node.patients.get({ patientId: id })
        await entry.setAside()
        const ready = chosen ? await useEntry.getState().correct(version, chosen, head) : 'sealed'
        setNotTaken(ready === 'ready' ? null : ready)
        if (ready === 'ready') goToFieldSoon('encounter.class')
        go('record')
      }
    }
    begin().catch(tellFailure)
  }, [wanted])

  const save = async (isConfirming = false) => {
    const outcome = await useEntry.getState().submit(isConfirming)
    if (outcome === 'problems') {
      const first = useEntry.getState().problems.find((problem) => problem.severity === 'refuse')
      if (first) goToField(first.field)
    }
  }

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const isCommand = event.ctrlKey || event.metaKey
    const entry = useEntry.getState()
    const here = event.target as HTMLElement
    if (isCommand && event.key === 'Enter') {
      event.preventDefault()
      if (entry.patient) void save(entry.asked !== null)
    } else if (isCommand && event.key.toLowerCase() === 's') {
      event.preventDefault()
      void entry.saveDraft()
    } else if (event.altKey && /^[1-8]$/.test(letterOf(event))) {
      event.preventDefault()
      goToSection(sectionAt(entry.form.template, Number(letterOf(event))))
    } else if (event.altKey && letterOf(event) === 't') {
      event.preventDefault()
      document.querySelector<HTMLElement>(`#${TODAY_ID} button`)?.focus()
    } else if (event.altKey && letterOf(event) === 'n') {
      event.preventDefault()
      if (here.closest('fieldset')?.id !== sectionId(3)) return goToSpareRow()
      const set = entry.addVitals()
      if (set !== null) goToNew(`furtherVitals.${set}.at`)
    } else if (isCommand && !event.shiftKey && event.key.toLowerCase() === 'd') {
      event.preventDefault()
      if (here.dataset['field'] !== undefined) entry.repeat(here.dataset['field'])
    } else if (isCommand && !event.shiftKey && event.key.toLowerCase() === 'l') {
      event.preventDefault()
      const row = entry.patient ? entry.addPanel() : null
      if (row !== null) goToNew(`labs.${row}.value`)
    } else if (event.key === 'F8') {
      event.preventDefault()
      nextProblem(here.dataset['field'])
    } else if (event.key === 'Enter' && !event.defaultPrevented && !event.altKey) {
      if (here instanceof HTMLButtonElement || (here instanceof HTMLTextAreaElement && !event.shiftKey))
        return
      if (!here.closest(`#${FORM_ID}`)) return
      event.preventDefault()
      // Enter in the blank row at the end of a list says that the list is done.
      const row = here.closest<HTMLElement>('[data-row]')
      const isFirstOfBlank =
        row !== null && row.querySelector('[data-field]') === here && (here as HTMLInputElement).value === ''
      if (event.shiftKey) stepFrom(here, -1)
      else if (!isFirstOfBlank || !leaveSection(here)) stepFrom(here, 1)
    }
  }

  return (
    <div className={`room ${styles.room}`} ref={room} onKeyDown={onKeyDown}>
      <h1 className="visually-hidden">{change ? t.entry.correctTitle : t.entry.title}</h1>
      {notTaken && (
        <div className={styles.notice}>
          <Callout
            tone="warn"
            isLive
            action={
              <Button variant="default" size="compact-sm" onClick={() => setNotTaken(null)}>
                {t.shell.dismiss}
              </Button>
            }
          >
            {notTaken === 'sealed' ? t.patients.record.sealed['no-key'] : t.entry.tooNew}
          </Callout>
        </div>
      )}
      {patient || unnamed !== null ? (
        <>
          {patient && <PatientBar key={patient.patientId} patient={patient} />}
          {change && <ChangeBar change={change} />}
          {patient && change && rival !== null && <Rival merkleRoot={rival} patientId={patient.patientId} />}
          {patient && <Notices patient={patient} />}
          {!patient && unnamed !== null && <UnnamedBar name={unnamed} />}
          <SectionTabs />
          <div className={styles.columns}>
            <Form>
              <KeptOfSource />
              <EncounterSection />
              {templateOf(template).sections.map((section) => {
                const Content = SECTIONS[section]
                return <Content key={section} />
              })}
            </Form>
            {/* Anew for each draft: an answer stays until the next one comes, and would be copied into another's visit. */}
            {patient && <SideColumn key={`${draftId} ${patient.patientId}`} patient={patient} />}
          </div>
          <SaveBar onSave={(isConfirming) => void save(isConfirming)} />
        </>
      ) : (
        <div className={styles.start}>
          <DraftOffer />
          {isAway ? <BeginUnnamed /> : <PatientSearch />}
        </div>
      )}
      <TodayStrip isLarge={!patient && unnamed === null} />
    </div>
  )
}

/** By itself, because it is drawn at each key and after each check, and the sections in it are not. */
function Form({ children }: { readonly children: ReactNode }) {
  const isChecking = useEntry((entry) => entry.isChecking)
  return (
    <form
      id={FORM_ID}
      className={styles.form}
      noValidate
      aria-busy={isChecking}
      onSubmit={(event) => event.preventDefault()}
      onBlur={draftIfLeft}
    >
      {children}
    </form>
  )
}

const SECTIONS = {
  3: VitalsSection,
  4: LabsSection,
  5: DiagnosesSection,
  6: ProceduresSection,
  7: MedicinesSection,
  8: OutcomeSection,
} as const

const goToFieldSoon = (field: string) => setTimeout(() => goToField(field), 30)

/** The section that stands at this place under the template. */
function sectionAt(template: string, place: number): number {
  return place < 3 ? place : (templateOf(template).sections[place - 3] ?? place)
}

/** A field that comes into being with the next drawing. */
const goToNew = (field: string) => queueMicrotask(() => goToField(field))

function nextProblem(field: string | undefined): void {
  const fields = fieldsFrom(useEntry.getState().problems, field)
  if (fields.length === 0) return
  useEntry.setState({ isTried: true })
  // What the template does not show cannot be gone to: the next one can.
  fields.some((each) => goToField(each))
}

function SectionTabs() {
  const t = useWords().entry
  const template = useEntry((entry) => entry.form.template)
  const problems = useEntry((entry) => entry.problems)
  const isTried = useEntry((entry) => entry.isTried)
  const wrong = new Set(
    isTried ? problems.filter((each) => each.severity === 'refuse').map((each) => sectionOf(each.field)) : [],
  )
  return (
    <nav className={styles.tabs} aria-label={t.title}>
      {[2, ...templateOf(template).sections].map((section) => (
        <UnstyledButton
          key={section}
          className={styles.tab}
          data-wrong={wrong.has(section) || undefined}
          onClick={() => goToSection(section)}
        >
          <span className={styles.number}>{placeOf(template, section)}</span> {t.sections[section - 1]}
          {wrong.has(section) && <span className="visually-hidden">{t.problems}</span>}
        </UnstyledButton>
      ))}
    </nav>
  )
}

/** The section that a field of the form lies in. */
export function sectionOf(field: string): number {
  const place = ['encounter', 'vitals', 'labs', 'diagnoses', 'procedures', 'medicines'].indexOf(
    field.split('.')[0] ?? '',
  )
  return place >= 0 ? place + 2 : /^(smoking|vitalsAt|furtherVitals\..*)$/.test(field) ? 3 : 8
}
