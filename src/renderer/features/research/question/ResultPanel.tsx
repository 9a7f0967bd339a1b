/** What the models say: the headline first, then pictures and tables as a paper has them, each with its way out. */
import { Accordion } from '@mantine/core'
import { useMemo } from 'react'
import type { Locale } from '../../../../shared/contract/app.ts'
import { isCurve, type StudyDocument, type StudyModel } from '../../../../shared/domain/study.ts'
import { formatP, formatPercent, shortHash } from '../../../lib/format.ts'
import {
  ratioKind,
  covariateRows,
  type Curve,
  type FitAnswer,
  type SplineAnswer,
} from '../../../parts/research/fit-answer.ts'
import { FitFindings } from '../../../parts/research/FitFindings.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords, type Words } from '../../../words/catalogue.ts'
import { CleaningPanel } from './CleaningPanel.tsx'
import { KeepModel, ModelsBeside } from './ComparisonPanel.tsx'
import { CURVES_MOST, curvesFigure } from '../../../parts/research/curves-figure.ts'
import { effectFigure } from './effect-figure.ts'
import { FigureView } from '../../../parts/research/FigureView.tsx'
import { forestFigure } from '../../../parts/research/forest-figure.ts'
import { imputationTables } from './imputation-tables.ts'
import { methodsParagraph } from './methods-paragraph.ts'
import { PaperTableView } from '../../../parts/research/PaperTableView.tsx'
import { ReleaseMenu } from '../../../parts/research/ReleaseMenu.tsx'
import { isFit } from './study-answer.ts'
import { columnWords } from '../../../parts/research/study-sentence.ts'
import { riskTable, saidCurve } from './said-curves.ts'
import { termWords, valueWords } from '../../../parts/research/term-words.ts'
import { headline, modelTable, tableOne } from './study-tables.ts'
import { TruthPanel } from './TruthPanel.tsx'
import type { Found } from './found.ts'
import styles from './Question.module.css'

export function ResultPanel({ found }: { readonly found: Found }) {
  const words = useWords()
  const locale = useLocale()
  const t = words.question
  const { pinned, answer, ran, jobId } = found
  const one = useMemo(() => tableOne(pinned, answer, words, locale), [pinned, answer, words, locale])
  const methods = useMemo(
    () => methodsParagraph(pinned, answer, ran, words, locale),
    [pinned, answer, ran, words, locale],
  )
  return (
    <div className={styles.stack} data-testid="study-result">
      {pinned.models.map((model, m) => (
        <ModelResult key={m} found={found} model={model} m={m} />
      ))}
      <ModelsBeside found={found} />
      <TruthPanel found={found} />
      <CleaningPanel found={found} />
      <Panel
        title={t.tables.one}
        side={<ReleaseMenu what={{ kind: 'table', name: t.tables.one, table: one }} of={{ jobId }} />}
      >
        <PaperTableView table={one} />
      </Panel>
      <Panel
        title={t.methods.title}
        side={<ReleaseMenu what={{ kind: 'text', name: t.methods.title, text: methods }} of={{ jobId }} />}
      >
        <p className={styles.methods} data-testid="methods">
          {methods}
        </p>
        <p className="secondary">
          <span className="mono" title={`${ran.hash} ${ran.resultHash}`}>
            {t.hashes(shortHash(ran.hash), shortHash(ran.resultHash), ran.engine)}
          </span>
        </p>
      </Panel>
    </div>
  )
}

function ModelResult({
  found,
  model,
  m,
}: {
  readonly found: Found
  readonly model: StudyModel
  readonly m: number
}) {
  const words = useWords()
  const t = words.question
  const result = found.answer.models[m]?.result
  if (result === undefined) return null
  if (!isFit(result)) {
    const { code } = result.noAnswer
    return (
      <Panel title={model.title}>
        <Callout tone="warn" title={t.noAnswer}>
          {words.models.refusals[code]?.(result.noAnswer) ?? t.noAnswerOther(code)}
        </Callout>
      </Panel>
    )
  }
  return isCurve(model.family) ? (
    <Panel title={model.title}>
      <Curves found={found} model={model} result={result} title={t.curves} />
    </Panel>
  ) : (
    <Terms found={found} model={model} m={m} result={result} />
  )
}

