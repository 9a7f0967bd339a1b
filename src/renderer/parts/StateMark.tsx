/** Draft, Queued, Final: one small mark that means the same everywhere. */
import { Tooltip } from '@mantine/core'
import { IconCircleCheckFilled, IconClockHour4, IconPencil } from '@tabler/icons-react'
import type { VisitState } from '../../shared/contract/records.ts'
import { useWords } from '../words/catalogue.ts'
import styles from './StateMark.module.css'

const ICONS = { draft: IconPencil, queued: IconClockHour4, final: IconCircleCheckFilled }

export function StateMark({ state }: { readonly state: VisitState }) {
  const t = useWords()
  const Icon = ICONS[state]
  return (
    <Tooltip label={t.shell.markMeans[state]}>
      <span className={styles.mark} data-state={state}>
        <Icon size={14} aria-hidden />
        {t.shell.mark[state]}
      </span>
    </Tooltip>
  )
}
