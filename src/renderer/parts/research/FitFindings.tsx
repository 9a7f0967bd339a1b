/** What a fit found: its warnings first, then numbers and curves. */
import { Stack, Table } from '@mantine/core'
import type { Locale } from '../../../shared/contract/app.ts'
import { formatNumber, formatP, formatPercent, formatSignificant } from '../../lib/format.ts'
import { Callout } from '../../ui/Callout.tsx'
import { useLocale, useWords, type Words } from '../../words/catalogue.ts'
import { CurveResult } from './CurveResult.tsx'
import { DiagnosticsView, type DiagnosticsOf } from './DiagnosticsView.tsx'
import { coefficientRows, type FitAnswer, ratioKind } from './fit-answer.ts'
import { notCombinedWords } from './not-combined.ts'
import { countText } from './small-count.ts'
import styles from './Results.module.css'

export function FitFindings({
  answer,
  timeName,
  isOfRecords = false,
  diagnosticsOf,
}: {
  readonly answer: FitAnswer
  /** Of patients' records: few persons are not said exactly. */
  readonly isOfRecords?: boolean
  /** The column that holds the times: they are in its unit. */
  readonly timeName: string
  readonly diagnosticsOf: DiagnosticsOf
}) {
  return (
    <Stack gap="md">
      <Warnings answer={answer} />
      <Facts answer={answer} isOfRecords={isOfRecords} />
      <NotCombined answer={answer} />
      {answer.names && answer.names.length > 0 && (
        <Coefficients answer={answer} nameOf={diagnosticsOf.nameOf} />
      )}
      <TermTests answer={answer} />
      {answer.zph && <Proportional zph={answer.zph} termOf={diagnosticsOf.termOf} />}
      {answer.diagnostics && (
        <DiagnosticsView
          diagnostics={answer.diagnostics}
          isExact={answer.ties === 'exact'}
          of={diagnosticsOf}
        />
      )}
      {answer.curves && <CurveResult curves={answer.curves} timeName={timeName} />}
    </Stack>
  )
}

function Warnings({ answer }: { readonly answer: FitAnswer }) {
  const t = useWords().models
  if (answer.warnings.length === 0) return null
  return (
    <Callout tone="warn" isLive title={t.warningsTitle}>
      <ul className={styles.warnings}>
        {answer.warnings.map((warning, i) => (
          <li key={`${warning.code}${i}`}>
            {t.warnings[warning.code]?.(warning) ?? t.warningUnknown(warning.code)}
          </li>
        ))}
      </ul>
    </Callout>
  )
}

