/** The code lists in use with their versions: looked at and confirmed. They are changed in a room of their own. */
import { Button, Skeleton, Stack } from '@mantine/core'
import { useState } from 'react'
import type { CodeListsView } from '../../../shared/contract/upkeep.ts'
import { formatInstant, formatNumber } from '../../lib/format.ts'
import { useAsk } from '../../lib/live.ts'
import { node } from '../../lib/node.ts'
import { go } from '../../lib/router.ts'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { Callout } from '../../ui/Callout.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { useLocale, useWords } from '../../words/catalogue.ts'
import styles from './Settings.module.css'

export function CodeLists({ mayChange }: { readonly mayChange: boolean }) {
  const t = useWords().upkeep.codes
  const locale = useLocale()
  const asked = useAsk(() => node.upkeep.codeLists(), [])
  const [changed, setChanged] = useState<CodeListsView>()
  const view = changed ?? asked.value
  return (
    <Panel title={t.title}>
      {!view ? (
        <Skeleton height={480} />
      ) : (
        <Stack gap="sm">
          <table className={styles.lists}>
            <thead>
              <tr>
                <th scope="col">{t.list}</th>
                <th scope="col" className={styles.number}>
                  {t.count}
                </th>
                <th scope="col">{t.version}</th>
              </tr>
            </thead>
            <tbody>
              {view.lists.map(({ list, edition, version, codeCount, own }) => (
                <tr key={list} data-testid={`codes-${list}`}>
                  <th scope="row">
                    {t.names[list]}
                    <div className="secondary">
                      {own === null ? t.builtIn(edition) : t.own(own.source, formatInstant(own.importedAt))}
                    </div>
                  </th>
                  <td className={styles.number}>{formatNumber(codeCount, locale)}</td>
                  <td>
                    <code>{version}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <div>
            <Button variant="default" onClick={() => go('codes')}>
              {t.open}
            </Button>
          </div>
          {view.confirmed ? (
            <Callout tone="good" isLive>
              {t.confirmed(view.confirmed.personName, formatInstant(view.confirmed.at))}
            </Callout>
          ) : (
            <Callout
              tone="warn"
              action={
                mayChange && (
                  <Button
                    onClick={() =>
                      node.upkeep
                        .confirmCodeLists({ digest: view.digest })
                        .then((answer) => setChanged(answer.view), tellFailure)
                    }
                  >
                    {t.confirm}
                  </Button>
                )
              }
            >
              {view.isChangedSince ? t.changed : t.unconfirmed}
            </Callout>
          )}
        </Stack>
      )}
    </Panel>
  )
}
