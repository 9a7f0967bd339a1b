/** One version: what it charges, what it is bound to, who decides on it, and what it does to a portfolio and a group. */
import { Button, Group, Menu, Select, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { mayCall } from '../../../../shared/contract/rights.ts'
import type { OpenedTariff, TariffComparisonView, TariffRow } from '../../../../shared/contract/tariffs.ts'
import { markLine } from '../../../../shared/domain/release-mark.ts'
import { formatMinute } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { go } from '../../../lib/router.ts'
import { useOpenSession } from '../../../lib/session.ts'
import { BlockHash } from '../../../parts/BlockHash.tsx'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { impactFigure } from '../../../parts/insurer/impact-figure.ts'
import { impactTable } from '../../../parts/insurer/impact-table.ts'
import { factorName, levelName, money, ratioOf } from '../../../parts/insurer/pricing-names.ts'
import { ProxyWarnings } from '../../../parts/insurer/ProxyWarnings.tsx'
import { ReleasedFigure, ReleasedTable } from '../../../parts/insurer/Released.tsx'
import { usePricing } from '../../../parts/insurer/use-pricing.ts'
import { FigureView } from '../../../parts/research/FigureView.tsx'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Field, Fields } from '../../../ui/Field.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { localeNow, useLocale, useWords } from '../../../words/catalogue.ts'
import { PriceGroup } from './PriceGroup.tsx'
import { tariffFacts } from './tariff-facts.ts'
import { comparisonTable, relativityTable, stepsTable } from './tariff-tables.ts'
import styles from './Tariffs.module.css'
import { useTariffs } from './use-tariffs.ts'

type Replayed = Awaited<ReturnType<typeof node.tariffs.replay>>

interface Props {
  readonly opened: OpenedTariff
  readonly rows: readonly TariffRow[]
}

