/** How covariates enter a model: straight, as groups or bending, and which of them act together. */
import { ActionIcon, Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { bendingColumns, type StudyDocument, type StudyModel } from '../../../../shared/domain/study.ts'
import { decimalText } from '../../../../shared/domain/visit.ts'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { withFactorOf, withInteraction, withoutInteraction, withSplineOf } from './interval-form.ts'
import { columnWords } from '../../../parts/research/study-sentence.ts'
import styles from './Question.module.css'

interface Props {
  readonly study: StudyDocument
  readonly model: StudyModel
  onChange(model: StudyModel): void
}

const KNOTS = [3, 4, 5, 6, 7]

/** Beside a covariate that was taken. */
export function ShapeField({ study, model, name, onChange }: Props & { readonly name: string }) {
  const words = useWords()
  const locale = useLocale()
  const t = words.question.model
  const canBend = bendingColumns(study.intervals).includes(name)
  const isGroups = model.factors.includes(name)
  const spline = model.splines.find((each) => each.name === name)
  const isLabel = study.intervals.covariates.some(
    (each) => each.name === name && (each.kind === 'sex' || each.kind === 'hospital'),
  )
  const label = columnWords(name, study, words, locale)
  return (
    <>
      <Checkbox
        label={t.asGroups}
        checked={isGroups}
        disabled={isLabel}
        onChange={({ currentTarget }) => onChange(withFactorOf(model, name, currentTarget.checked))}
      />
      {canBend && !isGroups && (
        <NativeSelect
          size="xs"
          aria-label={`${t.shape}: ${label}`}
          value={String(spline?.knots ?? '')}
          data={[
            { value: '', label: t.straight },
            ...KNOTS.map((knots) => ({ value: String(knots), label: t.bending(String(knots)) })),
          ]}
          onChange={({ currentTarget: { value } }) =>
            onChange(withSplineOf(model, name, value === '' ? null : Number(value)))
          }
        />
      )}
      {spline !== undefined && (
        <Reference
          label={`${t.reference}: ${label}`}
          placeholder={t.median}
          value={spline.reference}
          onChange={(reference) => onChange(withSplineOf(model, name, spline.knots, reference))}
        />
      )}
    </>
  )
}

function Reference({
  label,
  placeholder,
  value,
  onChange,
}: {
  readonly label: string
  readonly placeholder: string
  readonly value: string | null
  onChange(value: string | null): void
}) {
  const [text, setText] = useState(value ?? '')
  useEffect(() => setText(value ?? ''), [value])
  const typed = text.normalize('NFKC').trim()
  const isNumber = typed === '' || decimalText.safeParse(typed).success
  return (
    <TextInput
      size="xs"
      aria-label={label}
      placeholder={placeholder}
      inputMode="decimal"
      value={text}
      error={!isNumber}
      onChange={({ currentTarget }) => setText(currentTarget.value)}
      onBlur={() => (isNumber ? onChange(typed === '' ? null : typed) : setText(value ?? ''))}
    />
  )
}

/** Pairs whose effects depend on each other. */
export function InteractionFields({ study, model, onChange }: Props) {
  const words = useWords()
  const locale = useLocale()
  const t = words.question.model
  const { covariates, interactions } = model
  const nameOf = (name: string): string => columnWords(name, study, words, locale)
  const pairs = covariates.flatMap((one, i) =>
    covariates.slice(i + 1).flatMap((other) => {
      const isTaken = interactions.some((pair) => pair.includes(one) && pair.includes(other))
      return isTaken ? [] : [[one, other] as const]
    }),
  )
  const [chosen, setChosen] = useState('')
  const pair = pairs.find((each) => each.join(' ') === chosen) ?? pairs[0]
  if (covariates.length < 2) return null
  return (
    <fieldset className={styles.columns}>
      <legend>{t.interactions}</legend>
      <ul>
        {interactions.map(([one, other], i) => (
          <li key={`${one} ${other}`}>
            <span>
              {nameOf(one)} × {nameOf(other)}
            </span>
            <ActionIcon
              variant="subtle"
              size="sm"
              aria-label={`${t.removeInteraction}: ${nameOf(one)} × ${nameOf(other)}`}
              onClick={() => onChange(withoutInteraction(model, i))}
            >
              <IconTrash size={14} aria-hidden />
            </ActionIcon>
          </li>
        ))}
      </ul>
      {pair !== undefined && (
        <div className={styles.row}>
          <NativeSelect
            size="xs"
            aria-label={t.interactionOf}
            value={pair.join(' ')}
            data={pairs.map((each) => ({
              value: each.join(' '),
              label: `${nameOf(each[0])} × ${nameOf(each[1])}`,
            }))}
            onChange={({ currentTarget }) => setChosen(currentTarget.value)}
          />
          <Button size="xs" variant="default" onClick={() => onChange(withInteraction(model, pair))}>
            {t.addInteraction}
          </Button>
        </div>
      )}
    </fieldset>
  )
}