function Facts({ answer, isOfRecords }: { readonly answer: FitAnswer; readonly isOfRecords: boolean }) {
  const words = useWords()
  const locale = useLocale()
  return (
    <dl className={styles.facts}>
      {factsOf(answer, words, locale, isOfRecords).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Else their absence is an omission to whoever looks for them here. */
function NotCombined({ answer }: { readonly answer: FitAnswer }) {
  const said = notCombinedWords(answer, useWords(), useLocale())
  return said === null ? null : (
    <p className="secondary" data-testid="not-combined">
      {said}
    </p>
  )
}

/** Those that the family has. */
function factsOf(
  answer: FitAnswer,
  words: Words,
  locale: Locale,
  isOfRecords: boolean,
): (readonly [string, string])[] {
  const t = words.models
  const number = (value: number) => formatSignificant(value, locale, 6)
  const facts: (readonly [string, string])[] = []
  const add = (name: string, value: number | null | undefined, write: (value: number) => string = number) => {
    if (value !== null && value !== undefined) facts.push([name, write(value)])
  }
  const count = (value: number) => formatNumber(value, locale)
  const people = (value: number) =>
    isOfRecords ? countText(value, words.cohorts.small, locale) : count(value)
  const test = (value: number) => t.df(number(value), count(answer.df ?? 0))
  const beside = (other: number | null | undefined) => (value: number) =>
    other === null || other === undefined ? number(value) : `${number(value)} (${number(other)})`
  add(t.facts.n, answer.n, people)
  add(t.facts.dropped, answer.dropped, people)
  add(t.facts.events, answer.events, people)
  add(t.facts.iterations, answer.iterations, (value) =>
    answer.converged === false ? `${count(value)} (${t.notConverged})` : count(value),
  )
  add(t.facts.logLikelihood, answer.logLikelihood?.at(-1))
  add(t.facts.likelihoodRatioTest, answer.likelihoodRatioTest, test)
  add(t.facts.waldTest, answer.waldTest, test)
  add(t.facts.scoreTest, answer.scoreTest, test)
  add(t.facts.concordance, answer.concordance?.concordance, beside(answer.concordance?.std))
  add(t.facts.deviance, answer.deviance, beside(answer.nullDeviance))
  add(t.facts.dispersion, answer.dispersion)
  add(t.facts.theta, answer.theta)
  add(t.facts.power, answer.power)
  const { logRank } = answer
  add(t.facts.logRank, logRank?.chisq, (value) => {
    const p = logRank?.p ?? null
    const words = t.df(number(value), count(logRank?.df ?? 0))
    return p === null ? words : `${words}, ${t.columns.p} ${formatP(p, locale)}`
  })
  return facts
}

function Coefficients({
  answer,
  nameOf,
}: {
  readonly answer: FitAnswer
  readonly nameOf: DiagnosticsOf['nameOf']
}) {
  const t = useWords().models
  const locale = useLocale()
  const number = (value: number | null) => (value === null ? t.none : formatSignificant(value, locale))
  const rows = coefficientRows(answer)
  const hasErrors = answer.stdErr !== undefined
  return (
    <div className={styles.wide}>
      <Table aria-label={t.coefficients} className={styles.numbers}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t.columns.name}</Table.Th>
            <Table.Th scope="col">{t.columns.coefficient}</Table.Th>
            {hasErrors && <Table.Th scope="col">{t.columns.stdErr}</Table.Th>}
            <Table.Th scope="col">{t.ratios[ratioKind(answer.family)]}</Table.Th>
            {hasErrors && (
              <Table.Th scope="col">{t.columns.limits(formatPercent(answer.conf ?? 0.95, locale))}</Table.Th>
            )}
            {hasErrors && <Table.Th scope="col">{t.columns.p}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.name}>
              <Table.Th scope="row">{nameOf(row.name)}</Table.Th>
              <Table.Td>{row.coefficient === null ? t.aliased : number(row.coefficient)}</Table.Td>
              {hasErrors && <Table.Td>{number(row.stdErr)}</Table.Td>}
              <Table.Td>{number(row.ratio)}</Table.Td>
              {hasErrors && (
                <Table.Td>
                  {row.lower === null || row.upper === null
                    ? t.none
                    : `${number(row.lower)} – ${number(row.upper)}`}
                </Table.Td>
              )}
              {hasErrors && <Table.Td>{row.p === null ? t.none : formatP(row.p, locale)}</Table.Td>}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

/** Wald tests of what several coefficients say together. */
function TermTests({ answer: { splines = [], interactions = [] } }: { readonly answer: FitAnswer }) {
  const t = useWords().models
  const locale = useLocale()
  const knots = (list: readonly number[]) => list.map((knot) => formatSignificant(knot, locale, 4)).join(', ')
  const rows = [
    ...splines.flatMap(({ covariate, knots: places, test, nonlinear }) => [
      { name: t.termTests.whole(covariate, knots(places)), ...test },
      { name: t.termTests.nonlinear(covariate), ...nonlinear },
    ]),
    ...interactions.map(({ of, test }) => ({ name: of.join(' × '), ...test })),
  ]
  if (rows.length === 0) return null
  return <TestTable title={t.termTests.title} rows={rows} />
}

function Proportional({
  zph,
  termOf,
}: {
  readonly zph: NonNullable<FitAnswer['zph']>
  readonly termOf: DiagnosticsOf['termOf']
}) {
  const t = useWords().models
  const rows = [
    ...zph.terms.map((term, i) => ({ name: termOf(term), chisq: zph.chisq[i], df: zph.df[i], p: zph.p[i] })),
    { name: t.zph.global, chisq: zph.globalChisq, df: zph.globalDf, p: zph.globalP },
  ]
  return <TestTable title={t.proportional} rows={rows} />
}

function TestTable({
  title,
  rows,
}: {
  readonly title: string
  readonly rows: readonly {
    readonly name: string
    readonly chisq: number | null | undefined
    readonly df: number | undefined
    readonly p: number | null | undefined
  }[]
}) {
  const t = useWords().models
  const locale = useLocale()
  return (
    <div className={styles.wide}>
      <h3 className={styles.heading}>{title}</h3>
      <Table aria-label={title} className={styles.numbers}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t.zph.term}</Table.Th>
            <Table.Th scope="col">{t.zph.chisq}</Table.Th>
            <Table.Th scope="col">{t.zph.df}</Table.Th>
            <Table.Th scope="col">{t.zph.p}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ name, chisq, df, p }) => (
            <Table.Tr key={name}>
              <Table.Th scope="row">{name}</Table.Th>
              <Table.Td>{typeof chisq === 'number' ? formatSignificant(chisq, locale) : t.none}</Table.Td>
              <Table.Td>{df}</Table.Td>
              <Table.Td>{typeof p === 'number' ? formatP(p, locale) : t.none}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