export function TariffPane({ opened, rows }: Props) {
  const words = useWords()
  const t = words.tariffs
  const locale = useLocale()
  const resume = usePricing((state) => state.resume)
  const roles = useOpenSession()?.person.roles ?? []
  const { row, audit, binds, mark, source, rules, warnings } = opened
  const [replayed, setReplayed] = useState<Replayed | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const replay = (): void => {
    setIsBusy(true)
    node.tariffs
      .replay({ hash: row.hash })
      .then(setReplayed)
      .catch(tellFailure)
      .finally(() => setIsBusy(false))
  }
  const save = async (as: 'json' | 'pdf'): Promise<void> => {
    const answer = await node.tariffs.save({ hash: row.hash, as, locale: localeNow() })
    if (answer.kind === 'saved') notifications.show({ message: t.saved(answer.path) })
    else if (answer.kind === 'refused')
      notifications.show({ color: 'red', message: t.notSaved[answer.reason] })
  }
  // Whoever approves without being an analyst looks, and takes nothing away but the tariff itself.
  const isReleaser = mayCall('releases.save', roles)
  const shown = (table: PaperTable) =>
    isReleaser ? (
      <ReleasedTable table={table} studyHash={source.studyHash} save={t.saveTable} />
    ) : (
      <PaperTableView table={table} />
    )
  const bound: readonly (readonly [keyof typeof t.bindNames, string])[] = [
    ['tariff', row.hash],
    ['snapshot', binds.snapshot],
    ['cohort', binds.cohort],
    ['model', binds.model],
    ['factors', binds.factors],
    ['results', binds.results],
  ]
  const madeFrom: typeof bound = [
    ['request', source.studyHash],
    ['answer', source.resultHash],
    ['exposure', source.exposureHash],
    ['rules', rules.hash],
  ]
  return (
    <>
      <article className={styles.printed} aria-label={t.full(row.name, row.version)} data-printable>
        <Panel
          title={t.full(row.name, row.version)}
          side={
            <Group gap="xs" className={styles.screenOnly}>
              {mayCall('pricing.start', roles) && (
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => {
                    resume(opened.work, row.currency)
                    go('pricing')
                  }}
                >
                  {t.resume}
                </Button>
              )}
              <Button size="compact-sm" variant="default" loading={isBusy} onClick={replay}>
                {t.replay}
              </Button>
              <Menu position="bottom-end">
                <Menu.Target>
                  <Button size="compact-sm" variant="default">
                    {t.save}
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item onClick={() => void save('json').catch(tellFailure)}>{t.saveJson}</Menu.Item>
                  <Menu.Item onClick={() => void save('pdf').catch(tellFailure)}>{t.savePdf}</Menu.Item>
                </Menu.Dropdown>
              </Menu>
            </Group>
          }
        >
          <div className={room.close}>
            <Text size="sm">
              {t.madeOn(row.madeBy, formatMinute(row.madeAt))}{' '}
              {row.decided === null
                ? t.states[row.state]
                : t.decidedOn(
                    t.states[row.state],
                    row.decided.by,
                    formatMinute(row.decided.at),
                    row.decided.reason,
                  )}
              {row.isCurrent && ` · ${t.current}`}
            </Text>
            {replayed !== null && <Replay replayed={replayed} />}
            <Fields>
              {tariffFacts(opened, words, locale).map(({ name, value }) => (
                <Field key={name} name={name}>
                  {value}
                </Field>
              ))}
            </Fields>
            <ProxyWarnings warnings={warnings} />
            <div className={room.columns}>
              <div className={room.close}>
                {shown(relativityTable(opened, words, locale))}
                {opened.steps.length === 0 ? (
                  <span className="secondary">{t.noSteps}</span>
                ) : (
                  shown(stepsTable(opened, words, locale))
                )}
              </div>
              <div className={room.close}>
                <h3>{t.binds}</h3>
                <Fields>
                  {bound.map(([name, hash]) => (
                    <Field key={name} name={t.bindNames[name]}>
                      <BlockHash hash={hash} each={8} />
                    </Field>
                  ))}
                </Fields>
                <h3>{t.madeFrom}</h3>
                <Fields>
                  {madeFrom.map(([name, hash]) => (
                    <Field key={name} name={t.bindNames[name]}>
                      <BlockHash hash={hash} each={8} />
                      {name === 'rules' && ` ${t.rulesVersion(String(rules.version))}`}
                    </Field>
                  ))}
                </Fields>
                <span className="secondary">{t.months(source.from, source.to)}</span>
                <h3>{t.changes}</h3>
                {audit.length === 0 ? (
                  <span className="secondary">{t.noChanges}</span>
                ) : (
                  <ul className={styles.list}>
                    {audit.map((entry) => (
                      <li key={`${entry.step}/${entry.level}`}>
                        {words.pricing.changed(
                          words.pricing.kinds[entry.kind] ?? entry.kind,
                          factorName(entry.factor, words),
                          entry.by,
                          entry.day,
                        )}
                        {' · '}
                        {words.pricing.moved(
                          levelName(entry.factor, entry.level, words),
                          ratioOf(entry.before, locale),
                          ratioOf(entry.after, locale),
                        )}
                        {' · '}
                        {entry.reason}
                      </li>
                    ))}
                  </ul>
                )}
              </div>
            </div>
          </div>
        </Panel>
        <p className={styles.mark}>{markLine(mark, locale)}</p>
      </article>
      {row.state === 'waiting' && <Decide row={row} />}
      <Compare row={row} rows={rows} studyHash={source.studyHash} isReleaser={isReleaser} />
      {mayCall('tariffs.priceGroup', roles) &&
        (row.state === 'approved' ? (
          <PriceGroup opened={opened} />
        ) : (
          <div className={styles.screenOnly}>
            <Panel title={t.group}>
              <Callout tone="plain">{t.groupWaits}</Callout>
            </Panel>
          </div>
        ))}
    </>
  )
}

function Replay({ replayed }: { readonly replayed: Replayed }) {
  const t = useWords().tariffs
  if (replayed.kind === 'different')
    return (
      <Callout tone="bad" isLive>
        {t.replayed.different(replayed.binds.join(', '), replayed.paths.slice(0, 8).join(', '))}
      </Callout>
    )
  if (replayed.kind === 'other-edition')
    return (
      <Callout tone="warn" isLive>
        {t.replayed.otherEdition(replayed.edition, replayed.current)}
      </Callout>
    )
  return (
    <Callout tone={replayed.kind === 'identical' ? 'good' : 'warn'} isLive>
      {t.replayed[replayed.kind]}
    </Callout>
  )
}

