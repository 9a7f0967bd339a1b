/** The form over a model's record. It asks for what the kind of model needs, and leaves other keys of a file alone. */
import { Button, Checkbox, NativeSelect, NumberInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useState } from 'react'
import type { TableColumn } from '../../../../shared/contract/models.ts'
import { formatNumber } from '../../../lib/format.ts'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import {
  type ColumnField,
  FAMILIES,
  familyOf,
  knotsOf,
  type ModelRecord,
  namesOf,
  pairsOf,
  type NumberField,
  textOf,
  withCovariate,
  withFactor,
  withKey,
  withKnots,
  withoutPair,
  withPair,
} from './model-form.ts'
import styles from './Models.module.css'

const KNOTS = [3, 4, 5, 6, 7]

interface Props {
  readonly columns: readonly TableColumn[]
  readonly model: ModelRecord
  onChange(model: ModelRecord): void
}

export function ModelForm({ columns, model, onChange }: Props) {
  const t = useWords().models
  const family = familyOf(model)
  const form = FAMILIES[family]!
  const change = (key: string, value: unknown) => onChange(withKey(model, key, value))
  return (
    <div className={styles.form}>
      <div className={styles.fields}>
        <NativeSelect
          label={t.family}
          value={family}
          data={Object.keys(FAMILIES).map((value) => ({ value, label: t.families[value] ?? value }))}
          onChange={(event) => change('family', event.currentTarget.value)}
        />
        {form.columns.map((field) => (
          <ColumnChoice key={field} field={field} columns={columns} model={model} onChange={onChange} />
        ))}
        {form.strata !== null && (
          <ColumnChoice
            field="strata"
            label={t.fields[form.strata]}
            columns={columns}
            model={model}
            onChange={onChange}
          />
        )}
        {form.hasTies && (
          <NativeSelect
            label={t.fields.ties}
            value={textOf(model, 'ties') || 'efron'}
            data={Object.entries(t.ties).map(([value, label]) => ({ value, label }))}
            onChange={(event) => change('ties', event.currentTarget.value)}
          />
        )}
        {form.numbers.map((field) => (
          <NumberChoice key={field} field={field} model={model} onChange={onChange} />
        ))}
      </div>
      {form.hasCovariates ? (
        <Covariates columns={columns} model={model} onChange={onChange} />
      ) : (
        <span className="secondary">{t.fields.covariatesNone}</span>
      )}
    </div>
  )
}

function ColumnChoice({
  field,
  label,
  columns,
  model,
  onChange,
}: Props & { readonly field: ColumnField | 'strata'; readonly label?: string }) {
  const t = useWords().models
  const isKinds = field === 'event' && ['aj', 'finegray'].includes(familyOf(model))
  // A file may name several strata; the form shows them as one choice and leaves them together.
  const value = field === 'strata' ? namesOf(model, 'strata').join(', ') : textOf(model, field)
  const names = columns.map(({ name }) => name)
  const extra = value === '' || names.includes(value) ? [] : [value]
  const isKnown = value.split(', ').every((each) => names.includes(each))
  return (
    <NativeSelect
      label={label ?? (isKinds ? t.fields.eventKinds : t.fields[field])}
      value={value}
      data={[
        { value: '', label: t.none },
        ...extra.map((each) => ({ value: each, label: isKnown ? each : t.notInTable(each) })),
        ...names.map((each) => ({ value: each, label: each })),
      ]}
      onChange={(event) => {
        const chosen = event.currentTarget.value
        if (!extra.includes(chosen)) onChange(withKey(model, field, chosen))
      }}
    />
  )
}

function NumberChoice({
  field,
  model,
  onChange,
}: {
  readonly field: NumberField
  readonly model: ModelRecord
  onChange(model: ModelRecord): void
}) {
  const t = useWords().models
  const value = model[field]
  const isOptional = field === 'theta' && familyOf(model) === 'negbin'
  return (
    <NumberInput
      label={isOptional ? t.fields.thetaOptional : t.fields[field]}
      value={typeof value === 'number' ? value : ''}
      onChange={(next) => onChange(withKey(model, field, typeof next === 'number' ? next : undefined))}
    />
  )
}

