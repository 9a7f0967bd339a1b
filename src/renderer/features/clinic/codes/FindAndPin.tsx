/** Finding a code of any list, and pinning it for the pickers of this person. */
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import { codeListName, type CodeListName } from '../../../../shared/contract/codes.ts'
import { formatCode } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { useHitName } from '../../../parts/code-hit.tsx'
import styles from './Codes.module.css'

export function FindAndPin() {
  const t = useWords().codes
  const locale = useLocale()
  const nameOf = useHitName()
  const [list, setList] = useState<CodeListName>('diagnosis')
  const [text, setText] = useState('')
  const found = useAsk(() => node.codes.search({ list, text: text.slice(0, 100), limit: 8 }), [list, text])
  const hits = found.value ?? []
  return (
    <Panel title={t.findTitle}>
      <div className={styles.stack}>
        <p className="secondary">{t.findWhat}</p>
        <div className={styles.fields}>
          <NativeSelect
            className={styles.narrow}
            label={t.list}
            value={list}
            data={codeListName.options.map((value) => ({ value, label: t.names[value] }))}
            onChange={(event) => setList(event.currentTarget.value as CodeListName)}
          />
          <TextInput
            label={t.find}
            placeholder={t.pickedPlaceholder}
            value={text}
            maxLength={100}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </div>
        {hits.length === 0 ? (
          text.trim() !== '' && !found.isAsking && <p>{t.nothingFound(text.trim())}</p>
        ) : (
          <table className={styles.table}>
            <tbody>
              {hits.map((hit) => {
                const isPinned = hit.mark === 'favourite'
                const name = nameOf(hit)
                const other = locale === 'zh-Hant' ? hit.en : hit.zh
                return (
                  <tr key={`${hit.system}|${hit.code}`} data-testid="found-code">
                    <th scope="row">
                      <strong>{formatCode(hit)}</strong>
                      {hit.mark !== undefined && <div className="secondary">{t.marks[hit.mark]}</div>}
                    </th>
                    <td>
                      {name}
                      {other !== name && (
                        <div className="secondary" lang={locale === 'zh-Hant' ? 'en' : 'zh-Hant'}>
                          {other}
                        </div>
                      )}
                    </td>
                    <td className={styles.acts}>
                      <Button
                        size="compact-sm"
                        variant={isPinned ? 'subtle' : 'default'}
                        aria-label={isPinned ? t.unpinThis(name) : t.pinThis(name)}
                        onClick={() =>
                          node.codes
                            .pin({ list, code: hit.code, isPinned: !isPinned })
                            .then(found.again, tellFailure)
                        }
                      >
                        {isPinned ? t.unpin : t.pin}
                      </Button>
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        )}
      </div>
    </Panel>
  )
}
