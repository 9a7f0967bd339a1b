/** Whether the numbers hold: both ways to the pure premium, dispersion, trend, late claims, credibility, and the test on a later result. */
import { Button, NumberInput, Text } from '@mantine/core'
import type { PricedAnswer } from '../../../../shared/contract/pricing.ts'
import { pricedBy } from '../../../../shared/domain/group-alert.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { percent, ratioOf } from '../../../parts/insurer/pricing-names.ts'
import { ReleasedFigure, ReleasedTable } from '../../../parts/insurer/Released.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { actualFigure, stabilityFigure } from './level-figure.ts'
import { liftFigure } from './lift-figure.ts'
import {
  actualTable,
  credibilityTable,
  developmentTable,
  liftTable,
  modelsTable,
  type Stability,
  stabilityTable,
} from './pricing-tables.ts'
import { inOrder, type Step } from './steps-order.ts'
import { thinModels } from './thin-models.ts'
import { TrendPanel } from './TrendPanel.tsx'
import { usePricing } from '../../../parts/insurer/use-pricing.ts'

export function ChecksPanel({ answer }: { readonly answer: PricedAnswer }) {
  const words = useWords()
  const t = words.pricing
  const locale = useLocale()
  const { draft, sources, change, price } = usePricing()
  const { reconciliation, development, credibility, validation } = answer
  const { studyHash } = answer.work.source
  const unit = pricedBy(answer.work.model.factors)
  const thin = thinModels(answer.rates)
  const resultOf = (hash: string | null | undefined) =>
    sources?.results.find((each) => each.studyHash === hash)
  const [seen, tested] = [resultOf(studyHash), resultOf(answer.work.holdout?.studyHash)]
  const lift = validation === null ? null : liftFigure(validation.lift, t.lift, draft.currency, words, locale)
  const use = (step: Step): void => {
    change({ steps: inOrder([...draft.steps.filter(({ name }) => name !== step.name), step]) })
    price().catch(tellFailure)
  }
  return (
    <div className={room.columns}>
      <div className={room.close}>
        <Panel title={t.reconciliation}>
          <div className={room.close}>
            {reconciliation !== null && (
              <>
                <Text size="sm">
                  {t.reconciled(
                    percent(1 + reconciliation.productGap, locale),
                    percent(1 + reconciliation.directGap, locale),
                  )}
                </Text>
                <Callout tone={reconciliation.agrees ? 'good' : 'warn'}>
                  {reconciliation.agrees ? t.agrees : t.agreesNot}
                </Callout>
              </>
            )}
            <ReleasedTable table={modelsTable(answer, words, locale)} studyHash={studyHash} />
            {thin.length > 0 && (
              <Callout tone="warn">
                {t.thinModels(
                  thin
                    .map(({ measure, parameters, cells, freedom }) =>
                      t.thinModel(t.measures[measure], String(cells), String(parameters), String(freedom)),
                    )
                    .join(' '),
                )}
              </Callout>
            )}
          </div>
        </Panel>
        <TrendPanel key={answer.work.source.studyHash} answer={answer} use={use} />
        <Panel title={development === null ? t.development : undefined}>
          {development === null ? (
            <span className="secondary">{t.noDevelopment}</span>
          ) : (
            <div className={room.close}>
              <ReleasedTable table={developmentTable(development, words, locale)} studyHash={studyHash} />
              <NumberInput
                label={t.expectedLossRatio}
                description={t.expectedLossRatioHint}
                value={draft.expectedLossRatio == null ? '' : 100 * draft.expectedLossRatio}
                min={0}
                max={1_000}
                decimalScale={1}
                suffix=" %"
                onChange={(value) =>
                  change({ expectedLossRatio: typeof value === 'number' ? value / 100 : null })
                }
                onBlur={() => {
                  if (draft.expectedLossRatio !== answer.work.expectedLossRatio) price().catch(tellFailure)
                }}
              />
              <div>
                <Button
                  variant="default"
                  onClick={() =>
                    use({
                      kind: 'factor',
                      name: t.developmentStep,
                      factor: development.factor,
                      logVariance: development.logVariance,
                    })
                  }
                >
                  {t.useDevelopment}
                </Button>
              </div>
            </div>
          )}
        </Panel>
      </div>
      <div className={room.close}>
        <Panel title={credibility === null ? t.credibility(unit) : undefined}>
          {credibility === null ? (
            <span className="secondary">{t.noCredibility(unit)}</span>
          ) : (
            <ReleasedTable table={credibilityTable(credibility, unit, words, locale)} studyHash={studyHash} />
          )}
        </Panel>
        <Panel title={t.validation}>
          {validation === null ? (
            <span className="secondary">{t.noValidation}</span>
          ) : (
            <div className={room.close}>
              {tested !== undefined && seen !== undefined && (
                <Text size="sm">{t.validationOf(tested.from, tested.to, seen.from, seen.to)}</Text>
              )}
              <Text size="sm" data-testid="gini">
                {t.gini(
                  ratioOf(validation.gini.value, locale),
                  ratioOf(validation.gini.lower, locale),
                  ratioOf(validation.gini.upper, locale),
                )}
              </Text>
              <Text size="sm">
                {t.ratioSaid(
                  ratioOf(validation.ratio.value, locale),
                  ratioOf(validation.ratio.lower, locale),
                  ratioOf(validation.ratio.upper, locale),
                )}
              </Text>
              <Text size="sm">
                {t.slope(
                  ratioOf(validation.slope.value, locale),
                  ratioOf(validation.slope.lower, locale),
                  ratioOf(validation.slope.upper, locale),
                )}
              </Text>
              {lift !== null && <ReleasedFigure figure={lift} name={t.lift} studyHash={studyHash} />}
              <ReleasedTable
                table={liftTable(validation.lift, t.lift, draft.currency, words, locale)}
                studyHash={studyHash}
              />
              {validation.byFactor.map((each) => (
                <ActualByFactor key={each.factor} each={each} studyHash={studyHash} />
              ))}
              {validation.stability === null ? (
                <span className="secondary">{t.noStability}</span>
              ) : (
                validation.stability.map((each) => (
                  <StabilityByFactor key={each.factor} each={each} studyHash={studyHash} />
                ))
              )}
            </div>
          )}
        </Panel>
      </div>
    </div>
  )
}

function ActualByFactor({
  each,
  studyHash,
}: {
  readonly each: NonNullable<PricedAnswer['validation']>['byFactor'][number]
  readonly studyHash: string
}) {
  const words = useWords()
  const locale = useLocale()
  const figure = actualFigure(each, words, locale)
  const table = actualTable(each, words, locale)
  return (
    <>
      {figure !== null && <ReleasedFigure figure={figure} name={table.title} studyHash={studyHash} />}
      <ReleasedTable table={table} studyHash={studyHash} />
    </>
  )
}

function StabilityByFactor({ each, studyHash }: { readonly each: Stability; readonly studyHash: string }) {
  const words = useWords()
  const locale = useLocale()
  const figure = stabilityFigure(each, words, locale)
  const table = stabilityTable(each, words, locale)
  return (
    <>
      {figure !== null && <ReleasedFigure figure={figure} name={table.title} studyHash={studyHash} />}
      <ReleasedTable table={table} studyHash={studyHash} />
    </>
  )
}
