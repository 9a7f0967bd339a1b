/** How often: typed as hospitals write it (`bid`, `q8h`, `tid ac`) or found by words; what is neither stays as it is written. */
import type { FrequencyParts } from '../../../../shared/domain/dosing.ts'
import { sayFrequency, sayParts } from '../../../parts/dosing-words.ts'
import { Picker } from '../../../ui/Picker.tsx'
import { catalogue, useWords } from '../../../words/catalogue.ts'
import { searchFrequencies } from './frequency-search.ts'
import { goOn } from './go-on.ts'
import { ProblemText } from './ProblemText.tsx'
import { useEntry } from './use-entry.ts'
import { useFieldProblem } from './use-field-problem.ts'
import styles from './Entry.module.css'

interface Props {
  readonly field: string
  readonly label: string
  readonly value: string
  readonly isCopied: boolean
  onChange(value: string): void
}

export function FrequencyField({ field, label, value, isCopied, onChange }: Props) {
  const t = useWords()
  const problem = useFieldProblem(field)
  const leaveField = useEntry((entry) => entry.leaveField)
  const languages = [t.clinical, catalogue.en.clinical, catalogue['zh-Hant'].clinical]
  return (
    <div
      className={styles.code}
      data-copied={isCopied || undefined}
      title={value === '' ? undefined : sayFrequency(value, t.clinical)}
    >
      <Picker<FrequencyParts>
        label={label}
        isLabelHidden
        placeholder={t.entry.medicines.frequencyHint}
        field={field}
        text={value}
        words={{ nothing: t.entry.row.keepText(value.trim()) }}
        error={problem ? <ProblemText problem={problem} /> : undefined}
        isExact={(option, text) => option.value.code === text.trim().toLowerCase()}
        search={(text) =>
          Promise.resolve(
            searchFrequencies(text, languages, ROWS).map((parts) => ({
              id: parts.code,
              value: parts,
              main: <strong>{parts.code}</strong>,
              below: sayParts(parts, t.clinical),
            })),
          )
        }
        onText={onChange}
        onPick={(parts) => onChange(parts.code)}
        onTaken={() => goOn(field)}
        onBlur={() => leaveField(field)}
      />
    </div>
  )
}

const ROWS = 12
