/** What is priced: which answer, which exposure, which product, model and factors. */
import { Button, Chip, Group, NumberInput, Select, TextInput } from '@mantine/core'
import type { PricingSourcesView } from '../../../../shared/contract/pricing.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { factorName } from '../../../parts/insurer/pricing-names.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useWords } from '../../../words/catalogue.ts'
import styles from './Pricing.module.css'
import { usePricing, workOf } from '../../../parts/insurer/use-pricing.ts'

const FREQUENCIES = ['poisson', 'quasipoisson'] as const
const MODELS = ['frequency-severity', 'pure-premium'] as const
const POWER = 1.5

/** Group and plan are priced one at a time: who chooses the one lets go of the other. */
function withoutTheOther(chosen: readonly string[], before: readonly string[]): readonly string[] {
  const added = chosen.find((name) => !before.includes(name))
  const other = added === 'plan' ? 'group' : added === 'group' ? 'plan' : null
  return chosen.filter((name) => name !== other)
}

export function WorkPanel({ sources }: { readonly sources: PricingSourcesView }) {
  const words = useWords()
  const t = words.pricing
  const { draft, jobId, replaced, earlier, change, price, goBack } = usePricing()
  const { model } = draft
  const result = sources.results.find(({ studyHash }) => studyHash === draft.studyHash)
  const resultChoices = sources.results.map(({ studyHash, title, from, to }) => ({
    value: studyHash,
    label: t.resultOf(title ?? '–', from, to),
  }))
  const laterOnes = new Set(
    sources.results.flatMap(({ studyHash, from }) =>
      result !== undefined && from > result.to ? [studyHash] : [],
    ),
  )
  const exposure = sources.exposures.find(({ hash }) => hash === draft.exposureHash)
  const changeModel = (next: Partial<typeof model>): void =>
    change({ model: { ...model, ...next } as typeof model })
  return (
    <Panel title={t.what}>
      <div className={room.close}>
        {earlier !== null && (
          <Callout tone="plain">
            {t.earlier}{' '}
            <Button size="compact-sm" variant="default" onClick={goBack}>
              {t.backToEarlier}
            </Button>
          </Callout>
        )}
        {replaced.map((what) => (
          <Callout key={what} tone="warn">
            {t.replaced[what]}
          </Callout>
        ))}
        <div className={styles.fields}>
          <Select
            className={styles.long}
            label={t.result}
            data={resultChoices}
            value={draft.studyHash}
            allowDeselect={false}
            // Cover that began after the months of another result may not after those of this one.
            onChange={(studyHash) => change({ studyHash, holdout: null, ratingFrom: null })}
          />
          <Select
            className={styles.long}
            label={t.exposure}
            // Below the field, which stays in line with the one beside it.
            inputWrapperOrder={['label', 'input', 'description']}
            description={exposure?.broughtBy === 'demonstration' ? t.exposureOfDemonstration : undefined}
            data={sources.exposures.map(({ hash, name, from, to }) => ({
              value: hash,
              label: t.exposureOf(name, from ?? '–', to ?? '–'),
            }))}
            value={draft.exposureHash}
            allowDeselect={false}
            onChange={(exposureHash) => change({ exposureHash })}
          />
          <TextInput
            label={t.product}
            value={draft.product}
            onChange={(event) => change({ product: event.currentTarget.value })}
          />
          <TextInput
            label={t.jurisdiction}
            value={draft.jurisdiction}
            onChange={(event) => change({ jurisdiction: event.currentTarget.value })}
          />
          <Select
            label={t.model}
            data={(model.kind === 'imported' ? ([model.kind, ...MODELS] as const) : MODELS).map((value) => ({
              value,
              label: t.models[value],
            }))}
            value={model.kind}
            allowDeselect={false}
            onChange={(kind) =>
              kind !== 'imported' &&
              change({
                model:
                  kind === 'pure-premium'
                    ? { kind, power: POWER, factors: model.factors }
                    : { kind: 'frequency-severity', frequency: 'quasipoisson', factors: model.factors },
              })
            }
          />
          {model.kind === 'frequency-severity' ? (
            <Select
              label={t.frequency}
              data={FREQUENCIES.map((value) => ({ value, label: t.families[value]! }))}
              value={model.frequency}
              allowDeselect={false}
              onChange={(frequency) => changeModel({ frequency: frequency as 'poisson' })}
            />
          ) : model.kind === 'imported' ? null : (
            <NumberInput
              label={t.power}
              value={model.power ?? POWER}
              min={1.1}
              max={1.9}
              step={0.1}
              onChange={(power) => changeModel({ power: Number(power) })}
            />
          )}
          <Select
            className={styles.long}
            label={t.holdout}
            data={resultChoices.filter(({ value }) => laterOnes.has(value))}
            value={draft.holdout?.studyHash ?? null}
            placeholder={t.noHoldout}
            clearable
            onChange={(studyHash) =>
              change({
                holdout:
                  studyHash === null || draft.exposureHash === null
                    ? null
                    : { studyHash, exposureHash: draft.exposureHash },
              })
            }
          />
          <TextInput
            label={t.currency}
            value={draft.currency}
            maxLength={3}
            onChange={(event) => change({ currency: event.currentTarget.value.toUpperCase() })}
          />
        </div>
        {result?.factors.some(({ name }) => name === 'plan') && (
          <span className="secondary">{t.groupOrPlan}</span>
        )}
        {model.kind === 'frequency-severity' && <span className="secondary">{t.noNegativeBinomial}</span>}
        <Group justify="space-between">
          <Chip.Group
            multiple
            value={[...model.factors]}
            onChange={(chosen) => {
              const factors = withoutTheOther(chosen, model.factors)
              changeModel({
                // In the order of the answer, whatever was clicked first: the same factors are the same recipe.
                factors: (result?.factors ?? [])
                  .map(({ name }) => name)
                  .filter((name) => factors.includes(name)),
              })
            }}
          >
            <Group gap="xs" role="group" aria-label={t.factors}>
              <span>{t.factors}</span>
              {(result?.factors ?? []).map(({ name }) => (
                <Chip key={name} value={name} size="sm">
                  {factorName(name, words)}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          <Button
            loading={jobId !== null}
            disabled={workOf(draft) === null}
            onClick={() => void price().catch(tellFailure)}
          >
            {t.price}
          </Button>
        </Group>
      </div>
    </Panel>
  )
}
