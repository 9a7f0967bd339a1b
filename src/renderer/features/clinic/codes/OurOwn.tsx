/** What this hospital adds to the lists: its own codes, words that it has learnt, its map, and the pins of this person. */
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import { codeListName, type CodeListName, type HospitalCodes } from '../../../../shared/contract/codes.ts'
import { formatCode } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { FindAndPin } from './FindAndPin.tsx'
import { SourceMap } from './SourceMap.tsx'
import styles from './Codes.module.css'

interface PartProps {
  readonly hospital: HospitalCodes
  readonly mayChange: boolean
  onChanged(hospital: HospitalCodes): void
}

export function OurOwn({ mayChange }: { readonly mayChange: boolean }) {
  const asked = useAsk(() => node.codes.hospital(), [])
  const [changed, setChanged] = useState<HospitalCodes>()
  const hospital = changed ?? asked.value
  if (!hospital) return null
  return (
    <div className={styles.pair}>
      <div className={styles.stack}>
        <FindAndPin />
        <SourceMap hospital={hospital} mayChange={mayChange} onChanged={setChanged} />
      </div>
      <div className={styles.stack}>
        <LocalCodes hospital={hospital} mayChange={mayChange} onChanged={setChanged} />
        <Learnt hospital={hospital} onChanged={setChanged} />
      </div>
    </div>
  )
}

function LocalCodes({ hospital, mayChange, onChanged }: PartProps) {
  const t = useWords().codes
  const [list, setList] = useState<CodeListName>('procedure')
  const [code, setCode] = useState('')
  const [en, setEn] = useState('')
  const [zh, setZh] = useState('')
  const [refused, setRefused] = useState<keyof typeof t.localRefused>()
  const isWhole = code.trim() !== '' && (en.trim() !== '' || zh.trim() !== '')
  const add = async () => {
    const names = [en.trim() || zh.trim(), zh.trim() || en.trim()] as const
    const answer = await node.codes.addLocal({ list, code: code.trim(), en: names[0], zh: names[1] })
    setRefused(answer.kind === 'refused' ? answer.reason : undefined)
    if (answer.kind === 'refused') return
    onChanged(answer.hospital)
    setCode('')
    setEn('')
    setZh('')
  }
  return (
    <Panel title={t.localTitle}>
      <div className={styles.stack}>
        <p className="secondary">
          {hospital.local.length === 0 ? `${t.localWhat} ${t.localNone}` : t.localWhat}
        </p>
        {hospital.local.length > 0 && (
          <table className={styles.table}>
            <tbody>
              {hospital.local.map((each) => (
                <tr key={`${each.list}|${each.code}`} data-testid="local-code">
                  <th scope="row">
                    <strong>{each.code}</strong>
                    <div className="secondary">{t.names[each.list]}</div>
                  </th>
                  <td>
                    {each.en}
                    {each.zh !== each.en && <div lang="zh-Hant">{each.zh}</div>}
                  </td>
                  {mayChange && (
                    <td className={styles.acts}>
                      <Button
                        size="compact-sm"
                        variant="subtle"
                        aria-label={t.removeThis(each.code)}
                        onClick={() =>
                          node.codes
                            .removeLocal({ list: each.list, code: each.code })
                            .then(onChanged, tellFailure)
                        }
                      >
                        {t.remove}
                      </Button>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {mayChange && (
          <form
            className={styles.stack}
            onSubmit={(event) => {
              event.preventDefault()
              if (isWhole) void add().catch(tellFailure)
            }}
          >
            <div className={styles.fields}>
              <NativeSelect
                className={styles.narrow}
                label={t.list}
                value={list}
                data={codeListName.options.map((value) => ({ value, label: t.names[value] }))}
                onChange={(event) => setList(event.currentTarget.value as CodeListName)}
              />
              <TextInput
                className={styles.narrow}
                label={t.localCode}
                value={code}
                maxLength={32}
                error={refused && t.localRefused[refused]}
                onChange={(event) => setCode(event.currentTarget.value)}
              />
              <TextInput
                label={t.localEn}
                value={en}
                maxLength={300}
                onChange={(event) => setEn(event.currentTarget.value)}
              />
              <TextInput
                label={t.localZh}
                value={zh}
                maxLength={300}
                onChange={(event) => setZh(event.currentTarget.value)}
              />
            </div>
            <div className={styles.buttons}>
              <Button type="submit" variant="default" disabled={!isWhole}>
                {t.add}
              </Button>
            </div>
          </form>
        )}
      </div>
    </Panel>
  )
}

function Learnt({ hospital, onChanged }: Omit<PartProps, 'mayChange'>) {
  const t = useWords().codes
  return (
    <Panel title={t.learntTitle}>
      <div className={styles.stack}>
        <p className="secondary">{t.learntWhat}</p>
        {hospital.learnt.length === 0 ? (
          <p>{t.learntNone}</p>
        ) : (
          <table className={styles.table}>
            <tbody>
              {hospital.learnt.slice(0, 200).map(({ list, text, target }) => (
                <tr key={`${list}|${text}`} data-testid="learnt">
                  <th scope="row">
                    {text}
                    <div className="secondary">{t.names[list]}</div>
                  </th>
                  <td>
                    <strong>{formatCode(target)}</strong> {target.display}
                  </td>
                  <td className={styles.acts}>
                    <Button
                      size="compact-sm"
                      variant="subtle"
                      aria-label={t.forgetThis(text)}
                      onClick={() => node.codes.forgetLearnt({ list, text }).then(onChanged, tellFailure)}
                    >
                      {t.forget}
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </Panel>
  )
}
