/** The saved mappings of this hospital's tables: what they are called, and deleting one. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import type { TableMapping } from '../../../../shared/domain/table-mapping.ts'
import { formatInstant } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useWords } from '../../../words/catalogue.ts'
import styles from './Batches.module.css'

export function SavedMappings() {
  const t = useWords().tables.saved
  const asked = useAsk(() => node.tables.mappings(), [])
  if (asked.failure !== undefined) return <FailureNote code={asked.failure} onRetry={asked.again} />
  if (asked.value === undefined || asked.value.length === 0) return null
  return (
    <Panel title={t.title}>
      <p className="secondary">{t.what}</p>
      <ul className={styles.list}>
        {asked.value.map((mapping) => (
          <SavedMapping key={mapping.id} mapping={mapping} onChange={asked.again} />
        ))}
      </ul>
    </Panel>
  )
}

function SavedMapping({ mapping, onChange }: { mapping: TableMapping; onChange(): void }) {
  const words = useWords()
  const t = words.tables.saved
  const { id, name, source, savedAt } = mapping
  const [isAsking, setAsking] = useState(false)
  const [watched, setWatched] = useState<string>()
  const remove = async () => {
    const answer = await node.tables.removeMapping({ id })
    setAsking(false)
    if (answer.kind === 'watched') setWatched(answer.folder)
    else onChange()
  }
  return (
    <li className={styles.batch} data-testid="mapping">
      <strong>{name}</strong>
      <div className="secondary">{t.facts(source, formatInstant(savedAt))}</div>
      {watched !== undefined && (
        <Callout tone="warn" isLive>
          {t.watched(watched)}
        </Callout>
      )}
      {isAsking ? (
        <div className={styles.undo} role="group" aria-label={t.sureTitle(name)}>
          <strong>{t.sureTitle(name)}</strong>
          <p>{t.sure}</p>
          <div className={styles.actions}>
            <Button
              size="compact-sm"
              color="red.8"
              autoFocus
              onClick={() => void remove().catch(tellFailure)}
            >
              {t.removeNow}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => setAsking(false)}>
              {words.shell.cancel}
            </Button>
          </div>
        </div>
      ) : (
        <div className={styles.actions}>
          <Button size="compact-sm" variant="subtle" color="red" onClick={() => setAsking(true)}>
            {t.remove}
          </Button>
        </div>
      )}
    </li>
  )
}
