/** The rows of what was counted on their way out: made, with progress and a way to stop, then put where the person says. */
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import type { StudyDocument } from '../../../../shared/domain/study.ts'
import { formatBytes, formatNumber } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { jobEnded } from '../../../parts/jobs.ts'
import { localeNow, wordsNow } from '../../../words/catalogue.ts'

interface RowsOut {
  /** The job that makes the table. */
  readonly jobId: string | null
  readonly isBusy: boolean
  /** @param study as it was counted, at the state that answered */
  save(study: StudyDocument): void
}

export function useRowsOut(): RowsOut {
  const [jobId, setJobId] = useState<string | null>(null)
  const [isBusy, setIsBusy] = useState(false)

  async function saved(study: StudyDocument): Promise<void> {
    // The table of the last count is still there, unless something else was asked since: then this takes as long again.
    const begun = await node.studies.start({ study, at: 'named', upTo: 'weigh' })
    if (begun.kind === 'refused') return tell(wordsNow().cut.refused, true)
    setJobId(begun.jobId)
    const job = await jobEnded(begun.jobId)
    setJobId(null)
    if (job.state === 'failed') throw Object.assign(new Error(), { code: job.error?.code ?? 'unexpected' })
    if (job.state !== 'done') return
    const answer = await node.releases.saveRows({ study, locale: localeNow() })
    const t = wordsNow().cut
    const locale = localeNow()
    switch (answer.kind) {
      case 'cancelled':
        return
      case 'saved':
        return tell(t.saved(formatNumber(answer.files.length, locale), answer.folder), false)
      case 'not-writable':
        return tell(t.notWritable, true)
      case 'refused':
        return tell(t.refused, true)
      case 'too-large':
        return tell(t.tooLarge(formatBytes(answer.bytes, locale), formatBytes(answer.bytesMax, locale)), true)
    }
  }

  return {
    jobId,
    isBusy,
    save(study) {
      setIsBusy(true)
      saved(study)
        .catch(tellFailure)
        .finally(() => {
          setJobId(null)
          setIsBusy(false)
        })
    },
  }
}

function tell(message: string, isBad: boolean): void {
  notifications.show({ message, ...(isBad ? { color: 'red' } : {}) })
}
