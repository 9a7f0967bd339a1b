/** What there is to ask about, before anybody asks: variables with meaning and values, snapshots, and examples to start from. */
import { Button, Table } from '@mantine/core'
import type { Locale } from '../../../../shared/contract/app.ts'
import type { Catalog, CatalogVariable } from '../../../../shared/contract/requests.ts'
import { formatInstant, formatNumber, formatPercent } from '../../../lib/format.ts'
import {
  levelNames,
  perUnitOf,
  variableName,
  variableUnit,
  valueText,
} from '../../../parts/research/request-axis.ts'
import { NoSnapshot } from '../../../parts/research/NoSnapshot.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords, type Words } from '../../../words/catalogue.ts'
import { BudgetPanel } from './BudgetPanel.tsx'
import { PublishCoverage } from './PublishCoverage.tsx'
import { EXAMPLES, exampleDraft, isOfFollowUp } from './draft.ts'
import { useRequests } from './use-requests.ts'
import { shareBound, shareKnown } from './share-known.ts'
import styles from './Requests.module.css'

/** More levels than these are counted instead of listed. */
const LISTED_LEVELS = 8

export function Catalogue({ catalog, onCompose }: { readonly catalog: Catalog; onCompose(): void }) {
  const t = useWords().requests
  const begin = useRequests((state) => state.begin)
  return (
    <div className={styles.columns}>
      <div className={room.stack}>
        <p className="secondary">{t.intro}</p>
        {catalog.snapshots.length === 0 && <NoSnapshot />}
        <Variables catalog={catalog} />
        {catalog.class === 'hospital' && catalog.snapshots.length > 0 && <PublishCoverage />}
      </div>
      <div className={room.stack}>
        <Panel title={t.catalogue.examples}>
          <div className={room.small}>
            <p className="secondary">{t.catalogue.examplesHint}</p>
            <ul className={styles.plain}>
              {EXAMPLES.map((example) => (
                <li key={example}>
                  <Button
                    variant="default"
                    size="compact-sm"
                    onClick={() => {
                      begin(exampleDraft(example, t.examples[example], catalog))
                      onCompose()
                    }}
                  >
                    {t.examples[example]}
                  </Button>
                </li>
              ))}
            </ul>
          </div>
        </Panel>
        <BudgetPanel catalog={catalog} />
        <Snapshots catalog={catalog} />
      </div>
    </div>
  )
}

function Variables({ catalog }: { readonly catalog: Catalog }) {
  const words = useWords()
  const t = words.requests.catalogue
  return (
    <Panel title={t.variables}>
      <div className={room.small}>
        <p className="secondary">{catalog.coverage.length === 0 ? t.noCoverage : t.someCoverage}</p>
        <div className={room.scroll}>
          <Table aria-label={t.variables} className={styles.table}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t.variable}</Table.Th>
                <Table.Th scope="col">{t.values}</Table.Th>
                <Table.Th scope="col">{t.complete}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {catalog.variables.map((variable) => (
                <Table.Tr key={variable.name}>
                  <Table.Th scope="row">
                    {variableName(variable.name, words)}
                    <div className={`secondary ${styles.light}`}>
                      {words.requests.variables[variable.name]?.meaning}
                    </div>
                  </Table.Th>
                  <Table.Td className={styles.values}>
                    <Values variable={variable} />
                  </Table.Td>
                  <Table.Td className={styles.values}>
                    <Coverage catalog={catalog} name={variable.name} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      </div>
    </Panel>
  )
}

function Values({ variable }: { readonly variable: CatalogVariable }) {
  const words = useWords()
  const locale = useLocale()
  const t = words.requests.catalogue
  if (variable.kind === 'label') {
    const names = levelNames({ variable: variable.name, edges: [] }, variable, words, locale).slice(0, -1)
    return names.length > LISTED_LEVELS ? (
      <span title={names.join('\n')}>{t.levelCount(formatNumber(names.length, locale))}</span>
    ) : (
      <>{names.join(words.requests.listComma)}</>
    )
  }
  const text = (value: number) => valueText(variable.name, value, locale)
  return (
    <>
      {t.range(
        text(variable.least),
        text(variable.greatest),
        formatNumber(variable.step / perUnitOf(variable.name), locale, 4),
        variableUnit(variable.name, words),
      )}
    </>
  )
}

function Coverage({ catalog, name }: { readonly catalog: Catalog; readonly name: string }) {
  const t = useWords().requests.catalogue
  const locale = useLocale()
  const found = catalog.coverage.filter(({ variable }) => variable === name)
  if (found.length === 0) return <>{isOfFollowUp(name) ? t.coverageOfFollowUp : t.coverageUnknown}</>
  return (
    <ul className={styles.plain}>
      {found.map((each) => (
        <li key={each.year ?? ''}>{coverageText(each, t, locale)}</li>
      ))}
    </ul>
  )
}

function coverageText(
  of: Catalog['coverage'][number],
  t: Words['requests']['catalogue'],
  locale: Locale,
): string {
  const share = shareKnown(of.known, of.missing)
  if (share !== null)
    return t.coverage(formatPercent(share.share, locale), formatPercent(share.half, locale), of.year)
  const bound = shareBound(of)
  if (bound === null) return t.coverageHidden(of.year)
  return 'atLeast' in bound
    ? t.coverageAtLeast(formatPercent(bound.atLeast, locale), of.year)
    : t.coverageAtMost(formatPercent(bound.atMost, locale), of.year)
}

function Snapshots({ catalog }: { readonly catalog: Catalog }) {
  const t = useWords().requests.catalogue
  const locale = useLocale()
  const { next, snapshots } = catalog
  return (
    <Panel title={t.snapshots}>
      <div className={room.small}>
        <ul className={styles.plain}>
          {snapshots.map(({ hash, height, stateAt, isNewest }) => (
            <li key={hash}>
              {t.snapshot(
                formatNumber(height, locale),
                stateAt === null ? '—' : formatInstant(stateAt).slice(0, 10),
              )}
              {isNewest && <span className="secondary"> · {t.newest}</span>}
            </li>
          ))}
        </ul>
        <p>
          {t.next(formatNumber(next.patientsMin, locale), formatNumber(next.hospitalsMin, locale))}{' '}
          {next.everyDays > 0 ? t.nextEvery(formatNumber(next.everyDays, locale)) : t.nextByHand}
        </p>
        <p className="secondary">{t.why}</p>
      </div>
    </Panel>
  )
}
