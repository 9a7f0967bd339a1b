/** The code lists in use with their versions: looked at and confirmed, or replaced by the hospital's own. */
import { Button, Group, Skeleton, Stack } from '@mantine/core'
import { useState } from 'react'
import type { CodeListName, CodeListsView } from '../../../shared/contract/upkeep.ts'
import { formatInstant, formatNumber } from '../../lib/format.ts'
import { useAsk } from '../../lib/live.ts'
import { node } from '../../lib/node.ts'
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
  const [problem, setProblem] = useState<string>()
  const [isImported, setImported] = useState(false)
  const view = changed ?? asked.value
  const run = (work: () => Promise<CodeListsView | null>) => {
    setProblem(undefined)
    setImported(false)
    work().then((next) => next && setChanged(next), tellFailure)
  }
  const importOwn = (list: CodeListName) =>
    run(async () => {
      const answer = await node.upkeep.importCodeList({ list })
      if (answer.kind === 'imported') {
        setImported(true)
        return answer.view
      }
      if (answer.kind === 'refused')
        setProblem(t.refusal[answer.reason] + (answer.line === null ? '' : t.line(answer.line)))
      return null
    })
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
                {mayChange && <th aria-hidden />}
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
                  {mayChange && (
                    <td className={styles.acts}>
                      {list !== 'laboratory' && (
                        <Group gap={4} justify="flex-end">
                          {own !== null && (
                            <Button
                              size="compact-sm"
                              variant="subtle"
                              onClick={() => run(() => node.upkeep.dropCodeList({ list }))}
                            >
                              {t.drop}
                            </Button>
                          )}
                          <Button
                            size="compact-sm"
                            variant="default"
                            title={t.hint}
                            aria-label={`${t.names[list]}: ${t.import}`}
                            onClick={() => importOwn(list)}
                          >
                            {t.import}
                          </Button>
                        </Group>
                      )}
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
          {mayChange && <p className="secondary">{t.hint}</p>}
          {problem && (
            <Callout tone="bad" isLive>
              {problem}
            </Callout>
          )}
          {isImported && (
            <Callout tone="plain" isLive>
              {t.imported}
            </Callout>
          )}
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
                      run(async () => (await node.upkeep.confirmCodeLists({ digest: view.digest })).view)
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
