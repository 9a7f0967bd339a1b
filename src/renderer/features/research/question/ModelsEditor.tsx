/** The models of a question: kind, covariates among what is known, groups, strata, curves. */
import { ActionIcon, Button, Checkbox, Group, NativeSelect, Stack, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import {
  groupColumns,
  isCurve,
  canImpute,
  isOfPersons,
  withModels,
  type StudyDocument,
  type StudyModel,
} from '../../../../shared/domain/study.ts'
import { newModel } from '../../../parts/research/new-study.ts'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { changingColumns, columnsOf, withCovariateOf, withFamily, withTimeFrom } from './interval-form.ts'
import { columnWords } from '../../../parts/research/study-sentence.ts'
import { GapFields } from './GapFields.tsx'
import { InteractionFields, ShapeField } from './TermFields.tsx'
import styles from './Question.module.css'

const MODELS_MAX = 20
const FAMILIES = [
  'cox',
  'km',
  'aj',
  'finegray',
  'logistic',
  'cloglog',
  'poisson',
  'negbin',
] as const satisfies readonly StudyModel['family'][]

interface Props {
  readonly study: StudyDocument
  onChange(study: StudyDocument): void
}

export function ModelsEditor({ study, onChange }: Props) {
  const words = useWords()
  const locale = useLocale()
  const t = words.question.model
  const { models, intervals } = study
  const change = (next: StudyModel[]) => onChange(withModels(study, next))
  return (
    <Stack gap="md">
      {models.map((model, m) => (
        <div key={m} className={styles.model} data-testid="model">
          <ModelEditor
            study={study}
            model={model}
            number={m + 1}
            onChange={(next) => change(models.with(m, next))}
            onRemove={models.length > 1 ? () => change(models.toSpliced(m, 1)) : null}
          />
        </div>
      ))}
      <Group justify="space-between" align="flex-end">
        <NativeSelect
          label={t.baselineBy}
          value={study.baselineBy ?? ''}
          data={[
            { value: '', label: t.inAll },
            ...groupColumns(intervals).map((name) => ({
              value: name,
              label: columnWords(name, study, words, locale),
            })),
          ]}
          onChange={({ currentTarget }) =>
            onChange({ ...study, baselineBy: currentTarget.value === '' ? null : currentTarget.value })
          }
        />
        <Button
          variant="default"
          disabled={models.length >= MODELS_MAX}
          onClick={() => change([...models, newModel([], [])])}
        >
          {t.add}
        </Button>
      </Group>
    </Stack>
  )
}

function ModelEditor({
  study,
  model,
  number,
  onChange,
  onRemove,
}: {
  readonly study: StudyDocument
  readonly model: StudyModel
  readonly number: number
  onChange(model: StudyModel): void
  readonly onRemove: (() => void) | null
}) {
  const words = useWords()
  const locale = useLocale()
  const t = words.question.model
  const { intervals } = study
  const columns = columnsOf(intervals)
  const nameOf = (name: string) => columnWords(name, study, words, locale)
  const areGroups = isCurve(model.family)
  const changing = new Set(changingColumns(intervals))
  const groups = new Set([...groupColumns(intervals), 'period', ...model.factors])
  return (
    <Stack gap="sm">
      <div className={styles.row}>
        <TextInput
          className={styles.wide}
          label={t.title}
          placeholder={words.question.modelNumber(String(number))}
          maxLength={120}
          value={model.title}
          onChange={({ currentTarget }) => onChange({ ...model, title: currentTarget.value })}
        />
        <NativeSelect
          label={t.family}
          value={model.family}
          data={FAMILIES.map((value) => ({ value, label: words.question.families[value] }))}
          onChange={({ currentTarget }) =>
            onChange(withFamily(model, currentTarget.value as StudyModel['family'], intervals))
          }
        />
        {onRemove !== null && (
          <ActionIcon variant="subtle" aria-label={t.remove} className={styles.check} onClick={onRemove}>
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        )}
      </div>
      <fieldset className={styles.columns}>
        <legend>{areGroups ? t.groups : t.covariates}</legend>
        {columns.length === 0 && <p className="secondary">{t.noColumns}</p>}
        <ul>
          {columns
            .filter((name) => !areGroups || groups.has(name) || model.covariates.includes(name))
            .filter(
              (name) => !isOfPersons(model.family) || !changing.has(name) || model.covariates.includes(name),
            )
            .map((name) => {
              const isTaken = model.covariates.includes(name)
              return (
                <li key={name}>
                  <Checkbox
                    label={nameOf(name)}
                    checked={isTaken}
                    onChange={({ currentTarget }) =>
                      onChange(
                        areGroups
                          ? { ...withCovariateOf(model, name, currentTarget.checked, intervals), factors: [] }
                          : withCovariateOf(model, name, currentTarget.checked, intervals),
                      )
                    }
                  />
                  {isTaken && !areGroups && (
                    <ShapeField study={study} model={model} name={name} onChange={onChange} />
                  )}
                </li>
              )
            })}
        </ul>
      </fieldset>
      {!areGroups && <InteractionFields study={study} model={model} onChange={onChange} />}
      {!areGroups && (
        <div className={styles.row}>
          {model.family === 'cox' && (
            <>
              <NativeSelect
                disabled={model.imputation !== undefined}
                label={t.curvesOf}
                value={model.curvesOf ?? ''}
                data={[
                  { value: '', label: t.noCurves },
                  ...model.covariates.map((name) => ({ value: name, label: nameOf(name) })),
                ]}
                onChange={({ currentTarget }) =>
                  onChange({ ...model, curvesOf: currentTarget.value === '' ? null : currentTarget.value })
                }
              />
              <NativeSelect
                label={t.ties}
                value={model.ties}
                data={(['efron', 'breslow', 'exact'] as const).map((value) => ({
                  value,
                  label: words.question.methods.ties[value] ?? value,
                }))}
                onChange={({ currentTarget }) =>
                  onChange({ ...model, ties: currentTarget.value as StudyModel['ties'] })
                }
              />
              <NativeSelect
                label={t.strata}
                value={model.strata[0] ?? ''}
                data={[
                  { value: '', label: t.noCurves },
                  ...columns
                    .filter((name) => groups.has(name))
                    .map((name) => ({ value: name, label: nameOf(name) })),
                ]}
                onChange={({ currentTarget }) =>
                  onChange({ ...model, strata: currentTarget.value === '' ? [] : [currentTarget.value] })
                }
              />
            </>
          )}
          {model.family === 'cox' && (intervals.rows.kind === 'every' || model.timeFrom !== undefined) && (
            <NativeSelect
              label={t.timeFrom}
              value={model.timeFrom ?? 'table'}
              data={(['table', 'piece'] as const).map((value) => ({ value, label: t.timeFromWords[value] }))}
              onChange={({ currentTarget }) =>
                onChange(withTimeFrom(model, currentTarget.value as 'table' | 'piece'))
              }
            />
          )}
          <NativeSelect
            label={t.confidence}
            value={String(model.confidencePercent)}
            data={[...new Set([90, 95, 99, model.confidencePercent])].sort((x, y) => x - y).map(String)}
            onChange={({ currentTarget }) =>
              onChange({ ...model, confidencePercent: Number(currentTarget.value) })
            }
          />
          {!isOfPersons(model.family) && (
            <Checkbox
              className={styles.check}
              label={t.clustered}
              checked={model.isClusteredByPerson}
              onChange={({ currentTarget }) =>
                onChange({ ...model, isClusteredByPerson: currentTarget.checked })
              }
            />
          )}
        </div>
      )}
      {canImpute(model.family) && <GapFields model={model} onChange={onChange} />}
    </Stack>
  )
}
