/** At a work place whose node is away: since when, and that nothing that is typed gets lost. */
import { IconAlertTriangle } from '@tabler/icons-react'
import type { AtWorkPlace } from '../../shared/contract/app.ts'
import { formatSince } from '../lib/format.ts'
import { useLocale, useWords } from '../words/catalogue.ts'
import styles from './Shell.module.css'

export function WorkPlaceBar({ workPlace }: { readonly workPlace: AtWorkPlace }) {
  const t = useWords().workPlaces
  const locale = useLocale()
  const { awaySince, isTurnedAway } = workPlace
  return (
    <div role="status">
      {awaySince !== null && (
        <div className={styles.synthetic} data-testid="node-away">
          <IconAlertTriangle size={14} aria-hidden />
          <span>
            {t.away(formatSince(awaySince, locale))} {isTurnedAway && t.turnedAway}
          </span>
        </div>
      )}
    </div>
  )
}
