/** States of the chain that may be asked about, and declaring the next one. */
import { Button, Skeleton } from '@mantine/core'
import { useState } from 'react'
import type { ProposedSnapshot } from '../../../../shared/contract/snapshots.ts'
import { formatList, formatMinute, formatNumber, formatRho } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { useOpenSession } from '../../../lib/session.ts'
import { BlockHash } from '../../../parts/BlockHash.tsx'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Field, Fields } from '../../../ui/Field.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Network.module.css'

export function Snapshots({ mayPropose }: { readonly mayPropose: boolean }) {
  const words = useWords()
  const t = words.checks.snapshots
  const isDemonstration = useOpenSession()?.demonstration !== undefined
  const locale = useLocale()
  const list = useAsk(() => node.snapshots.list(), [], ['requests.changed', 'node.segmentFinal'])
  const [isBusy, setBusy] = useState(false)
  const [answer, setAnswer] = useState<ProposedSnapshot | null>(null)
  const view = list.value
  if (view === undefined)
    return list.failure === undefined ? (
      <Skeleton height={160} />
    ) : (
      <FailureNote code={list.failure} onRetry={list.again} />
    )
  const propose = async () => {
    setBusy(true)
    setAnswer(null)
    try {
      setAnswer(await node.snapshots.propose())
      list.again()
    } catch (error) {
      tellFailure(error)
    } finally {
      setBusy(false)
    }
  }
  const text = (value: number) => formatNumber(value, locale)
  return (
    <Panel
      title={t.tab}
      side={
        mayPropose &&
        view.isHospital && (
          <Button size="compact-sm" loading={isBusy} onClick={() => void propose()}>
            {t.propose}
          </Button>
        )
      }
    >
      <div className={styles.main}>
        <p className="secondary">{t.intro}</p>
        <p>
          {t.needs(text(view.patientsMin), text(view.hospitalsMin))}{' '}
          {t.since(text(Math.max(0, view.height - (view.snapshots[0]?.height ?? 0))))}{' '}
          {view.everyDays > 0 && t.every(text(view.everyDays))}
          {!view.isHospital && t.onlyHospitals}
        </p>
        {isBusy && <p role="status">{t.proposing}</p>}
        {answer !== null && (
          <Callout tone={answer.kind === 'proposed' ? 'good' : 'warn'} isLive>
            {answer.kind === 'proposed'
              ? t.done(text(answer.height))
              : answer.reason === 'too-few-gateways'
                ? t.refused['too-few-gateways'](
                    text(answer.contributed ?? 0),
                    text(answer.needed ?? 0),
                    formatList(answer.missing ?? [], locale),
                  )
                : t.refused[answer.reason]}
          </Callout>
        )}
        {view.snapshots.length === 0 ? (
          <EmptyState>
            {t.none}
            {isDemonstration && ` ${words.requests.catalogue.noSnapshotHere}`}
          </EmptyState>
        ) : (
          <Fields>
            {view.snapshots.map(({ hash, height, stateAt, chargedMicroRho, isNewest }) => (
              <Field
                key={hash}
                name={
                  stateAt === null ? t.rowUnknown(text(height)) : t.row(text(height), formatMinute(stateAt))
                }
              >
                <BlockHash hash={hash} /> {t.charged(formatRho(chargedMicroRho, locale))}
                {isNewest && ` · ${t.newest}`}
              </Field>
            ))}
          </Fields>
        )}
      </div>
    </Panel>
  )
}
