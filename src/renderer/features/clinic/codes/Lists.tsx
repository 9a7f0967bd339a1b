/** The lists in use with edition and hash, and the kept editions of one of them: put in use from a day, or removed. */
import { Button, Skeleton, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { CodeListEdition, CodeListName, CodeListUse } from '../../../../shared/contract/codes.ts'
import { formatDay } from '../../../../shared/domain/dates.ts'
import { formatInstant, formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { BlockHash } from '../../../parts/BlockHash.tsx'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { readDay } from '../../../parts/typed-date.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords, type Words } from '../../../words/catalogue.ts'
import styles from './Codes.module.css'
import { todayAtFacility } from '../../../lib/facility-clock.ts'

export const editionName = (edition: CodeListEdition, t: Words['codes']): string =>
  edition.isBuiltIn ? t.builtIn(edition.edition) : edition.edition === '' ? edition.source : edition.edition

export function Lists({ mayChange }: { readonly mayChange: boolean }) {
  const t = useWords().codes
  const locale = useLocale()
  const asked = useAsk(() => node.codes.lists(), [])
  const [changed, setChanged] = useState<CodeListUse[]>()
  const [chosen, setChosen] = useState<CodeListName>('diagnosis')
  const lists = changed ?? asked.value
  if (!lists) return <Skeleton height={320} />
  const use = lists.find(({ list }) => list === chosen)
  return (
    <div className={styles.stack}>
      <Panel title={t.tabs.lists}>
        <p className="secondary">{t.listsWhat}</p>
        <div className={styles.scroll}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t.list}</th>
                <th scope="col">{t.edition}</th>
                <th scope="col" className={styles.number}>
                  {t.count}
                </th>
                <th scope="col">{t.hash}</th>
                <th scope="col">{t.inUseFrom}</th>
                <th aria-hidden />
              </tr>
            </thead>
            <tbody>
              {lists.map(({ list, inUse, inUseFrom, next, editions, localCount }) => {
                const coming = next && editions.find(({ hash }) => hash === next.hash)
                return (
                  <tr key={list} data-testid={`list-${list}`} data-chosen={list === chosen || undefined}>
                    <th scope="row">{t.names[list]}</th>
                    <td>
                      {editionName(inUse, t)}
                      {!inUse.isBuiltIn && (
                        <div className="secondary">
                          {t.importedBy(inUse.source, inUse.importedBy, formatInstant(inUse.importedAt ?? 0))}
                        </div>
                      )}
                      {coming && next && <div>{t.next(editionName(coming, t), next.from)}</div>}
                    </td>
                    <td className={styles.number}>
                      {formatNumber(inUse.codeCount, locale)}
                      {localCount > 0 && (
                        <div className="secondary">{t.plusLocal(formatNumber(localCount, locale))}</div>
                      )}
                    </td>
                    <td>
                      <BlockHash hash={inUse.hash} each={8} />
                    </td>
                    <td className={styles.plain}>{inUseFrom ?? t.alwaysThere}</td>
                    <td className={styles.acts}>
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={t.editionsOf(t.names[list])}
                        aria-pressed={list === chosen}
                        onClick={() => setChosen(list)}
                      >
                        {t.editions}
                      </Button>
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      </Panel>
      {use && <Editions key={use.list} use={use} mayChange={mayChange} onChanged={setChanged} />}
    </div>
  )
}

interface EditionsProps {
  readonly use: CodeListUse
  readonly mayChange: boolean
  onChanged(lists: CodeListUse[]): void
}

function Editions({ use, mayChange, onChanged }: EditionsProps) {
  const t = useWords().codes
  const locale = useLocale()
  const [from, setFrom] = useState(() => formatDay(todayAtFacility()))
  const [isDone, setDone] = useState(false)
  const day = readDay(from, todayAtFacility())
  const run = (work: Promise<CodeListUse[]>) =>
    work.then((lists) => {
      onChanged(lists)
      setDone(true)
    }, tellFailure)
  return (
    <Panel title={t.editionsTitle(t.names[use.list])}>
      <div className={styles.stack}>
        <div className={styles.scroll}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t.edition}</th>
                <th scope="col" className={styles.number}>
                  {t.count}
                </th>
                <th scope="col">{t.hash}</th>
                <th aria-hidden />
              </tr>
            </thead>
            <tbody>
              {use.editions.map((edition) => {
                const isInUse = edition.hash === use.inUse.hash
                const name = editionName(edition, t)
                return (
                  <tr key={edition.hash} data-testid="edition">
                    <th scope="row">
                      {name}
                      {!edition.isBuiltIn && (
                        <div className="secondary">
                          {t.importedBy(
                            edition.source,
                            edition.importedBy,
                            formatInstant(edition.importedAt ?? 0),
                          )}
                        </div>
                      )}
                    </th>
                    <td className={styles.number}>{formatNumber(edition.codeCount, locale)}</td>
                    <td className={`mono ${styles.hash}`}>{edition.hash}</td>
                    <td className={styles.acts}>
                      {isInUse ? (
                        <strong>{t.inUse}</strong>
                      ) : (
                        mayChange && (
                          <div className={styles.buttons}>
                            <Button
                              size="compact-sm"
                              variant="default"
                              disabled={!day}
                              aria-label={t.useThis(name)}
                              onClick={() =>
                                day &&
                                run(
                                  node.codes.putInUse({
                                    list: use.list,
                                    hash: edition.isBuiltIn ? null : edition.hash,
                                    from: day,
                                  }),
                                )
                              }
                            >
                              {t.use}
                            </Button>
                            {!edition.isBuiltIn && edition.hash !== use.next?.hash && (
                              <Button
                                size="compact-sm"
                                variant="subtle"
                                aria-label={t.removeThis(name)}
                                onClick={() =>
                                  run(node.codes.removeEdition({ list: use.list, hash: edition.hash }))
                                }
                              >
                                {t.remove}
                              </Button>
                            )}
                          </div>
                        )
                      )}
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
        {mayChange && use.editions.length > 1 && (
          <div className={styles.fields}>
            <TextInput
              className={styles.narrow}
              label={t.from}
              value={from}
              error={day === null || day === '' ? t.dayNotUnderstood : undefined}
              onChange={(event) => setFrom(event.currentTarget.value)}
            />
          </div>
        )}
        {isDone && (
          <Callout tone="good" isLive>
            {t.used}
          </Callout>
        )}
      </div>
    </Panel>
  )
}
