/** The insurer's own exposure: look at a file, keep it as a version, remove versions. */
import { Button, Modal, Table } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconFileSpreadsheet } from '@tabler/icons-react'
import { useState } from 'react'
import type {
  ExposureError,
  exposures as exposuresContract,
  ExposureVersion,
} from '../../../../shared/contract/exposures.ts'
import type { Client } from '../../../../shared/contract/kit.ts'
import { formatMinute, formatNumber } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { BlockHash } from '../../../parts/BlockHash.tsx'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { OnlyAtNode, useIsAtWorkPlace } from '../../../parts/OnlyAtNode.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import styles from './Groups.module.css'

type Checked = Awaited<ReturnType<Client<typeof exposuresContract>['check']>>
/** What a file looks like; names of columns are the format's own. */
const EXAMPLE = `plan,group,ageBand,sex,month,memberMonths,premium
basic,North Works,0-34,female,2024-01,118.5,496000
basic,North Works,35-49,female,2024-01,90,412500`
const FIELDS = ['plan', 'group', 'ageBand', 'sex', 'month', 'memberMonths', 'premiumMinor'] as const

export function ExposureFiles({
  files,
  onChanged,
}: {
  readonly files: readonly ExposureVersion[]
  onChanged(): void
}) {
  const t = useWords().groups.file
  const [path, setPath] = useState<string | null>(null)
  const [checked, setChecked] = useState<Checked | null>(null)
  const [isBusy, setBusy] = useState(false)
  const isAtPlace = useIsAtWorkPlace()

  const working = (work: () => Promise<void>) => {
    setBusy(true)
    work()
      .catch(tellFailure)
      .finally(() => setBusy(false))
  }
  const choose = () =>
    working(async () => {
      const chosen = await node.exposures.chooseFile()
      if (chosen === null) return
      setPath(chosen)
      setChecked(await node.exposures.check({ path: chosen }))
    })
  const take = (hash: string) =>
    working(async () => {
      const answer = await node.exposures.take({ path: path!, hash, broughtBy: 'person' })
      if (answer.kind === 'refused') return setChecked(answer)
      if (answer.kind === 'taken') notifications.show({ message: t.taken })
      else
        notifications.show({
          color: 'red',
          message: answer.kind === 'changed' ? t.changed : t.full(String(answer.most)),
        })
      setChecked(null)
      onChanged()
    })

  return (
    <div className={`${room.stack} ${styles.page}`}>
      <OnlyAtNode />
      {!isAtPlace && (
        <Panel title={t.title}>
          <div className={room.small}>
            <p className="secondary">{t.intro}</p>
            <p className="secondary">{t.columns}</p>
            <pre className={room.mono} aria-label={t.example}>
              {EXAMPLE}
            </pre>
            <div className={room.row}>
              <Button loading={isBusy} onClick={choose}>
                {t.choose}
              </Button>
            </div>
            {checked?.kind === 'refused' && <Errors {...checked} />}
            {checked?.kind === 'read' && (
              <Read checked={checked} isBusy={isBusy} onTake={() => take(checked.summary.hash)} />
            )}
          </div>
        </Panel>
      )}
      <Panel title={t.versions}>
        {files.length === 0 ? (
          <EmptyState icon={<IconFileSpreadsheet size={28} aria-hidden />}>{t.none}</EmptyState>
        ) : (
          <ul className={styles.plain}>
            {files.map((file) => (
              <Version key={file.hash} file={file} onRemoved={onChanged} />
            ))}
          </ul>
        )}
      </Panel>
    </div>
  )
}

function Errors({ errors, errorCount, fileName }: Extract<Checked, { kind: 'refused' }>) {
  const t = useWords().groups.file
  return (
    <>
      <Callout tone="bad" title={fileName} isLive>
        {t.errors(String(errorCount))}
      </Callout>
      <div className={room.scroll}>
        <Table aria-label={t.problem}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t.line}</Table.Th>
              <Table.Th scope="col">{t.column}</Table.Th>
              <Table.Th scope="col">{t.problem}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {errors.map((error, i) => (
              <Table.Tr key={i}>
                <Table.Td>{error.line}</Table.Td>
                <Table.Td>{error.column}</Table.Td>
                <Table.Td>
                  {t.code[error.code](error.found)} {hintOf(error, t)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {errorCount > errors.length && (
        <p className="secondary">{t.more(String(errorCount - errors.length))}</p>
      )}
    </>
  )
}

function hintOf({ code, hint }: ExposureError, t: ReturnType<typeof useWords>['groups']['file']): string {
  if (hint === null) return ''
  return code === 'double-cell' ? t.firstLine(hint) : t.meant(hint)
}

function Read({
  checked: { summary, first, isKept },
  isBusy,
  onTake,
}: {
  readonly checked: Extract<Checked, { kind: 'read' }>
  readonly isBusy: boolean
  onTake(): void
}) {
  const t = useWords().groups.file
  const locale = useLocale()
  return (
    <>
      <Callout
        tone={isKept ? 'plain' : 'good'}
        title={summary.fileName}
        isLive
        action={
          isKept ? undefined : (
            <Button size="compact-sm" loading={isBusy} onClick={onTake}>
              {t.take}
            </Button>
          )
        }
      >
        <Summary {...summary} /> {isKept && t.isKept}
      </Callout>
      <div className={room.scroll}>
        <Table aria-label={t.preview}>
          <Table.Thead>
            <Table.Tr>
              {FIELDS.map((field) => (
                <Table.Th key={field} scope="col">
                  {field}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {first.map((row, i) => (
              <Table.Tr key={i}>
                {FIELDS.map((field) => {
                  const value = row[field]
                  return (
                    <Table.Td key={field}>
                      {typeof value === 'number' ? formatNumber(value, locale, 2) : value}
                    </Table.Td>
                  )
                })}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </>
  )
}

function Summary({
  rows,
  months,
  groups,
  memberMonths,
}: Pick<ExposureVersion, 'rows' | 'months' | 'groups' | 'memberMonths'>) {
  const t = useWords().groups.file
  const locale = useLocale()
  return (
    <>
      {t.summary(
        formatNumber(rows, locale),
        formatNumber(months.length, locale),
        formatNumber(groups.length, locale),
        formatNumber(memberMonths, locale),
      )}
    </>
  )
}

function Version({ file, onRemoved }: { readonly file: ExposureVersion; onRemoved(): void }) {
  const words = useWords()
  const t = words.groups.file
  const [isAsking, setAsking] = useState(false)
  const remove = () => {
    setAsking(false)
    node.exposures.remove({ hash: file.hash }).then(onRemoved, tellFailure)
  }
  return (
    <li className={styles.version}>
      <div className={room.small}>
        <div>{file.fileName}</div>
        <div className="secondary">
          <Summary {...file} /> {t.importedAt(formatMinute(file.importedAt))} · <BlockHash hash={file.hash} />
        </div>
        {file.broughtBy === 'demonstration' && <p className="secondary">{t.ofDemonstration}</p>}
      </div>
      <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
        {t.remove}
      </Button>
      <Modal opened={isAsking} onClose={() => setAsking(false)} title={t.removeTitle}>
        <div className={room.small}>
          <p className={room.said}>{t.removeText(file.fileName)}</p>
          <div className={room.row}>
            <Button color="red" onClick={remove}>
              {t.remove}
            </Button>
            <Button variant="default" onClick={() => setAsking(false)}>
              {words.shell.cancel}
            </Button>
          </div>
        </div>
      </Modal>
    </li>
  )
}
