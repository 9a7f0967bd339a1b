/** From a hospital's tables to visits: columns, codes and units, a trial, and only then the import. */
import { Button } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { useJob } from '../../../parts/jobs.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { CodesStep } from './CodesStep.tsx'
import { ColumnsStep } from './ColumnsStep.tsx'
import { TrialStep } from './TrialStep.tsx'
import { useImport } from './use-import.ts'
import { useWizard, type WizardStep } from './use-wizard.ts'
import importStyles from './Import.module.css'
import styles from './Wizard.module.css'

const STEPS: readonly WizardStep[] = ['columns', 'codes', 'trial']

export function TableWizard() {
  const t = useWords().tables
  const { step, paths, looked, gaps, openDates, answers, jobId, go, save, close } = useWizard()
  const begin = useImport((state) => state.begin)
  const job = useJob(jobId)
  const [isBusy, setBusy] = useState(false)
  const at = STEPS.indexOf(step)
  const heading = useRef<HTMLHeadingElement>(null)
  // The buttons of the step before are gone; the keyboard goes on at the head of this one.
  useEffect(() => heading.current?.focus(), [step])
  const act = async (work: () => Promise<unknown>) => {
    setBusy(true)
    await work().catch(tellFailure)
    setBusy(false)
  }
  const isColumnsDone =
    looked !== null && looked.tables.length > 0 && gaps.length === 0 && openDates.size === 0
  const isCodesDone = /^[A-Z]{3}$/.test(answers.currency) && answers.source.trim() !== ''
  const isTried = job !== undefined && job !== null && job.state === 'done' && answers.name.trim() !== ''
  const finish = async () => {
    const mapping = await save()
    await begin([...(paths ?? [])], mapping)
    close()
  }
  return (
    <Panel title={t.title}>
      <header className={styles.head}>
        <h2 ref={heading} tabIndex={-1}>
          {t.steps[step]}
        </h2>
        <span className="secondary">{t.stepOf(at + 1, STEPS.length)}</span>
      </header>
      {step === 'columns' && <ColumnsStep />}
      {step === 'codes' && <CodesStep />}
      {step === 'trial' && <TrialStep />}
      <div className={importStyles.buttons}>
        <Button variant="subtle" onClick={close}>
          {t.cancel}
        </Button>
        {at > 0 && (
          <Button variant="default" onClick={() => void act(() => go(STEPS[looked === null ? 0 : at - 1]!))}>
            {looked === null ? t.change : t.back}
          </Button>
        )}
        {step !== 'trial' ? (
          <Button
            loading={isBusy}
            disabled={step === 'columns' ? !isColumnsDone : !isCodesDone}
            onClick={() => void act(() => go(STEPS[at + 1]!))}
          >
            {t.next}
          </Button>
        ) : (
          <Button loading={isBusy} disabled={!isTried} onClick={() => void act(finish)}>
            {t.importNow}
          </Button>
        )}
      </div>
    </Panel>
  )
}
