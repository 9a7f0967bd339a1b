/** What a fit of one's own table found, and its file. */
import { Button, Group, Skeleton, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMemo } from 'react'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { FitFindings } from '../../../parts/research/FitFindings.tsx'
import { parseAnswer } from '../../../parts/research/fit-answer.ts'
import { useWords } from '../../../words/catalogue.ts'
import { useModels } from './use-models.ts'

export function FitResult({ jobId }: { readonly jobId: string }) {
  const t = useWords().models
  // Nobody changes the model while its result is shown.
  const { model } = useModels()
  const asked = useAsk(() => node.models.result({ jobId }), [jobId])
  const line = asked.value?.line
  const answer = useMemo(() => (line === undefined ? null : parseAnswer(line)), [line])
  if (asked.failure !== undefined) return <FailureNote code={asked.failure} onRetry={asked.again} />
  if (answer === null) return <Skeleton height={120} />
  const timeName = String(model.stop ?? '')
  const save = async () => {
    const { path } = await node.models.saveResult({ jobId })
    if (path !== null) notifications.show({ message: t.saved(path) })
  }
  return (
    <Stack gap="md" data-testid="fit-result">
      <FitFindings
        answer={answer}
        timeName={timeName}
        diagnosticsOf={{
          title: t.result,
          release: { jobId },
          time: t.curve.timeOf(timeName),
          nameOf: (coefficient) => coefficient,
          termOf: (term) => term,
        }}
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={() => void save().catch(tellFailure)}>
          {t.save}
        </Button>
      </Group>
    </Stack>
  )
}
