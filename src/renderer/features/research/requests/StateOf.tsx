/** Where a request is, by icon and word. */
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconClock } from '@tabler/icons-react'
import type { RequestState } from '../../../../shared/contract/requests.ts'
import { useWords } from '../../../words/catalogue.ts'
import styles from './Requests.module.css'

const TONES: Readonly<Record<RequestState, 'plain' | 'good' | 'warn' | 'bad'>> = {
  'handing-over': 'plain',
  charged: 'plain',
  computing: 'plain',
  'to-be-checked': 'plain',
  held: 'bad',
  answered: 'good',
  refused: 'warn',
  expired: 'warn',
  identical: 'good',
  disputed: 'bad',
  differs: 'bad',
  'not-recomputable': 'warn',
}
const ICONS = { plain: IconClock, good: IconCircleCheck, warn: IconAlertTriangle, bad: IconCircleX }

export function StateOf({ state }: { readonly state: RequestState }) {
  const t = useWords().requests
  const Icon = ICONS[TONES[state]]
  return (
    <span
      className={styles.state}
      data-tone={TONES[state]}
      data-testid="request-state"
      data-state={state}
      title={t.states[state]}
    >
      <Icon size={16} aria-hidden />
      {t.states[state]}
    </span>
  )
}
