/** What a model does with rows without a value: leaves them out, or fills them in several times. */
import { NativeSelect, NumberInput } from '@mantine/core'
import { USUAL_IMPUTATION, type StudyModel } from '../../../../shared/domain/study.ts'
import { useWords } from '../../../words/catalogue.ts'
import { withImputation } from './interval-form.ts'
import styles from './Question.module.css'

/** As `imputationSettings` has them. */
const LIMITS = { sets: [2, 100], rounds: [1, 50], donors: [1, 20] } as const
const PARTS = ['sets', 'rounds', 'donors'] as const

export function GapFields({
  model,
  onChange,
}: {
  readonly model: StudyModel
  onChange(model: StudyModel): void
}) {
  const t = useWords().question.model
  const { imputation } = model
  return (
    <div>
      <div className={styles.row}>
        <NativeSelect
          label={t.gaps}
          value={imputation === undefined ? 'out' : 'filled'}
          data={(['out', 'filled'] as const).map((value) => ({ value, label: t.gapsWords[value] }))}
          onChange={({ currentTarget }) =>
            onChange(withImputation(model, currentTarget.value === 'filled' ? USUAL_IMPUTATION : null))
          }
        />
        {imputation !== undefined &&
          PARTS.map((part) => (
            <NumberInput
              key={part}
              label={t[part]}
              min={LIMITS[part][0]}
              max={LIMITS[part][1]}
              clampBehavior="strict"
              allowDecimal={false}
              value={imputation[part]}
              onChange={(value) => {
                const [least, most] = LIMITS[part]
                const count = Number(value)
                if (value !== '' && count >= least && count <= most)
                  onChange(withImputation(model, { ...imputation, [part]: count }))
              }}
            />
          ))}
      </div>
      {imputation !== undefined && <p className="secondary">{t.gapsNote}</p>}
    </div>
  )
}
