/** Yearly rates from a released survival curve, and from a Cox model over it. */
import { Button, Select, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { Catalog } from '../../../../shared/contract/requests.ts'
import { node } from '../../../lib/node.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { ReleasedTable } from '../../../parts/insurer/Released.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { incidenceTable } from './incidence-table.ts'

type Answered = Awaited<ReturnType<typeof node.pricing.incidences>>
type Found = Awaited<ReturnType<typeof node.pricing.incidence>>

export function IncidencePanel() {
  const words = useWords()
  const t = words.pricing.incidence
  const locale = useLocale()
  const [answered, setAnswered] = useState<Answered | null>(null)
  const [catalog, setCatalog] = useState<Catalog | null>(null)
  const [curve, setCurve] = useState<string | null>(null)
  const [effects, setEffects] = useState<string | null>(null)
  const [found, setFound] = useState<Found | null>(null)
  useEffect(() => {
    node.pricing.incidences().then(setAnswered).catch(tellFailure)
    node.requests.catalog().then(setCatalog).catch(tellFailure)
  }, [])
  const choices = (kind: 'curves' | 'effects') =>
    (answered ?? [])
      .filter((each) => each.kind === kind)
      .map(({ studyHash, title }) => ({ value: studyHash, label: title }))
  const ask = async (): Promise<void> => {
    if (curve !== null) setFound(await node.pricing.incidence({ curve, effects }))
  }
  return (
    <div className={room.close}>
      <Text size="sm">{t.hint}</Text>
      {answered !== null && choices('curves').length === 0 && <span className="secondary">{t.none}</span>}
      <div className={room.row}>
        <Select
          className={room.wide}
          label={t.curve}
          data={choices('curves')}
          value={curve}
          onChange={setCurve}
        />
        <Select
          className={room.wide}
          label={t.effects}
          data={choices('effects')}
          value={effects}
          clearable
          onChange={setEffects}
        />
        <Button disabled={curve === null} onClick={() => void ask().catch(tellFailure)}>
          {t.ask}
        </Button>
      </div>
      {found?.kind === 'refused' && (
        <Callout tone="bad" isLive>
          {t.refused[found.reason]}
        </Callout>
      )}
      {found?.kind === 'rates' && catalog !== null && curve !== null && (
        <ReleasedTable
          table={incidenceTable(found.rows, catalog.variables, words, locale)}
          studyHash={curve}
        />
      )}
    </div>
  )
}
