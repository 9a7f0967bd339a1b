/** Parameters of one step. Lists of statuses and tests are changed in the pipeline's text. */
import { Checkbox, NativeSelect, NumberInput } from '@mantine/core'
import type { CleaningStep } from '../../../shared/domain/cleaning.ts'
import { labTestByKey } from '../../../shared/domain/lab-tests.ts'
import { useLocale, useWords, type Words } from '../../words/catalogue.ts'
import styles from './StepList.module.css'

interface Props {
  readonly step: CleaningStep
  onChange(step: CleaningStep): void
}

type FieldName = Exclude<keyof Words['cleaning']['fields'], 'maxGap'>

/** `whole`: days and counts; `decimal`: kept as text, since it is hashed; `?`: empty means none. */
type Kind = 'yes' | 'whole' | 'whole?' | 'decimal' | readonly string[]

const FIELDS: { readonly [Name in CleaningStep['step']]: readonly (readonly [FieldName, Kind])[] } = {
  'select-version': [],
  'normalise-text': [
    ['isLetterORepaired', 'yes'],
    ['areDigitsFolded', 'yes'],
  ],
  'link-persons': [
    ['sharedResults', 'whole'],
    ['linkFromBits', 'decimal'],
    ['reviewFromBits', 'decimal'],
  ],
  deduplicate: [
    ['isExactMerged', 'yes'],
    ['nearDays', 'whole?'],
    ['sharedItems', 'whole'],
    ['transferDays', 'whole?'],
  ],
  'harmonise-units': [
    ['isGuessed', 'yes'],
    ['isHeldAgainstOwn', 'yes'],
  ],
  'range-rule': [
    ['impossible', ['missing', 'flag']],
    ['unusual', ['missing', 'flag']],
  ],
  outlier: [
    ['action', ['flag', 'missing', 'winsorise']],
    ['cut', 'decimal'],
    ['jump', 'decimal'],
    ['ownValues', 'whole'],
    ['tail', 'decimal'],
  ],
  'date-rules': [
    ['isBirthRepaired', 'yes'],
    ['isSexByMost', 'yes'],
    ['areImpossibleMissing', 'yes'],
  ],
  'carry-forward': [],
  missingness: [['isTested', 'yes']],
  'group-codes': [
    ['charlson', ['none', 'charlson1987', 'quan2011']],
    ['elixhauser', ['none', 'vanWalraven2009', 'swiss2021']],
    ['lookBackDays', 'whole?'],
  ],
}

/** The grammar's own limits, so that a field cannot hold what it refuses. */
const LIMITS: Partial<Record<FieldName, readonly [least: number, most: number]>> = {
  sharedResults: [2, 50],
  nearDays: [0, 7],
  sharedItems: [1, 50],
  transferDays: [0, 7],
  ownValues: [3, 50],
  lookBackDays: [1, 36_525],
  tail: [0.001, 0.24],
}

const BITS = [0.1, 1_000] as const
const WHOLE = [0, 1_000] as const

export function StepFields({ step, onChange }: Props) {
  const t = useWords().cleaning
  const locale = useLocale()
  const values = step as unknown as Readonly<Record<string, unknown>>
  const set = (name: string, value: unknown) =>
    onChange({ ...values, [name]: value } as unknown as CleaningStep)
  return (
    <div className={styles.fields}>
      {FIELDS[step.step].map(([name, kind]) => {
        const label = t.fields[name]
        const value = values[name]
        if (kind === 'yes')
          return (
            <Checkbox
              key={name}
              label={label}
              checked={value as boolean}
              onChange={({ currentTarget }) => set(name, currentTarget.checked)}
            />
          )
        if (typeof kind !== 'string')
          return (
            <NativeSelect
              key={name}
              label={label}
              className={styles.choice}
              value={(value as string | null) ?? 'none'}
              data={kind.map((each) => ({ value: each, label: t.choices[each as keyof typeof t.choices] }))}
              onChange={({ currentTarget }) =>
                set(name, currentTarget.value === 'none' ? null : currentTarget.value)
              }
            />
          )
        const [least, most] = LIMITS[name] ?? (kind === 'decimal' ? BITS : WHOLE)
        return (
          <NumberInput
            key={name}
            label={label}
            className={styles.number}
            min={least}
            max={most}
            clampBehavior="strict"
            allowNegative={false}
            allowDecimal={kind === 'decimal'}
            hideControls
            value={kind === 'decimal' ? Number(value) : ((value as number | null) ?? '')}
            onChange={(next) => {
              const number = next === '' ? null : Number(next)
              if (number === null) return kind === 'whole?' ? set(name, null) : undefined
              if (Number.isNaN(number) || number < least) return
              set(name, kind === 'decimal' ? String(number) : number)
            }}
          />
        )
      })}
      {step.step === 'carry-forward' &&
        Object.entries(step.maxGapDays).map(([key, days]) => {
          const test = labTestByKey(key)
          return (
            <NumberInput
              key={key}
              label={t.fields.maxGap(test === null ? key : locale === 'en' ? test.en : test.zh)}
              className={styles.number}
              min={1}
              max={36_525}
              clampBehavior="strict"
              allowNegative={false}
              allowDecimal={false}
              hideControls
              value={days}
              onChange={(next) => {
                const number = Number(next)
                if (next === '' || !(number >= 1)) return
                onChange({ ...step, maxGapDays: { ...step.maxGapDays, [key]: number } })
              }}
            />
          )
        })}
    </div>
  )
}