function Terms({
  found,
  model,
  m,
  result,
}: {
  readonly found: Found
  readonly model: StudyModel
  readonly m: number
  readonly result: FitAnswer
}) {
  const words = useWords()
  const locale = useLocale()
  const t = words.question
  const { pinned, answer, jobId } = found
  const table = useMemo(
    () => modelTable(pinned, m, answer, words, locale),
    [pinned, m, answer, words, locale],
  )
  const imputed = useMemo(
    () => imputationTables(pinned, m, result, words, locale),
    [pinned, m, result, words, locale],
  )
  const forest = useMemo(() => {
    const rows = covariateRows(result).map((row) => ({
      ...row,
      label: termWords(row.name, pinned, m, words, locale),
    }))
    const percent = formatPercent(result.conf ?? model.confidencePercent / 100, locale)
    const ratio = words.models.ratios[ratioKind(result.family)]
    return forestFigure(
      rows,
      { ratio, limits: words.models.columns.limits(percent), description: t.forestOf, more: t.forestMore },
      locale,
    )
  }, [result, pinned, m, words, locale, model.confidencePercent, t])
  const first = headline(pinned, m, result, words, locale)
  return (
    <Panel title={model.title} side={<KeepModel found={found} m={m} />}>
      <div className={styles.stack}>
        {first !== null && (
          <p className={styles.headline} data-testid="headline">
            {first}
          </p>
        )}
        {forest !== null && (
          <figure className={styles.figure}>
            <div className={styles.head}>
              <h3 className={styles.heading}>{t.forest}</h3>
              <ReleaseMenu
                what={{ kind: 'figure', name: `${model.title} ${t.forest}`, figure: forest }}
                of={{ jobId }}
              />
            </div>
            <FigureView figure={forest} />
          </figure>
        )}
        {(result.splines ?? []).map((spline) => (
          <Effect key={spline.covariate} found={found} model={model} result={result} spline={spline} />
        ))}
        {result.curves !== undefined && (
          <Curves found={found} model={model} result={result} title={t.adjusted} note={t.adjustedNote} />
        )}
        {table !== null && (
          <div>
            <div className={styles.head}>
              <h3 className={styles.heading}>{table.title}</h3>
              <ReleaseMenu what={{ kind: 'table', name: table.title, table }} of={{ jobId }} />
            </div>
            <PaperTableView table={table} />
          </div>
        )}
        {imputed.map((each) => (
          <div key={each.title} data-testid="imputed">
            <div className={styles.head}>
              <h3 className={styles.heading}>{each.title}</h3>
              <ReleaseMenu what={{ kind: 'table', name: each.title, table: each }} of={{ jobId }} />
            </div>
            <PaperTableView table={each} />
          </div>
        ))}
        <Accordion variant="contained">
          <Accordion.Item value="details">
            <Accordion.Control>{t.diagnostics}</Accordion.Control>
            <Accordion.Panel>
              <FitFindings
                answer={withoutCurves(result)}
                timeName="stop"
                isOfRecords
                diagnosticsOf={{
                  title: model.title,
                  release: { jobId },
                  time: t.time,
                  nameOf: (coefficient) => termWords(coefficient, pinned, m, words, locale),
                  termOf: (term) =>
                    term
                      .split(':')
                      .map((name) => columnWords(name, pinned, words, locale))
                      .join(' × '),
                }}
              />
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      </div>
    </Panel>
  )
}

function Effect({
  found,
  model,
  result,
  spline,
}: {
  readonly found: Found
  readonly model: StudyModel
  readonly result: FitAnswer
  readonly spline: SplineAnswer
}) {
  const words = useWords()
  const locale = useLocale()
  const t = words.question
  const name = columnWords(spline.covariate, found.pinned, words, locale)
  const figure = useMemo(
    () =>
      effectFigure(
        spline,
        {
          ratio: words.models.ratios[ratioKind(result.family)],
          name,
          description: t.effectOf,
          against: t.against,
        },
        locale,
      ),
    [spline, result.family, name, words, t, locale],
  )
  const { p } = spline.nonlinear
  if (figure === null) return null
  return (
    <figure className={styles.figure}>
      <div className={styles.head}>
        <h3 className={styles.heading}>{t.effect(name)}</h3>
        <ReleaseMenu
          what={{ kind: 'figure', name: `${model.title} ${t.effect(name)}`, figure }}
          of={{ jobId: found.jobId }}
        />
      </div>
      <FigureView figure={figure} />
      <figcaption className="secondary">
        {t.effectNote(p === null ? words.models.none : `${words.models.columns.p} ${formatP(p, locale)}`)}
      </figcaption>
    </figure>
  )
}

