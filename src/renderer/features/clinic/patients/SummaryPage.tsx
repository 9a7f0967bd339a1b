/** Making, printing and saving a summary of a patient. */
import { Button, Skeleton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconArrowLeft } from '@tabler/icons-react'
import { formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { go } from '../../../lib/router.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { groupsOf, inChronology } from './history-filter.ts'
import styles from './Summary.module.css'
import { SummaryView } from './SummaryView.tsx'
import { useFhirFile } from './use-fhir-file.ts'

/** Visits in one summary: the newest; more would be no summary. */
const VISITS_MAX = 60

export function SummaryPage({ patientId }: { readonly patientId: string }) {
  const words = useWords()
  const t = words.history.summary
  const locale = useLocale()
  const asked = useAsk(async () => {
    const { visits } = await node.records.ofPatient({ patientId, limit: 1000 })
    const current = inChronology(groupsOf(visits), true).map((group) => group.current)
    const final = current.filter(({ index }) => index !== null)
    const waiting = current.length - final.length
    const merkleRoots = final.slice(0, VISITS_MAX).map(({ merkleRoot }) => merkleRoot)
    if (merkleRoots.length === 0) return { made: null, waiting, isCut: false }
    return {
      made: await node.summaries.make({ patientId, merkleRoots }),
      waiting,
      isCut: final.length > VISITS_MAX,
    }
  }, [patientId])
  const made = asked.value?.made
  const fhir = useFhirFile(patientId)
  const save = async (how: 'savePdf' | 'saveFile') => {
    if (made?.kind !== 'made') return
    try {
      const { path, isSaved } = await node.summaries[how]({
        code: made.code,
        name: `${made.document.patient.name}-${made.code}`,
      })
      if (path !== null) notifications.show({ message: isSaved ? t.saved(path) : t.notSaved })
    } catch (error) {
      tellFailure(error)
    }
  }
  return (
    <div className="room">
      <header className={`room-head ${styles.screenOnly}`}>
        <Button
          variant="subtle"
          leftSection={<IconArrowLeft size={16} aria-hidden />}
          onClick={() => go('patients', patientId)}
        >
          {t.back}
        </Button>
        {made?.kind === 'made' && (
          <>
            <Button ml="auto" data-autofocus onClick={() => void save('savePdf')}>
              {t.pdf}
            </Button>
            <Button variant="default" onClick={() => window.print()}>
              {t.print}
            </Button>
            <Button variant="default" onClick={() => void save('saveFile')}>
              {t.file}
            </Button>
            <Button variant="default" loading={fhir.isWriting} onClick={fhir.save}>
              {t.fhir}
            </Button>
          </>
        )}
      </header>
      {/* The paper has nothing to stop at: the keyboard scrolls it as a whole. */}
      <div className={`room-body ${styles.body}`} tabIndex={0} role="region" aria-label={t.title}>
        {asked.failure !== undefined && !asked.value && (
          <FailureNote code={asked.failure} onRetry={asked.again} />
        )}
        {!asked.value && asked.failure === undefined && <Skeleton height={240} aria-label={t.making} />}
        {asked.value && asked.value.waiting > 0 && (
          <div className={styles.screenOnly}>
            <Callout tone="plain">{t.onlyFinal(asked.value.waiting)}</Callout>
          </div>
        )}
        {asked.value?.isCut && (
          <div className={styles.screenOnly}>
            <Callout tone="plain">{t.tooMany(formatNumber(VISITS_MAX, locale))}</Callout>
          </div>
        )}
        {made === null && <Callout tone="warn">{t.refused['nothing-final']}</Callout>}
        {made?.kind === 'refused' && <Callout tone="warn">{t.refused[made.reason]}</Callout>}
        {made?.kind === 'made' && <SummaryView document={made.document} code={made.code} seal={made.seal} />}
      </div>
    </div>
  )
}
