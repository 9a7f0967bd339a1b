/** A field for a code of one of the lists, in both languages; what is on no list stays as it was written, and says so. */
import { useEffect } from 'react'
import type { CodeHit } from '../../../../shared/contract/codes.ts'
import { node } from '../../../lib/node.ts'
import { formatCode } from '../../../lib/format.ts'
import { Picker, type PickerOption } from '../../../ui/Picker.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import type { Picked } from './form.ts'
import { goOn } from './go-on.ts'
import { ProblemText } from './ProblemText.tsx'
import { useEntry } from './use-entry.ts'
import { useFieldProblem } from './use-field-problem.ts'
import styles from './Entry.module.css'

interface Props {
  readonly list: 'diagnosis' | 'procedure' | 'medicine' | 'department'
  readonly field: string
  readonly label: string
  readonly isLabelHidden?: boolean
  readonly placeholder?: string
  readonly picked: Picked
  readonly isCopied?: boolean
  onChange(picked: Picked, hit: CodeHit | null): void
}

const plain = (text: string) => text.normalize('NFKC').replace(/[.\s]/g, '').toUpperCase()

export function CodePicker(props: Props) {
  const t = useWords()
  const locale = useLocale()
  const problem = useFieldProblem(props.field)
  const leaveField = useEntry((entry) => entry.leaveField)
  const department = useEntry((entry) => entry.form.encounter.department.code?.code)
  const name = (hit: CodeHit) => (locale === 'zh-Hant' ? hit.zh || hit.en : hit.en)
  const search = async (text: string): Promise<readonly PickerOption<CodeHit>[]> => {
    const hits = await node.codes.search({
      list: props.list,
      text: text.slice(0, 100),
      limit: 8,
      ...(department === undefined ? {} : { department }),
    })
    return hits.map((hit) => {
      const other = locale === 'zh-Hant' ? hit.en : hit.zh
      return {
        id: `${hit.system}|${hit.code}`,
        value: hit,
        main: (
          <>
            <strong>{formatCode(hit)}</strong> {name(hit)}
          </>
        ),
        below:
          other === name(hit) ? undefined : (
            <span lang={locale === 'zh-Hant' ? 'en' : 'zh-Hant'}>{other}</span>
          ),
        ...sideOf(hit),
      }
    })
  }
  // The first question makes the list ready: it is asked before anybody types.
  useEffect(() => {
    node.codes.search({ list: props.list, text: '', limit: 1 }).catch(() => undefined)
  }, [props.list])
  /** Why it stands first; for a medicine its usual dose, which helps more. */
  function sideOf({ hint, mark }: CodeHit): { side?: string } {
    if (hint !== undefined) return { side: hint }
    return mark === undefined ? {} : { side: t.codes.marks[mark] }
  }
  const isUnlisted = props.picked.code === null && props.picked.text.trim() !== ''
  return (
    <div data-copied={props.isCopied || undefined} className={styles.code}>
      <Picker<CodeHit>
        label={props.label}
        {...(props.isLabelHidden ? { isLabelHidden: true } : {})}
        {...(props.placeholder === undefined ? {} : { placeholder: props.placeholder })}
        field={props.field}
        text={props.picked.text}
        words={{ nothing: t.entry.row.keepText(props.picked.text.trim()) }}
        error={problem ? <ProblemText problem={problem} /> : undefined}
        rightSection={undefined}
        description={undefined}
        isExact={(option, text) =>
          plain(option.value.code) === plain(text) || plain(name(option.value)) === plain(text)
        }
        search={search}
        onText={(text) => props.onChange({ text, code: null }, null)}
        onPick={(hit) =>
          props.onChange(
            {
              text: `${formatCode(hit)} ${name(hit)}`,
              code: { system: hit.system, code: hit.code, display: name(hit) },
            },
            hit,
          )
        }
        onTaken={() => goOn(props.field)}
        onBlur={() => leaveField(props.field)}
      />
      {isUnlisted && props.list !== 'department' && (
        <span className={styles.unlisted}>{t.entry.row.unlisted}</span>
      )}
    </div>
  )
}
