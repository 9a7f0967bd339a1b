/** A field for a code of one list, in both languages. */
import { useState } from 'react'
import type { CodedList, CodeHit } from '../../../../shared/contract/codes.ts'
import { formatCode } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { useHitName, useHitOption } from '../../../parts/code-hit.tsx'
import { Picker } from '../../../ui/Picker.tsx'
import { useWords } from '../../../words/catalogue.ts'

interface Props {
  readonly list: CodedList
  readonly label: string
  readonly field: string
  readonly picked: CodeHit | null
  readonly isAutoFocused?: boolean
  onPick(hit: CodeHit | null): void
  onTaken?(): void
}

export function CodeField({ list, label, field, picked, isAutoFocused, onPick, onTaken }: Props) {
  const t = useWords().codes
  const nameOf = useHitName()
  const option = useHitOption()
  const shown = (hit: CodeHit) => `${formatCode(hit)} ${nameOf(hit)}`
  const [text, setText] = useState(picked === null ? '' : shown(picked))
  const search = async (typed: string) => {
    const hits = await node.codes.search({ list, text: typed.slice(0, 100), limit: 8 })
    return hits.map((hit) => ({
      ...option(hit),
      ...(hit.mark === undefined ? {} : { side: t.marks[hit.mark] }),
    }))
  }
  return (
    <Picker<CodeHit>
      label={label}
      field={field}
      placeholder={t.pickedPlaceholder}
      text={text}
      words={{ nothing: t.nothingFound(text.trim()) }}
      {...(isAutoFocused ? { isAutoFocused } : {})}
      search={search}
      onText={(typed) => {
        setText(typed)
        onPick(null)
      }}
      onPick={(hit) => {
        setText(shown(hit))
        onPick(hit)
      }}
      {...(onTaken === undefined ? {} : { onTaken })}
    />
  )
}