function Covariates({ columns, model, onChange }: Props) {
  const t = useWords().models
  const locale = useLocale()
  const taken = namesOf(model, 'covariates')
  const factors = namesOf(model, 'factors')
  const known = new Set(columns.map(({ name }) => name))
  const others = taken
    .filter((name) => !known.has(name))
    .map((name): TableColumn & { isForeign: true } => ({ name, kind: 'empty', missing: 0, isForeign: true }))
  return (
    <fieldset className={styles.covariates}>
      <legend>{t.fields.covariates}</legend>
      <ul>
        {[...columns, ...others].map((column) => {
          const isTaken = taken.includes(column.name)
          // A single text among numbers is a mistake to be named, not a column of groups.
          const isText = column.kind === 'text'
          return (
            <li key={column.name}>
              <Checkbox
                label={'isForeign' in column ? t.notInTable(column.name) : column.name}
                checked={isTaken}
                onChange={(event) =>
                  onChange(withCovariate(model, column.name, event.currentTarget.checked, isText))
                }
              />
              {column.missing > 0 && (
                <span className="secondary">{t.missing(formatNumber(column.missing, locale))}</span>
              )}
              {isTaken && !factors.includes(column.name) && (
                <NativeSelect
                  size="xs"
                  aria-label={`${column.name}: ${t.fields.shape}`}
                  value={String(knotsOf(model, column.name) ?? '')}
                  data={[
                    { value: '', label: t.straight },
                    ...KNOTS.map((knots) => ({ value: String(knots), label: t.bending(String(knots)) })),
                  ]}
                  onChange={({ currentTarget: { value } }) =>
                    onChange(withKnots(model, column.name, value === '' ? null : Number(value)))
                  }
                />
              )}
              {isTaken && (
                <Checkbox
                  label={t.fields.factor}
                  aria-label={`${column.name}: ${t.fields.factor}`}
                  checked={factors.includes(column.name)}
                  onChange={(event) => onChange(withFactor(model, column.name, event.currentTarget.checked))}
                />
              )}
            </li>
          )
        })}
      </ul>
      <Interactions names={taken} model={model} onChange={onChange} />
    </fieldset>
  )
}

/** Pairs of covariates whose products are in the model too. */
function Interactions({
  names,
  model,
  onChange,
}: {
  readonly names: readonly string[]
  readonly model: ModelRecord
  onChange(model: ModelRecord): void
}) {
  const t = useWords().models
  const [chosen, setChosen] = useState('')
  const pairs = pairsOf(model)
  const free = names.flatMap((one, i) =>
    names
      .slice(i + 1)
      .filter((other) => !pairs.some((pair) => pair.includes(one) && pair.includes(other)))
      .map((other) => [one, other] as const),
  )
  const pair = free.find((each) => each.join(' ') === chosen) ?? free[0]
  if (names.length < 2) return null
  return (
    <div className={styles.pairs}>
      <span>{t.fields.interactions}</span>
      {pairs.map((each, i) => (
        <Button
          key={each.join(' ')}
          size="compact-xs"
          variant="default"
          aria-label={`${t.removePair}: ${each.join(' × ')}`}
          onClick={() => onChange(withoutPair(model, i))}
        >
          {each.join(' × ')} <IconX size={12} aria-hidden />
        </Button>
      ))}
      {pair !== undefined && (
        <>
          <NativeSelect
            size="xs"
            aria-label={t.fields.interactions}
            value={pair.join(' ')}
            data={free.map((each) => ({ value: each.join(' '), label: each.join(' × ') }))}
            onChange={({ currentTarget }) => setChosen(currentTarget.value)}
          />
          <Button size="compact-sm" variant="default" onClick={() => onChange(withPair(model, pair))}>
            {t.addPair}
          </Button>
        </>
      )}
    </div>
  )
}
