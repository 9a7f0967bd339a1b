/** What is decided and waits for its height. */
import type { Overview } from '../../../../shared/contract/governance.ts'
import { formatNumber } from '../../../lib/format.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Network.module.css'
import { changeSentence } from './sentences.ts'

export function Pending({ pending }: { readonly pending: Overview['pending'] }) {
  const t = useWords().network
  const locale = useLocale()
  if (pending.length === 0) return null
  return (
    <Panel title={t.pending.title}>
      <ul className={styles.changes}>
        {pending.map(({ effectHeight, change }) => (
          <li key={`${effectHeight} ${JSON.stringify(change)}`}>
            {changeSentence(change, t, locale)}{' '}
            <span className="secondary">{t.pending.at(formatNumber(effectHeight, locale))}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
