/** Importing a list: a file, what its columns are, what would change, and keeping it. */
import { Button, Loader, NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import {
  codeListName,
  type CodeFilePreview,
  type CodeFileRefusal,
  type CodeListName,
  type ColumnMap,
  type ColumnRole,
} from '../../../../shared/contract/codes.ts'
import { formatDay } from '../../../../shared/domain/dates.ts'
import { node } from '../../../lib/node.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { readDay } from '../../../parts/typed-date.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { Changes } from './Changes.tsx'
import { FileRows } from './FileRows.tsx'
import styles from './Codes.module.css'
import { todayAtFacility } from '../../../lib/facility-clock.ts'

/** What is known of the chosen file: its rows, and what it would change as soon as its columns are known. */
interface Looked {
  readonly path: string
  readonly headings: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly columns: ColumnMap
  readonly preview: CodeFilePreview | null
}

type Trouble = CodeFileRefusal | 'changed'

export function ImportList() {
  const t = useWords().codes
  const [list, setList] = useState<CodeListName>('diagnosis')
  const [looked, setLooked] = useState<Looked>()
  const [trouble, setTrouble] = useState<Trouble>()
  const [isReading, setReading] = useState(false)
  const [keptList, setKeptList] = useState<CodeListName>()
  const [edition, setEdition] = useState('')
  const [system, setSystem] = useState('')
  const [from, setFrom] = useState(() => formatDay(todayAtFacility()))
  const day = readDay(from, todayAtFacility())

  const look = async (asked: CodeListName, path?: string, columns?: ColumnMap) => {
    setReading(true)
    setTrouble(undefined)
    setKeptList(undefined)
    try {
      const answer = await node.codes.previewFile({
        list: asked,
        ...(path === undefined ? {} : { path }),
        ...(columns === undefined ? {} : { columns }),
      })
      if (answer.kind === 'preview') {
        const { preview } = answer
        setLooked({ ...preview, preview })
        if (columns === undefined) setEdition(preview.edition)
        setSystem(preview.system)
      } else if (answer.kind === 'columns') setLooked({ ...answer, columns: columns ?? {}, preview: null })
      else if (answer.kind === 'refused') {
        setTrouble(answer.reason)
        if (columns === undefined) setLooked(undefined)
      }
    } catch (error) {
      tellFailure(error)
    } finally {
      setReading(false)
    }
  }
  const keep = async (preview: CodeFilePreview) => {
    if (!day) return
    setReading(true)
    setTrouble(undefined)
    try {
      const { path, columns, hash } = looked?.preview ?? preview
      const answer = await node.codes.importFile({
        list,
        path,
        columns,
        edition,
        system,
        from: day,
        hash: await hashFor(hash),
      })
      if (answer.kind === 'imported') {
        setKeptList(list)
        setLooked(undefined)
      } else setTrouble(answer.kind === 'changed' ? 'changed' : answer.reason)
    } catch (error) {
      tellFailure(error)
    } finally {
      setReading(false)
    }
  }
  /** Another code system is another content: its hash is asked again. */
  const hashFor = async (hash: string): Promise<string> => {
    if (!looked?.preview || system === looked.preview.system) return hash
    const { path, columns } = looked.preview
    const answer = await node.codes.previewFile({ list, path, columns, system })
    return answer.kind === 'preview' ? answer.preview.hash : hash
  }
  const setRole = (at: number, role: ColumnRole | null) => {
    if (!looked) return
    const columns: ColumnMap = {}
    for (const [each, column] of Object.entries(looked.columns) as [ColumnRole, number][])
      if (column !== at && each !== role) columns[each] = column
    if (role !== null) columns[role] = at
    void look(list, looked.path, columns)
  }
  const preview = looked?.preview
  return (
    <div className={styles.stack}>
      <Panel title={t.importTitle} side={isReading && <Loader size="xs" aria-label={t.reading} />}>
        <div className={styles.stack}>
          <p className="secondary">{t.importWhat}</p>
          <div className={styles.fields}>
            <NativeSelect
              className={styles.narrow}
              label={t.list}
              value={list}
              data-autofocus
              data={codeListName.options.map((value) => ({ value, label: t.names[value] }))}
              onChange={(event) => {
                const next = event.currentTarget.value as CodeListName
                setList(next)
                if (looked) void look(next, looked.path)
              }}
            />
            <div style={{ alignSelf: 'end' }}>
              <Button
                variant={looked ? 'default' : 'filled'}
                disabled={isReading}
                onClick={() => void look(list)}
              >
                {looked ? t.another : t.choose}
              </Button>
            </div>
          </div>
          {trouble && (
            <Callout tone="bad" isLive>
              {trouble === 'changed' ? t.fileChanged : t.refusal[trouble]}
            </Callout>
          )}
          {keptList && (
            <Callout tone="good" isLive>
              {t.kept(t.names[keptList])}
            </Callout>
          )}
        </div>
      </Panel>
      {looked && (
        <Panel title={t.columnsTitle}>
          <FileRows
            headings={looked.headings}
            rows={looked.rows}
            columns={looked.columns}
            isIncomplete={preview === null}
            onRole={setRole}
          />
        </Panel>
      )}
      {preview && (
        <Panel title={t.changesTitle}>
          <div className={styles.stack}>
            <Changes preview={preview} />
            <div className={styles.fields}>
              <TextInput
                label={t.editionName}
                description={t.editionNameHint}
                value={edition}
                maxLength={100}
                onChange={(event) => setEdition(event.currentTarget.value)}
              />
              <TextInput
                label={t.system}
                description={t.systemHint}
                value={system}
                maxLength={200}
                spellCheck={false}
                onChange={(event) => setSystem(event.currentTarget.value)}
              />
              <TextInput
                className={styles.narrow}
                label={t.from}
                description={' '}
                value={from}
                error={day === null || day === '' ? t.dayNotUnderstood : undefined}
                onChange={(event) => setFrom(event.currentTarget.value)}
              />
            </div>
            <div className={styles.buttons}>
              <Button
                loading={isReading}
                disabled={preview.codeCount === 0 || !day || system.trim() === ''}
                onClick={() => void keep(preview)}
              >
                {t.keep}
              </Button>
            </div>
          </div>
        </Panel>
      )}
    </div>
  )
}
