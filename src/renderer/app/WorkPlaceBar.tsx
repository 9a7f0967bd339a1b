/** At a work place: since when its node is away, and that nothing that is typed gets lost; that it runs another version. */
import { IconAlertTriangle } from '@tabler/icons-react'
import type { AtWorkPlace } from '../../shared/contract/app.ts'
import { formatSince } from '../lib/format.ts'
import { useLocale, useWords } from '../words/catalogue.ts'
import styles from './Shell.module.css'

export function WorkPlaceBar({ workPlace }: { readonly workPlace: AtWorkPlace }) {
  const t = useWords().workPlaces
  const locale = useLocale()
  const { awaySince, isTurnedAway, otherVersion } = workPlace
  return (
    <div role="status">
      {awaySince !== null && (
        <div className={styles.synthetic} data-testid="node-away">
          <IconAlertTriangle size={14} aria-hidden />
          <span>
            {t.away(formatSince(awaySince, locale))}{' '}
            {isTurnedAway && (otherVersion === null ? t.turnedAway : t.turnedAwayByVersion(otherVersion))}
          </span>
        </div>
      )}
      {awaySince === null && otherVersion !== null && (
        <div className={styles.synthetic} data-testid="other-version">
          <IconAlertTriangle size={14} aria-hidden />
          <span>{t.otherVersion(otherVersion)}</span>
        </div>
      )}
    </div>
  )
}