function Curves({
  found,
  model,
  result,
  title,
  note,
}: {
  readonly found: Found
  readonly model: StudyModel
  readonly result: FitAnswer
  readonly title: string
  readonly note?: string
}) {
  const words = useWords()
  const locale = useLocale()
  const t = words.question
  const nameOf = (curve: Curve): string => curveName(curve, model, found.pinned, words, locale)
  const { figure, risk, few, drawnCount } = useMemo(() => {
    const name = (curve: Curve): string => curveName(curve, model, found.pinned, words, locale)
    // Of competing risks “no event yet” is what the other two leave.
    const curves = (result.curves ?? []).filter(({ state }) => state !== 0)
    const said = curves.flatMap((curve) => saidCurve(curve) ?? [])
    const of = {
      time: t.time,
      probability: model.family === 'aj' ? t.incidence : t.survival,
      nameOf: name,
      description: t.curvesOf,
    }
    return {
      figure: curvesFigure(said, of, locale),
      // Adjusted curves are all of the same persons.
      risk: isCurve(model.family)
        ? riskTable(
            curves.filter(({ state }) => state === undefined || state === 1),
            (curve) =>
              curve.state === undefined ? name(curve) : groupName(curve, model, found.pinned, words),
            words,
            locale,
          )
        : null,
      few: curves.filter((curve) => saidCurve(curve) === null),
      drawnCount: said.length,
    }
  }, [result, model, found.pinned, t, words, locale])
  return (
    <figure className={styles.figure}>
      <div className={styles.head}>
        <h3 className={styles.heading}>{title}</h3>
        {figure !== null && (
          <ReleaseMenu
            what={{ kind: 'figure', name: `${model.title} ${title}`, figure }}
            of={{ jobId: found.jobId }}
          />
        )}
      </div>
      {figure !== null && <FigureView figure={figure} />}
      {risk !== null && (
        <div data-testid="at-risk">
          <div className={styles.head}>
            <h3 className={styles.heading}>{risk.title}</h3>
            <ReleaseMenu
              what={{ kind: 'table', name: `${model.title} ${risk.title}`, table: risk }}
              of={{ jobId: found.jobId }}
            />
          </div>
          <PaperTableView table={risk} />
        </div>
      )}
      <figcaption className="secondary">
        {note} {figure !== null && t.curvesStepped}{' '}
        {few.length > 0 && t.curvesFew(few.map(nameOf).join(t.methods.listComma))}{' '}
        {drawnCount > CURVES_MOST && t.curvesMost(String(CURVES_MOST))}
      </figcaption>
    </figure>
  )
}

/** The pictures have them, and their points are times at which something happened to somebody. */
function withoutCurves(result: FitAnswer): FitAnswer {
  const { curves: _, ...rest } = result
  return rest
}

/** Groups as people say them: `sex` in words, a value behind the covariate's name; of competing risks what happened. */
function curveName(
  curve: Curve,
  model: StudyModel,
  study: StudyDocument,
  words: Words,
  locale: Locale,
): string {
  const t = words.question
  const ofState: Readonly<Record<number, string>> = { 1: t.ofEvent, 2: t.ofDeath, 3: t.ofCompeting }
  const happened = curve.state === undefined ? null : (ofState[curve.state] ?? null)
  const { point, stratum } = curve
  const of = model.curvesOf
  const named =
    point === undefined || of === null
      ? point
      : `${columnWords(of, study, words, locale)} = ${valueWords(study, of, point.slice(`${of} = `.length), words)}`
  const group = stratum === null ? null : groupName(curve, model, study, words)
  const name = [happened, named, group].filter((each) => typeof each === 'string').join(' · ')
  return name === '' ? words.models.curve.everyone : name
}

function groupName({ stratum }: Curve, model: StudyModel, study: StudyDocument, words: Words): string {
  const [by] = isCurve(model.family) ? model.covariates : model.strata
  if (stratum === null) return words.models.curve.everyone
  return by === undefined ? stratum : valueWords(study, by, stratum, words)
}