function Decide({ row }: { readonly row: TariffRow }) {
  const t = useWords().tariffs
  const load = useTariffs((state) => state.load)
  const [reason, setReason] = useState('')
  const [refusal, setRefusal] = useState<keyof typeof t.refusals | null>(null)
  const decide = async (verdict: 'approve' | 'refuse'): Promise<void> => {
    const answer = await node.tariffs.decide({ hash: row.hash, verdict, reason: reason.trim() })
    setRefusal(answer.kind === 'refused' ? answer.reason : null)
    // The place where it was decided goes with the decision.
    if (answer.kind !== 'refused')
      notifications.show({ message: t.decided[verdict](t.full(row.name, row.version)) })
    await load()
  }
  return (
    <div className={styles.screenOnly}>
      <Panel title={t.decide}>
        {row.isOwn ? (
          <Callout tone="plain">{t.ownTariff}</Callout>
        ) : (
          <div className={room.close}>
            <div className={room.row}>
              <TextInput
                className={room.wide}
                label={t.reason}
                description={t.reasonNeeded}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
              <Button
                disabled={reason.trim() === ''}
                onClick={() => void decide('approve').catch(tellFailure)}
              >
                {t.approve}
              </Button>
              <Button
                variant="default"
                disabled={reason.trim() === ''}
                onClick={() => void decide('refuse').catch(tellFailure)}
              >
                {t.refuse}
              </Button>
            </div>
            {refusal !== null && (
              <Callout tone="bad" isLive>
                {t.refusals[refusal]}
              </Callout>
            )}
          </div>
        )}
      </Panel>
    </div>
  )
}

const said = (
  { before, after }: NonNullable<TariffComparisonView['base']>,
  text: (value: number) => string,
) => (text(before) === text(after) ? null : { before: text(before), after: text(after) })

interface CompareProps {
  readonly row: TariffRow
  readonly rows: readonly TariffRow[]
  /** Whose numbers leave with a table. */
  readonly studyHash: string
  readonly isReleaser: boolean
}

function Compare({ row, rows, studyHash, isReleaser }: CompareProps) {
  const words = useWords()
  const t = words.tariffs
  const locale = useLocale()
  const [before, setBefore] = useState<string | null>(null)
  const [found, setFound] = useState<TariffComparisonView | null>(null)
  const others = rows.filter(({ hash }) => hash !== row.hash)
  if (others.length === 0) return null
  const compare = (hash: string | null): void => {
    setBefore(hash)
    setFound(null)
    if (hash !== null)
      node.tariffs.compare({ before: hash, after: row.hash }).then(setFound).catch(tellFailure)
  }
  // What moves by less than it is written with has not moved for whoever reads it.
  const base = found?.base == null ? null : said(found.base, (value) => money(value, row.currency, locale))
  const moved = found?.impact == null ? null : impactFigure(found.impact, words, locale)
  const old = others.find(({ hash }) => hash === before)
  const title =
    old === undefined ? '' : t.compared(t.full(old.name, old.version), t.full(row.name, row.version))
  const shown = (table: PaperTable) =>
    isReleaser ? (
      <ReleasedTable table={table} studyHash={studyHash} save={t.saveTable} />
    ) : (
      <PaperTableView table={table} />
    )
  return (
    <div className={styles.screenOnly}>
      <Panel title={t.compare}>
        <div className={room.close}>
          <Select
            aria-label={t.compare}
            data={others.map((each) => ({ value: each.hash, label: t.full(each.name, each.version) }))}
            value={before}
            clearable
            onChange={compare}
          />
          {found !== null && (
            <>
              {found.binds.length === 0 && found.relativities.length === 0 && !found.stepsChanged && (
                <Text size="sm">{t.same}</Text>
              )}
              {found.binds.length > 0 && (
                <Text size="sm">
                  {t.bindsDiffer(
                    found.binds
                      .map((name) => t.bindNames[name as keyof typeof t.bindNames] ?? name)
                      .join(', '),
                  )}
                </Text>
              )}
              {base !== null && <Text size="sm">{t.baseMoved(base.before, base.after)}</Text>}
              {found.stepsChanged && <Text size="sm">{t.stepsChanged}</Text>}
              <div className={room.columns}>
                {found.relativities.length > 0 && shown(comparisonTable(found, title, words, locale))}
                {found.impact === null ? (
                  <Text size="sm">{t.noImpact}</Text>
                ) : (
                  <div className={room.close}>
                    {moved !== null &&
                      (isReleaser ? (
                        <ReleasedFigure
                          figure={moved}
                          name={words.pricing.impactFigure}
                          studyHash={studyHash}
                        />
                      ) : (
                        <figure style={{ margin: 0 }}>
                          <h3>{words.pricing.impactFigure}</h3>
                          <FigureView figure={moved} />
                        </figure>
                      ))}
                    {shown(impactTable(found.impact, t.impact, words, locale))}
                  </div>
                )}
              </div>
            </>
          )}
        </div>
      </Panel>
    </div>
  )
}
