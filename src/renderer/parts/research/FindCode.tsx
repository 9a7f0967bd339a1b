/** A code of the lists that are in use here, found by words in either language: “type 2 diabetes” is E11. */
import { useState } from 'react'
import type { CodeHit } from '../../../shared/contract/codes.ts'
import { formatCode } from '../../lib/format.ts'
import { node } from '../../lib/node.ts'
import { Picker, type PickerOption } from '../../ui/Picker.tsx'
import { useLocale, useWords } from '../../words/catalogue.ts'

interface Props {
  readonly list: 'diagnosis' | 'procedure' | 'medicine'
  onFound(code: string): void
}

const ROWS = 8
const TEXT_MAX = 100

export function FindCode({ list, onFound }: Props) {
  const t = useWords().cohorts
  const locale = useLocale()
  const [text, setText] = useState('')
  const search = async (typed: string): Promise<readonly PickerOption<CodeHit>[]> => {
    const wanted = typed.trim().slice(0, TEXT_MAX)
    if (wanted === '') return []
    const hits = await node.codes.search({ list, text: wanted, limit: ROWS })
    return hits.map((hit) => ({
      id: `${hit.system}|${hit.code}`,
      value: hit,
      main: (
        <>
          <strong>{formatCode(hit)}</strong> {locale === 'zh-Hant' ? hit.zh || hit.en : hit.en}
        </>
      ),
    }))
  }
  return (
    <Picker<CodeHit>
      label={t.findCode}
      text={text}
      words={{ nothing: t.findCodeNothing }}
      search={search}
      onText={setText}
      onPick={({ code }) => {
        setText('')
        onFound(code)
      }}
    />
  )
}
