/** What a pasted block was understood as, line by line, before any of it is in the form. In place, never over it. */
import { Button, Checkbox, NativeSelect } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { LAB_TESTS } from '../../../../shared/domain/lab-tests.ts'
import { inOwnUnit, showUnit } from '../../../parts/units.ts'
import { Keys } from '../../../ui/Kbd.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import {
  type ColumnRole,
  fieldsOfResults,
  type PastedBlock,
  type PastedResult,
  resultsOf,
} from './paste-results.ts'
import { todayNow, useEntry } from './use-entry.ts'
import { addPastedSets, FURTHER_SETS_MAX } from './vital-sets.ts'
import styles from './Paste.module.css'

const ROLES: readonly ColumnRole[] = ['test', 'value', 'unit', 'range', 'date', 'none']

interface Props {
  readonly block: PastedBlock
  /** `isTaken`: the results are in the form now. */
  onDone(isTaken: boolean): void
}

export function PasteResults({ block: pasted, onDone }: Props) {
  const t = useWords().entry.paste
  const locale = useLocale()
  const addResults = useEntry((entry) => entry.addResults)
  const form = useEntry((entry) => entry.form)
  const [block, setBlock] = useState(pasted)
  /** What a person said of a line, against what was proposed. */
  const [said, setSaid] = useState<Readonly<Record<number, boolean>>>({})
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => button.current?.focus(), [])
  const results = resultsOf(block, todayNow())
  const isTaken = (result: PastedResult, i: number) => result.value !== '' && (said[i] ?? result.isTaken)
  const takenCount = results.filter(isTaken).length
  const leftCount = results.length - takenCount

  const { rows, sets } = fieldsOfResults(results.filter(isTaken), {
    nameOf: (test) => (locale === 'zh-Hant' ? test.zh : test.en),
    freshId: () => crypto.randomUUID(),
    admissionDay: form.encounter.day,
  })
  const { leftCount: setsLeft } = addPastedSets(form, sets, { newId: () => '', today: todayNow() })
  const take = () => {
    addResults(rows, sets)
    onDone(true)
  }

  return (
    <div
      role="group"
      aria-label={t.title}
      data-testid="paste-preview"
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation()
          onDone(false)
        }
      }}
    >
      <div className={styles.preview}>
        <h3 className={styles.title}>{t.title}</h3>
        <p className="secondary">{t.body}</p>
        <div className={styles.scroller} tabIndex={0} role="region" aria-label={t.title}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t.taken}</th>
                {block.roles.map((role, i) => (
                  <th key={i} scope="col">
                    <NativeSelect
                      size="xs"
                      aria-label={t.column(i + 1)}
                      value={role}
                      data={ROLES.map((each) => ({ value: each, label: t.roles[each] }))}
                      onChange={(event) => {
                        const chosen = event.currentTarget.value as ColumnRole
                        // One column for each role: the other one gives it up.
                        const roles = block.roles.map((each, at) =>
                          at === i ? chosen : each === chosen ? 'none' : each,
                        )
                        setBlock({ ...block, roles })
                      }}
                    />
                  </th>
                ))}
                <th scope="col">{t.understood}</th>
              </tr>
            </thead>
            <tbody>
              {results.map((result, i) => (
                <tr key={i} data-taken={isTaken(result, i) || undefined}>
                  <td>
                    <Checkbox
                      size="xs"
                      aria-label={t.takeLine(result.source)}
                      checked={isTaken(result, i)}
                      disabled={result.value === ''}
                      onChange={(event) => setSaid({ ...said, [i]: event.currentTarget.checked })}
                    />
                  </td>
                  {(block.cells[i] ?? []).map((cell, at) => (
                    <td key={at} className={block.roles[at] === 'none' ? styles.unused : undefined}>
                      {cell}
                    </td>
                  ))}
                  <td>
                    <Understood result={result} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <p role="status" className={leftCount > 0 ? styles.not : 'secondary'}>
          {t.left(leftCount)}
        </p>
        {setsLeft > 0 && (
          <p role="status" className={styles.not} data-testid="sets-left">
            {t.setsLeft(setsLeft, FURTHER_SETS_MAX + 1)}
          </p>
        )}
        <div className={styles.buttons}>
          <span className="secondary">{t.known(LAB_TESTS.length)}</span>
          <Button variant="default" onClick={() => onDone(false)} rightSection={<Keys of="Esc" />}>
            {t.cancel}
          </Button>
          <Button ref={button} onClick={take} disabled={takenCount === 0} rightSection={<Keys of="Enter" />}>
            {t.take(takenCount)}
          </Button>
        </div>
      </div>
    </div>
  )
}

function Understood({ result }: { readonly result: PastedResult }) {
  const t = useWords().entry.paste
  const locale = useLocale()
  const { test, name, value, unit, unknownUnit, day, range } = result
  if (name === '') return <span className={styles.not}>{t.noTest}</span>
  if (value === '') return <span className={styles.not}>{t.noValue}</span>
  if (test === null)
    return (
      <>
        <strong>{name}</strong>{' '}
        {value === 'positive' ? t.positive : value === 'negative' ? t.negative : value} {unit}{' '}
        {range !== '' && `(${range}) `}
        {day !== '' && `· ${day}`}{' '}
        <span className="secondary">{result.isTaken ? t.ownTest : t.maybeHeading}</span>
      </>
    )
  const own = inOwnUnit(test, value.replace(/^[<>=]+/, ''), unit)
  return (
    <>
      <strong>{locale === 'zh-Hant' ? test.zh : test.en}</strong>{' '}
      {test.unit === '' ? (value === 'positive' ? t.positive : t.negative) : `${value} ${showUnit(unit)}`}
      {own !== null && ` = ${own}`}
      {range !== '' && ` (${range})`}
      {day !== '' && ` · ${day}`}
      {unknownUnit !== '' && (
        <span className={styles.not}> {t.unknownUnit(unknownUnit, showUnit(test.unit))}</span>
      )}
    </>
  )
}
