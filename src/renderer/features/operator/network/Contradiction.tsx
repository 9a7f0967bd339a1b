/** Two certificates for one height: who signed which, and the evidence as a file. Shown as long as the node is halted by it. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import type { ContradictionView } from '../../../../shared/contract/governance.ts'
import { formatInstant, formatNumber } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Network.module.css'
import { fileRefusalSentence } from './sentences.ts'

export function Contradiction({ found }: { readonly found: ContradictionView }) {
  const t = useWords().network
  const locale = useLocale()
  const [said, setSaid] = useState<string | null>(null)
  const save = async () => {
    const answer = await node.governance.saveContradiction({})
    if (answer.kind === 'saved') setSaid(t.contradiction.saved(answer.path))
    if (answer.kind === 'none') setSaid(t.contradiction.notHere)
    if (answer.kind === 'refused-file') setSaid(fileRefusalSentence(answer.reason, t))
  }
  const list = (names: readonly string[]) => names.join(t.contradiction.between)
  return (
    <Panel
      title={t.contradiction.title(found.height === null ? null : formatNumber(found.height, locale))}
      side={
        found.decisions.length === 2 && (
          <Button size="compact-sm" variant="default" onClick={() => void save().catch(tellFailure)}>
            {t.contradiction.save}
          </Button>
        )
      }
    >
      {found.decisions.length === 0 && <p>{t.contradiction.notHere}</p>}
      <ol className={styles.changes}>
        {found.decisions.map(({ segmentId, round, visitCount, time, signers }, i) => (
          <li key={segmentId}>
            {i === 0 ? t.contradiction.ours : t.contradiction.theirs}{' '}
            {t.contradiction.decision(
              formatNumber(visitCount, locale),
              formatInstant(time),
              formatNumber(round, locale),
              list(signers),
            )}{' '}
            <code className="secondary">{segmentId.slice(0, 16)}</code>
          </li>
        ))}
      </ol>
      {found.signedBoth.length > 0 && (
        <Callout tone="bad">
          {found.isSameRound
            ? t.contradiction.signedBoth(list(found.signedBoth))
            : t.contradiction.signedBothInTwoRounds(list(found.signedBoth))}
        </Callout>
      )}
      <p>{t.contradiction.whatNow}</p>
      {said !== null && <p role="status">{said}</p>}
    </Panel>
  )
}
