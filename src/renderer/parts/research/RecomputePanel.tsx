/** Asking the gateways to compute an answered request anew from the records, and what they said of it. */
import { Anchor, Button, Group, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import type { OpenRequest, RequestState } from '../../../shared/contract/requests.ts'
import { formatMinute } from '../../lib/format.ts'
import { node } from '../../lib/node.ts'
import { Callout, type Tone } from '../../ui/Callout.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { useWords } from '../../words/catalogue.ts'
import { tellFailure } from '../FailureNote.tsx'
import { TakersNote } from './TakersNote.tsx'

/** Good is only what came out the same for everybody, somebody among them who had not signed the answer. */
function toneOf(state: RequestState, isBySignersAlone: boolean): Tone {
  if (state === 'differs' || state === 'disputed') return 'bad'
  if (state !== 'identical') return 'plain'
  return isBySignersAlone ? 'warn' : 'good'
}

const RUNNING: ReadonlySet<RequestState> = new Set(['handing-over', 'charged', 'computing'])

interface Props {
  readonly opened: Pick<OpenRequest, 'row' | 'recomputations' | 'mayRecompute'>
  /** A package of it that is open here: it has the question's document where nobody gives it to this institution. */
  readonly packageHash?: string
  /** Where a recomputation has a place of its own. */
  onOpen?(studyHash: string): void
}

export function RecomputePanel({
  opened: { row, recomputations, mayRecompute },
  packageHash,
  onOpen,
}: Props) {
  const words = useWords()
  const t = words.requests
  const [isBusy, setBusy] = useState(false)
  /** The question's text is not for this institution: what to do instead stays to be read. */
  const [isRefused, setRefused] = useState(false)
  if (!mayRecompute && recomputations.length === 0) return null
  const ask = async () => {
    setBusy(true)
    setRefused(false)
    try {
      const answer = await node.requests.recompute({
        studyHash: row.studyHash,
        ...(packageHash === undefined ? {} : { packageHash }),
      })
      if (answer.kind === 'submitted') notifications.show({ message: t.asked.done(answer.heldBy.length) })
      if (answer.kind === 'refused' && answer.reason === 'no-document') setRefused(true)
      else if (answer.kind === 'refused')
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
        {recomputations.map(({ studyHash, state, at, takers, isBySignersAlone }) => (
          <div key={studyHash} data-testid="recomputation" data-state={state}>
            <Callout
              tone={toneOf(state, isBySignersAlone)}
              action={
                onOpen && (
                  <Button size="compact-sm" variant="default" onClick={() => onOpen(studyHash)}>
                    {t.price.openSame}
                  </Button>
                )
              }
            >
              {RUNNING.has(state)
                ? t.pane.recomputing(at === null ? '' : formatMinute(at))
                : t.pane.recomputed(t.states[state], at === null ? '' : formatMinute(at))}
              <TakersNote takers={takers} isRecomputation />
              {isBySignersAlone && state === 'identical' && <p>{t.takers.bySigners}</p>}
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
        {isRefused && (
          <Callout tone="warn" isLive>
            {t.asked.refused['no-document']}{' '}
            <Anchor href="#/reviews" underline="always">
              {words.shell.rooms.reviews}
            </Anchor>
          </Callout>
        )}
        <p className="secondary">{t.pane.recomputeHint}</p>
      </Stack>
    </Panel>
  )
}
