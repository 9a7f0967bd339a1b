/** The price of a group from its census: on this machine, from the tariff alone. */
import { Button, NumberInput, Select, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { GroupPriceView, OpenedTariff } from '../../../../shared/contract/tariffs.ts'
import { formatNumber } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { factorName, levelName, minorUnits, money, ratioOf } from '../../../parts/insurer/pricing-names.ts'
import { PricingRefused } from '../../../parts/insurer/PricingRefused.tsx'
import { ReleasedTable } from '../../../parts/insurer/Released.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { buildUpTable } from '../../../parts/insurer/build-up-table.ts'
import { censusColumns, groupTable, OF_THE_GROUP, versionNote } from './tariff-tables.ts'
import styles from './Tariffs.module.css'

export function PriceGroup({ opened }: { readonly opened: OpenedTariff }) {
  const words = useWords()
  const t = words.tariffs
  const locale = useLocale()
  const { row, factors, source } = opened
  const ofGroup = factors.filter(({ name }) => OF_THE_GROUP.has(name))
  const [census, setCensus] = useState('')
  const [fixed, setFixed] = useState<Readonly<Record<string, string>>>(
    Object.fromEntries(ofGroup.map(({ name, levels }) => [name, largest(levels)])),
  )
  const [own, setOwn] = useState({ memberYears: 0, claims: 0, cost: 0 })
  const [z, setZ] = useState<number | null>(null)
  const [zReason, setZReason] = useState('')
  const [found, setFound] = useState<GroupPriceView | null>(null)
  const price = async (): Promise<void> => {
    setFound(
      await node.tariffs.priceGroup({
        hash: row.hash,
        census,
        fixed: { ...fixed },
        own:
          own.memberYears > 0
            ? {
                memberYears: own.memberYears,
                claims: Math.round(own.claims),
                cost: own.cost * minorUnits(row.currency),
                byHand: z === null ? null : { factor: z, reason: zReason.trim() },
              }
            : null,
      }),
    )
  }
  const number = (name: keyof typeof own, label: string) => (
    <NumberInput
      className={room.number}
      label={label}
      value={own[name] === 0 ? '' : own[name]}
      min={0}
      thousandSeparator=","
      onChange={(value) => setOwn({ ...own, [name]: Number(value) })}
    />
  )
  const lacksReason = own.memberYears > 0 && z !== null && zReason.trim() === ''
  return (
    <div className={styles.screenOnly}>
      <Panel title={t.group}>
        <div className={room.close}>
          <Text size="sm">
            {t.groupHint(
              censusColumns(factors, words),
              factors.some(({ name }) => name === 'sex'),
            )}
          </Text>
          <Textarea
            className={room.mono}
            label={t.census}
            autosize
            minRows={4}
            maxRows={12}
            value={census}
            onChange={(event) => setCensus(event.currentTarget.value)}
          />
          {ofGroup.length > 0 && (
            <div className={room.row}>
              {ofGroup.map(({ name, levels }) => (
                <Select
                  key={name}
                  label={t.fixed(factorName(name, words))}
                  data={levels.map(({ level }) => ({ value: level, label: levelName(name, level, words) }))}
                  value={fixed[name] ?? null}
                  allowDeselect={false}
                  onChange={(level) => setFixed({ ...fixed, [name]: level ?? '' })}
                />
              ))}
            </div>
          )}
          <span className="secondary">{t.own}</span>
          <span className="secondary">
            {t.ownCut(
              source.costMost === null ? null : money(source.costMost, row.currency, locale),
              source.from,
              source.to,
            )}
          </span>
          <div className={room.row} role="group" aria-label={t.own}>
            {number('memberYears', t.memberYears)}
            {number('claims', t.claims)}
            {number('cost', t.cost(row.currency))}
            <NumberInput
              className={room.number}
              label={t.zByHand}
              value={z ?? ''}
              min={0}
              max={1}
              step={0.05}
              onChange={(value) => setZ(value === '' ? null : Number(value))}
            />
            {z !== null && (
              <TextInput
                className={room.wide}
                label={t.zReason}
                value={zReason}
                onChange={(event) => setZReason(event.currentTarget.value)}
              />
            )}
            <Button
              disabled={census.trim() === '' || lacksReason}
              onClick={() => void price().catch(tellFailure)}
            >
              {t.priceIt}
            </Button>
          </div>
          {found !== null && <Priced found={found} opened={opened} />}
        </div>
      </Panel>
    </div>
  )
}

function Priced({ found, opened }: { readonly found: GroupPriceView; readonly opened: OpenedTariff }) {
  const words = useWords()
  const t = words.tariffs
  const locale = useLocale()
  if (found.kind === 'not-priced') return <PricingRefused problem={found.problem} />
  if (found.kind === 'census')
    return (
      <Callout tone="bad" isLive title={t.censusErrors(formatNumber(found.errorCount, locale))}>
        <ul className={styles.list}>
          {found.errors.map((error, i) => (
            <li key={`${i}/${error.line}`}>
              {t.errors[error.code]!(
                String(error.line),
                factorName(error.column, words),
                error.found,
                error.hint ?? '',
              )}
            </li>
          ))}
        </ul>
      </Callout>
    )
  const amount = (minor: number): string => money(minor, found.currency, locale)
  const { studyHash } = opened.source
  const factors = opened.factors.map(({ name }) => name)
  return (
    <div className={room.close} data-testid="group-price">
      <span className="secondary">{t.gross}</span>
      <p className={room.big}>{amount(found.grossTotal)}</p>
      <Text size="sm">
        {found.interval.lower !== null && found.interval.upper !== null
          ? t.perMember(amount(found.gross), amount(found.interval.lower), amount(found.interval.upper))
          : t.perMemberAlone(amount(found.gross))}{' '}
        · {t.lives(formatNumber(found.exposure, locale, 2))}
      </Text>
      {found.credibility !== null && (
        <Text size="sm">
          {t.z(
            ratioOf(found.credibility, locale),
            amount((found.blended - (1 - found.credibility) * found.manual) / (found.credibility || 1)),
            amount(found.manual),
          )}
        </Text>
      )}
      {found.fullCredibility !== null && (
        <span className="secondary">{t.zByClaims(formatNumber(found.fullCredibility, locale))}</span>
      )}
      {found.cost !== null && found.cost.lower !== null && found.cost.upper !== null && (
        <Text size="sm">{t.costSaid(amount(found.cost.lower), amount(found.cost.upper))}</Text>
      )}
      <div className={room.columns}>
        <ReleasedTable
          table={{
            ...buildUpTable(found.buildUp, words.tariffs.steps, found.currency, words, locale),
            notes: [versionNote(opened.row, words)],
          }}
          studyHash={studyHash}
        />
        <ReleasedTable table={groupTable(found, factors, opened.row, words, locale)} studyHash={studyHash} />
      </div>
    </div>
  )
}

/** The level with the most exposure: a guess that people see and change. */
const largest = (levels: OpenedTariff['factors'][number]['levels']): string =>
  levels.reduce((best, each) => (each.exposure > best.exposure ? each : best), levels[0]!).level
