/** The hospital's map from codes of source systems to its own. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import type { CodeFileRefusal, HospitalCodes } from '../../../../shared/contract/codes.ts'
import { formatInstant, formatNumber } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Codes.module.css'

interface Props {
  readonly hospital: HospitalCodes
  readonly mayChange: boolean
  onChanged(hospital: HospitalCodes): void
}

interface Malformed {
  readonly rows: readonly { row: number; text: string }[]
  readonly count: number
}

export function SourceMap({ hospital: { map }, mayChange, onChanged }: Props) {
  const t = useWords().codes
  const locale = useLocale()
  const [refused, setRefused] = useState<CodeFileRefusal>()
  const [malformed, setMalformed] = useState<Malformed>()
  const importMap = async () => {
    setRefused(undefined)
    setMalformed(undefined)
    const answer = await node.codes.importMap({})
    if (answer.kind === 'refused') setRefused(answer.reason)
    if (answer.kind !== 'imported') return
    onChanged(answer.hospital)
    if (answer.malformedCount > 0) setMalformed({ rows: answer.malformed, count: answer.malformedCount })
  }
  return (
    <Panel title={t.mapTitle}>
      <div className={styles.stack}>
        <p className="secondary">{t.mapWhat}</p>
        <p data-testid="map">
          {map === null
            ? t.mapNone
            : t.mapNow(
                formatNumber(map.rowCount, locale),
                map.source,
                map.importedBy,
                formatInstant(map.importedAt),
              )}
        </p>
        {refused && (
          <Callout tone="bad" isLive>
            {t.refusal[refused]}
          </Callout>
        )}
        {malformed && (
          <Callout tone="warn" isLive title={t.mapMalformed(formatNumber(malformed.count, locale))}>
            {malformed.rows
              .slice(0, 5)
              .map(({ row, text }) => `${t.row(formatNumber(row, locale))}: ${text}`)
              .join('; ')}
          </Callout>
        )}
        {mayChange && (
          <div className={styles.buttons}>
            <Button variant="default" onClick={() => void importMap().catch(tellFailure)}>
              {t.mapImport}
            </Button>
            {map !== null && (
              <Button variant="subtle" onClick={() => node.codes.dropMap().then(onChanged, tellFailure)}>
                {t.mapDrop}
              </Button>
            )}
          </div>
        )}
      </div>
    </Panel>
  )
}
