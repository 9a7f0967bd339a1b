/** A field for a code of one of the lists, in both languages; what is on no list stays as it was written, and says so. */
import { useEffect } from 'react'
import type { CodeHit } from '../../../../shared/contract/codes.ts'
import { node } from '../../../lib/node.ts'
import { formatCode } from '../../../lib/format.ts'
import { Picker, type PickerOption } from '../../../ui/Picker.tsx'
import { useWords } from '../../../words/catalogue.ts'
import type { Picked } from './form.ts'
import { useHitName, useHitOption } from '../../../parts/code-hit.tsx'
import { useCodeNames } from '../../../parts/code-names.ts'
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
  /** Codes to show while nothing is typed. */
  readonly usual?: readonly { readonly system: string; readonly code: string }[]
  /** What of the text to look for, where the field takes more than a code. */
  wanted?(text: string): string
  /** Where to go on after a choice; to the next field otherwise. */
  onTaken?(text: string): void
  /** Runs when the field is left with a text that no code was chosen for. */
  onLeave?(text: string): void
  onChange(picked: Picked, hit: CodeHit | null, typed: string): void
}

const plain = (text: string) => text.normalize('NFKC').replace(/[.\s]/g, '').toUpperCase()

export function CodePicker(props: Props) {
  const t = useWords()
  const problem = useFieldProblem(props.field)
  const leaveField = useEntry((entry) => entry.leaveField)
  const department = useEntry((entry) => entry.form.encounter.department.code?.code)
  const name = useHitName()
  const option = useHitOption()
  const search = async (text: string): Promise<readonly PickerOption<CodeHit>[]> => {
    const wanted = (props.wanted?.(text) ?? text).slice(0, 100)
    const { usual } = props
    const question = { list: props.list, limit: ROWS, ...(department === undefined ? {} : { department }) }
    const hits =
      wanted.trim() === '' && usual !== undefined && usual.length > 0
        ? await usualFirst(question, usual)
        : await node.codes.search({ ...question, text: wanted })
    return hits.map((hit) => ({ ...option(hit), ...sideOf(hit) }))
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
  const { code: chosen } = props.picked
  const nameOf = useCodeNames(chosen === null ? [] : [chosen])
  // A code of an import may have no words, or those of another language; here they stand as they came.
  const listed = chosen === null ? undefined : nameOf(chosen)
  const otherName = listed === undefined || listed === chosen?.display ? undefined : listed
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
        description={otherName}
        isExact={(option, text) =>
          [option.value.code, name(option.value)].some(
            (each) => plain(each) === plain(props.wanted?.(text) ?? text),
          )
        }
        search={search}
        onText={(text) => props.onChange({ text, code: null }, null, text)}
        onPick={(hit) =>
          props.onChange(
            {
              text: `${formatCode(hit)} ${name(hit)}`,
              code: { system: hit.system, code: hit.code, display: name(hit) },
            },
            hit,
            props.picked.text,
          )
        }
        onTaken={() => (props.onTaken ? props.onTaken(props.picked.text) : goOn(props.field))}
        onBlur={() => {
          if (props.picked.code === null) props.onLeave?.(props.picked.text)
          leaveField(props.field)
        }}
      />
      {isUnlisted && props.list !== 'department' && (
        <span className={styles.unlisted}>{t.entry.row.unlisted}</span>
      )}
    </div>
  )
}

const ROWS = 8

/** What was used last comes first, then what the template proposes. */
async function usualFirst(
  question: { readonly list: Props['list']; readonly limit: number; readonly department?: string },
  usual: NonNullable<Props['usual']>,
): Promise<CodeHit[]> {
  const [used, named] = await Promise.all([
    node.codes.search({ ...question, text: '' }),
    node.codes.names({ codes: [...usual] }),
  ])
  const all = [...used.slice(0, 5), ...named.filter((each) => each !== null), ...used.slice(5)]
  const seen = new Set<string>()
  return all
    .filter((each) => {
      const id = `${each.system}|${each.code}`
      return !seen.has(id) && seen.add(id)
    })
    .slice(0, ROWS)
}
