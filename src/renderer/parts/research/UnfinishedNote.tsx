/** A run that was under way when the application ended: said where it was asked, until it is run again or put away. */
import { Button, Group } from '@mantine/core'
import type { UnfinishedRun } from '../../../shared/contract/study-history.ts'
import { formatInstant } from '../../lib/format.ts'
import { useAsk } from '../../lib/live.ts'
import { node } from '../../lib/node.ts'
import { Callout } from '../../ui/Callout.tsx'
import { useWords } from '../../words/catalogue.ts'
import { tellFailure } from '../FailureNote.tsx'

export function UnfinishedNote({
  kind,
  isRunning,
  onRun,
}: {
  readonly kind: UnfinishedRun['kind']
  readonly isRunning: boolean
  onRun(): void
}) {
  const t = useWords().question.unfinished
  const { value, again } = useAsk(() => node.studies.unfinished(), [])
  const last = value?.filter((run) => run.kind === kind).at(-1)
  if (last === undefined || isRunning) return null
  const forget = async () => {
    await node.studies.forgetUnfinished({ kind })
    again()
  }
  return (
    <Callout tone="warn" isLive title={t.title[kind]}>
      <p>{t.since(formatInstant(last.startedAt))}</p>
      <Group gap="xs">
        <Button
          size="xs"
          onClick={() => {
            onRun()
            forget().catch(tellFailure)
          }}
        >
          {t.again}
        </Button>
        <Button size="xs" variant="default" onClick={() => void forget().catch(tellFailure)}>
          {t.dismiss}
        </Button>
      </Group>
    </Callout>
  )
}
