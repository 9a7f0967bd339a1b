/** A hospital with generated patients. Its making is a job with progress. */
import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { CLINIC } from '../../../shared/domain/populations.ts'
import { formatNumber } from '../../lib/format.ts'
import { node } from '../../lib/node.ts'
import { useJobs } from '../../parts/jobs.ts'
import { JobProgress } from '../../parts/JobProgress.tsx'
import { RefusalNote } from '../../parts/RefusalNote.tsx'
import { useLocale, useWords } from '../../words/catalogue.ts'
import { Step } from './Step.tsx'
import { enoughFor } from './enough-for.ts'
import { useOpening } from './use-opening.ts'

const SIZES = [20, 100, 200, 500, 2000, 4000]
/** Stands among the sizes: whom the tutorial of the research rooms is about. */
const FOR_TUTORIAL = 'clinic'

function asked(patients: string) {
  return patients === FOR_TUTORIAL
    ? { patients: CLINIC.patients, population: 'diabetes-clinic' as const }
    : { patients: Number(patients) }
}

export function Demonstration({ onBack }: { onBack(): void }) {
  const t = useWords().firstRun
  const locale = useLocale()
  const [patients, setPatients] = useState('200')
  const opening = useOpening()
  const job = [...useJobs().values()].find(
    (each) => each.kind === 'demonstration' && each.state === 'running',
  )
  const make = (event: FormEvent) => {
    event.preventDefault()
    if (!opening.isBusy) void opening.run(() => node.app.openDemonstration(asked(patients)))
  }
  return (
    <Step title={t.demonstration.title} {...(opening.isBusy ? {} : { onBack })}>
      <form onSubmit={make} noValidate>
        <Stack>
          <Text>{t.demonstrationBody}</Text>
          <NativeSelect
            label={t.patients}
            description={
              patients === FOR_TUTORIAL ? t.patientsOfClinicHint : enoughFor(Number(patients), t, locale)
            }
            value={patients}
            disabled={opening.isBusy}
            data={[
              ...SIZES.map((size) => ({ value: String(size), label: formatNumber(size, locale) })),
              { value: FOR_TUTORIAL, label: t.patientsOfClinic(formatNumber(CLINIC.patients, locale)) },
            ]}
            onChange={(event) => setPatients(event.currentTarget.value)}
          />
          <RefusalNote refusal={opening.refusal} />
          {job && <JobProgress job={job} />}
          <Group justify="flex-end">
            {opening.isBusy && !job && (
              <Text size="xs" c="dimmed" role="status">
                {t.demonstrationFounding}
              </Text>
            )}
            <Button type="submit" loading={opening.isBusy} autoFocus>
              {t.demonstrationNow}
            </Button>
          </Group>
        </Stack>
      </form>
    </Step>
  )
}
