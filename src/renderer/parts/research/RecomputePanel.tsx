/** Asking the gateways to compute an answered request anew from the records, and what they said of it. */
import { Button, Group, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import type { OpenRequest } from '../../../shared/contract/requests.ts'
import { formatInstant } from '../../lib/format.ts'
import { node } from '../../lib/node.ts'
import { Callout } from '../../ui/Callout.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { useWords } from '../../words/catalogue.ts'
import { tellFailure } from '../FailureNote.tsx'

interface Props {
  readonly opened: Pick<OpenRequest, 'row' | 'recomputations' | 'mayRecompute'>
  /** Where a recomputation has a place of its own. */
  onOpen?(studyHash: string): void
}

export function RecomputePanel({ opened: { row, recomputations, mayRecompute }, onOpen }: Props) {
  const t = useWords().requests
  const [isBusy, setBusy] = useState(false)
  if (!mayRecompute && recomputations.length === 0) return null
  const ask = async () => {
    setBusy(true)
    try {
      const answer = await node.requests.recompute({ studyHash: row.studyHash })
      if (answer.kind === 'submitted') notifications.show({ message: t.asked.done(answer.heldBy.length) })
      if (answer.kind === 'refused')
        notifications.show({ color: 'red', message: t.asked.refused[answer.reason], autoClose: 10_000 })
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Panel title={t.pane.recompute}>
      <Stack gap="sm">
        {recomputations.map(({ studyHash, state, at }) => (
          <div key={studyHash} data-testid="recomputation" data-state={state}>
            <Callout
              tone={state === 'identical' ? 'good' : state === 'differs' ? 'bad' : 'plain'}
              action={
                onOpen && (
                  <Button size="compact-sm" variant="default" onClick={() => onOpen(studyHash)}>
                    {t.price.openSame}
                  </Button>
                )
              }
            >
              {t.pane.recomputed(t.states[state], at === null ? '' : formatInstant(at).slice(0, 16))}
            </Callout>
          </div>
        ))}
        {mayRecompute && (
          <Group>
            <Button variant="default" loading={isBusy} onClick={() => void ask()}>
              {t.pane.recompute}
            </Button>
          </Group>
        )}
        <p className="secondary">{t.pane.recomputeHint}</p>
      </Stack>
    </Panel>
  )
}
