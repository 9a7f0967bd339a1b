/** Is everything saved? In the user's words; height and peers on a click. */
import { Popover, Text, UnstyledButton } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconClockHour4 } from '@tabler/icons-react'
import { useState } from 'react'
import { formatBytes, formatInstant, formatNumber } from '../lib/format.ts'
import { useSession, useStatus } from '../lib/session.ts'
import { BlockHash } from '../parts/BlockHash.tsx'
import { Field, Fields } from '../ui/Field.tsx'
import { useLocale, useWords } from '../words/catalogue.ts'
import { pillOf, type Pill } from './pill-of.ts'
import styles from './StatusPill.module.css'

const ICONS = { good: IconCircleCheck, wait: IconClockHour4, bad: IconCircleX }

export function StatusPill() {
  const words = useWords()
  const t = words.shell.status
  const locale = useLocale()
  const status = useStatus()
  const session = useSession()
  const [isOpen, setOpen] = useState(false)
  if (!status) return null
  const isAway = session?.state === 'open' && (session.workPlace?.awaySince ?? null) !== null
  const pill: Pill = isAway
    ? { tone: 'bad', words: words.workPlaces.pill }
    : pillOf(status, t, (count) => formatNumber(count, locale))
  const Icon = ICONS[pill.tone]
  const hasQuorum = status.votersReachable >= status.quorum
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="bottom-end"
      width={400}
      trapFocus
      withArrow
      returnFocus
    >
      <Popover.Target>
        <UnstyledButton
          className={styles.pill}
          data-tone={pill.tone}
          data-testid="status-pill"
          onClick={() => setOpen(!isOpen)}
        >
          <Icon size={15} aria-hidden />
          <span aria-live="polite">{pill.words}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={t.title}>
        <div className={styles.said}>
          <Text fw={600} mb={4}>
            {t.title}
          </Text>
          <Text size="sm" mb="xs">
            {status.state === 'halted'
              ? t.sentence.halted[status.haltedReason ?? 'bug']
              : t.sentence[status.state]}
          </Text>
          {status.observingReason !== null && (
            <Text size="sm" mb="xs" c="var(--warn)">
              <IconAlertTriangle size={14} aria-hidden style={{ verticalAlign: '-2px' }} />{' '}
              {t.observing(t.observingReason[status.observingReason])}
            </Text>
          )}
          {!hasQuorum && status.state === 'running' && (
            <Text size="sm" mb="xs" c="var(--warn)">
              <IconAlertTriangle size={14} aria-hidden style={{ verticalAlign: '-2px' }} /> {t.noQuorum}
            </Text>
          )}
          <Fields>
            <Field name={t.blocks}>{formatNumber(status.blockCount, locale)}</Field>
            <Field name={t.height}>{formatNumber(status.height, locale)}</Field>
            <Field name={t.queued}>{formatNumber(status.queuedCount, locale)}</Field>
            <Field name={t.drafts}>{formatNumber(status.draftCount, locale)}</Field>
            <Field name={t.tip}>
              <BlockHash hash={status.tip} />
            </Field>
            <Field name={t.lastFinal}>
              {status.lastFinalAt === null ? t.never : formatInstant(status.lastFinalAt)}
            </Field>
            <Field name={t.peers}>
              {status.voterCount <= 1
                ? t.alone
                : `${status.peerCount} · ${t.quorum(status.votersReachable, status.quorum)}`}
            </Field>
            {status.diskFreeBytes !== null && (
              <Field name={t.diskFree}>{formatBytes(status.diskFreeBytes, locale)}</Field>
            )}
          </Fields>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
