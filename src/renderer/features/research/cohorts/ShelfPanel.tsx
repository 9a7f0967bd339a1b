/** Cohorts that this person keeps: opened, counted, and told when what they were counted as is no longer what they say. */
import { Button, Group, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { KeptCohort } from '../../../../shared/contract/cohorts.ts'
import type { CohortDefinition } from '../../../../shared/domain/cohort.ts'
import { formatNumber, shortHash } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { saidText } from '../../../parts/research/said-text.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { changeShelf, newerVersion, useLoadedShelf } from './use-shelf.ts'
import styles from './Cohorts.module.css'

const NAME_MAX = 120

export function ShelfPanel({
  definition,
  onOpen,
}: {
  readonly definition: CohortDefinition
  onOpen(definition: CohortDefinition): void
}) {
  const t = useWords().cohorts.kept
  const { shelf, busy } = useLoadedShelf()
  const [typed, setTyped] = useState<string | null>(null)
  const name = (typed ?? definition.title).slice(0, NAME_MAX)
  const save = async () => {
    const saved = await changeShelf('', () => node.cohorts.saveCohort({ name: name.trim(), definition }))
    if (saved !== null) setTyped(null)
  }
  return (
    <Panel title={t.title}>
      <div className={styles.stack} data-testid="kept-cohorts">
        <Group align="flex-end" gap="xs">
          <TextInput
            className={styles.grow}
            label={t.saveAs}
            maxLength={NAME_MAX}
            value={name}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          />
          <Button
            variant="default"
            disabled={name.trim() === ''}
            loading={busy === ''}
            onClick={() => void save()}
          >
            {t.save}
          </Button>
        </Group>
        {shelf?.cohorts.length === 0 && <p className="secondary">{t.none}</p>}
        <ul className={styles.kept}>
          {shelf?.cohorts.map((cohort) => (
            <One key={cohort.name} cohort={cohort} onOpen={() => onOpen(cohort.definition)} />
          ))}
        </ul>
      </div>
    </Panel>
  )
}

function One({ cohort, onOpen }: { readonly cohort: KeptCohort; onOpen(): void }) {
  const words = useWords()
  const locale = useLocale()
  const t = words.cohorts.kept
  const { shelf, busy } = useLoadedShelf()
  const { name, definition, hash, counted } = cohort
  const outdated = Object.values(definition.codeSets).flatMap((set) => newerVersion(set, shelf) ?? [])
  const isBusy = busy === name
  return (
    <li className={styles.row}>
      <div className={styles.grow}>
        <strong>{name}</strong>{' '}
        <span className="mono secondary" title={hash}>
          {shortHash(hash, 4)}
        </span>
        <div className="secondary">
          {counted === null
            ? t.notCounted
            : t.counted(saidText(counted.persons, words, locale), formatNumber(counted.upTo, locale))}
          {counted !== null && counted.hash !== hash && (
            <span className={styles.changed}> · {t.changed}</span>
          )}
          {outdated.map(({ name: of, used, version }) => (
            <span key={of} className={styles.changed}>
              {' · '}
              {t.outdated(of, String(used), String(version))}
            </span>
          ))}
        </div>
      </div>
      <Group gap="xs" wrap="nowrap">
        <Button size="compact-sm" variant="default" aria-label={t.of(t.open, name)} onClick={onOpen}>
          {t.open}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          loading={isBusy}
          aria-label={t.of(t.count, name)}
          onClick={() => void changeShelf(name, () => node.cohorts.countKept({ name }))}
        >
          {t.count}
        </Button>
        <Button
          size="compact-sm"
          variant="subtle"
          disabled={isBusy}
          aria-label={t.of(t.remove, name)}
          onClick={() => void changeShelf(name, () => node.cohorts.removeCohort({ name }))}
        >
          {t.remove}
        </Button>
      </Group>
    </li>
  )
}
