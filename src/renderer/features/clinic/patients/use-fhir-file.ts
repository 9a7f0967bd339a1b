/** One person's visits as FHIR files in a chosen folder; what became of them is told where the person still is. */
import { notifications } from '@mantine/notifications'
import { useEffect, useState } from 'react'
import { formatNumber } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { followJob, useJob } from '../../../parts/jobs.ts'
import { useLocale, useWords } from '../../../words/catalogue.ts'

export function useFhirFile(patientId: string): { readonly isWriting: boolean; save(): void } {
  const words = useWords()
  const t = words.history.summary
  const locale = useLocale()
  const [jobId, setJobId] = useState<string | null>(null)
  const job = useJob(jobId)
  const state = job?.state
  useEffect(() => {
    if (jobId === null || state === undefined || state === 'running') return
    setJobId(null)
    if (state !== 'done') {
      notifications.show({ color: 'red', message: t.fhirStopped })
      return
    }
    node.imports
      .exportReport({ jobId })
      .then((report) =>
        notifications.show({
          message:
            report === null || report.visits === 0
              ? t.fhirNothing
              : t.fhirSaved(formatNumber(report.visits, locale), report.folder),
        }),
      )
      .catch(tellFailure)
  }, [jobId, state, locale, t])
  const start = async () => {
    const folder = await node.app.chooseFolder({ purpose: 'export' })
    if (folder === null) return
    const started = await node.imports.startExport({ format: 'fhir', folder, patientId })
    setJobId(started.jobId)
    await followJob()
  }
  return { isWriting: jobId !== null, save: () => void start().catch(tellFailure) }
}
