/** A sentence of state: colour never alone, an icon and words beside it. */
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle, IconCircleX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import styles from './Callout.module.css'

export type Tone = 'good' | 'warn' | 'bad' | 'plain'
const ICONS = { good: IconCircleCheck, warn: IconAlertTriangle, bad: IconCircleX, plain: IconInfoCircle }

interface Props {
  readonly tone: Tone
  readonly title?: ReactNode
  readonly children?: ReactNode
  readonly action?: ReactNode
  /** Announced by screen readers when it appears. */
  readonly isLive?: boolean
}

export function Callout({ tone, title, children, action, isLive }: Props) {
  const Icon = ICONS[tone]
  return (
    <div
      className={styles.callout}
      data-tone={tone}
      role={isLive ? (tone === 'bad' ? 'alert' : 'status') : undefined}
    >
      <Icon size={18} aria-hidden className={styles.icon} />
      <div className={styles.text}>
        {title && <div className={styles.title}>{title}</div>}
        {children}
      </div>
      {action && <div className={styles.action}>{action}</div>}
    </div>
  )
}
