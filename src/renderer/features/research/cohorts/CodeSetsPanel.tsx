/** The code sets of the cohort: typed here or a version of a kept one, and whether a newer version exists. */
import { Button, Group, NativeSelect } from '@mantine/core'
import type { CodeSet } from '../../../../shared/domain/code-set.ts'
import type { CohortDefinition } from '../../../../shared/domain/cohort.ts'
import { formatNumber, shortHash } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { textOfCodes } from '../../../parts/research/cohort-form.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { changeShelf, newerVersion, useLoadedShelf, versioned, withSet } from './use-shelf.ts'
import styles from './Cohorts.module.css'

interface Props {
  readonly definition: CohortDefinition
  onChange(definition: CohortDefinition): void
}

export function CodeSetsPanel({ definition, onChange }: Props) {
  const t = useWords().cohorts.codeSets
  const sets = Object.entries(definition.codeSets)
  return (
    <Panel title={t.title}>
      <div className={styles.stack} data-testid="code-sets">
        {sets.length === 0 && <p className="secondary">{t.none}</p>}
        <ul className={styles.kept}>
          {sets.map(([id, set]) => (
            <Used key={id} set={set} onTake={(next) => onChange(withSet(definition, id, next))} />
          ))}
        </ul>
        <KeptSets />
      </div>
    </Panel>
  )
}

function Used({ set, onTake }: { readonly set: CodeSet; onTake(set: CodeSet): void }) {
  const t = useWords().cohorts.codeSets
  const { shelf, busy } = useLoadedShelf()
  const newer = newerVersion(set, shelf)
  const fitting = (shelf?.codeSets ?? []).filter(
    ({ versions, name }) => versions.at(-1)?.set.kind === set.kind && name !== set.from?.name,
  )
  const keep = async () => {
    const { name } = set
    const kept = await changeShelf(name, () => node.cohorts.saveCodeSet({ name, set }))
    const newest = kept?.codeSets.find((each) => each.name === name.trim())?.versions.at(-1)
    if (newest !== undefined) onTake(versioned(name.trim(), newest))
  }
  return (
    <li className={styles.row}>
      <div className={styles.grow}>
        <strong>{set.name}</strong>{' '}
        <span className="secondary">
          {set.from === undefined
            ? t.typed
            : t.versionOf(set.from.name, String(set.from.version), shortHash(set.from.hash, 4))}
        </span>
        <div className={`secondary ${styles.codes}`} title={textOfCodes(set)}>
          {textOfCodes(set)}
        </div>
        {newer !== null && (
          <Group gap="xs">
            <span className={styles.changed}>{t.newer(String(newer.version))}</span>
            <Button size="compact-sm" variant="default" onClick={() => onTake(newer.set)}>
              {t.take(String(newer.version))}
            </Button>
          </Group>
        )}
      </div>
      <Group gap="xs" align="flex-end" wrap="nowrap">
        {fitting.length > 0 && (
          <NativeSelect
            size="xs"
            aria-label={`${t.use}: ${set.name}`}
            value=""
            data={[
              { value: '', label: t.use },
              ...fitting.map(({ name, versions }) => ({
                value: name,
                label: t.option(name, String(versions.at(-1)!.version)),
              })),
            ]}
            onChange={({ currentTarget: { value } }) => {
              const chosen = fitting.find(({ name }) => name === value)
              if (chosen !== undefined) onTake(versioned(chosen.name, chosen.versions.at(-1)!))
            }}
          />
        )}
        <Button
          size="compact-sm"
          variant="default"
          loading={busy === set.name}
          disabled={set.from !== undefined && newer === null}
          aria-label={`${t.keep}: ${set.name}`}
          onClick={() => void keep()}
        >
          {t.keep}
        </Button>
      </Group>
    </li>
  )
}

function KeptSets() {
  const words = useWords()
  const locale = useLocale()
  const t = words.cohorts.codeSets
  const { shelf } = useLoadedShelf()
  if (shelf === null || shelf.codeSets.length === 0) return null
  return (
    <details>
      <summary>{t.keptOnes}</summary>
      <ul className={styles.kept}>
        {shelf.codeSets.map(({ name, versions }) => (
          <li key={name} className={styles.row}>
            <div className={styles.grow}>
              <strong>{name}</strong>{' '}
              <span className="secondary">{t.versions(formatNumber(versions.length, locale))}</span>
              {versions.toReversed().map(({ version, set, hash }) => (
                <div key={version} className={`secondary ${styles.codes}`} title={hash}>
                  {version}. <span className="mono">{shortHash(hash, 4)}</span> {textOfCodes(set)}
                </div>
              ))}
            </div>
            <Button
              size="compact-sm"
              variant="subtle"
              aria-label={words.cohorts.kept.of(words.cohorts.kept.remove, name)}
              onClick={() => void changeShelf(name, () => node.cohorts.removeCodeSet({ name }))}
            >
              {words.cohorts.kept.remove}
            </Button>
          </li>
        ))}
      </ul>
    </details>
  )
}
