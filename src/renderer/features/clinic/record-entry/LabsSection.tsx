/** Laboratory results: test, value, unit with visible conversion, specimen and result dates. */
import { Button, NativeSelect } from '@mantine/core'
import { type ClipboardEvent, useState } from 'react'
import { labTestOf, LOINC_SYSTEM, type LabTest } from '../../../../shared/domain/lab-tests.ts'
import { unitsOf } from '../../../../shared/domain/units.ts'
import { Picker } from '../../../ui/Picker.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { EntryText } from './EntryText.tsx'
import { type LabRow, isBlankRow } from './form.ts'
import { hasLabExtras, LabExtras } from './LabExtras.tsx'
import { MoreButton } from './MoreButton.tsx'
import { goOn, goToField, goToSpareRow } from './go-on.ts'
import { searchLabs } from '../../../../shared/domain/lab-search.ts'
import { type PastedBlock, readBlock } from './paste-results.ts'
import { PasteResults } from './PasteResults.tsx'
import { ProblemText } from './ProblemText.tsx'
import { RemoveButton } from './RemoveButton.tsx'
import { ColumnHeads, Section } from './Section.tsx'
import { templateOf } from './templates.ts'
import { readOwnResult } from './read-results.ts'
import { flagInRange, flagOf, readRange } from './result-range.ts'
import { parseTypedNumber, plainMoment, unitMeant } from './typed.ts'
import { inOwnUnit, showUnit } from '../../../parts/units.ts'
import { todayNow, useEntry } from './use-entry.ts'
import { useFieldProblem } from './use-field-problem.ts'
import styles from './Entry.module.css'

export function LabsSection() {
  const t = useWords().entry.labs
  const locale = useLocale()
  const ids = useEntry((entry) => entry.form.labs.map((row) => row.id).join(' '))
  const template = useEntry((entry) => entry.form.template)
  const addPanel = useEntry((entry) => entry.addPanel)
  const [block, setBlock] = useState<PastedBlock | null>(null)
  const [cameFrom, setCameFrom] = useState('')
  const onPaste = (event: ClipboardEvent<HTMLDivElement>) => {
    const pasted = readBlock(event.clipboardData.getData('text/plain'), todayNow())
    if (pasted === null) return
    event.preventDefault()
    setCameFrom((event.target as HTMLElement).dataset['field'] ?? '')
    setBlock(pasted)
  }
  return (
    <Section number={4} side={t.notice}>
      <div className={styles.panels}>
        {templateOf(template).panels.map((panel, i) => (
          <Button
            key={panel.en}
            variant="default"
            size="compact-xs"
            title={i === 0 ? 'Ctrl+L' : undefined}
            onClick={() => {
              const row = addPanel(panel)
              if (row !== null) queueMicrotask(() => goToField(`labs.${row}.value`))
            }}
          >
            {locale === 'zh-Hant' ? panel.zh : panel.en}
          </Button>
        ))}
        <span className="secondary">{t.panelHint}</span>
      </div>
      {block !== null && (
        <PasteResults
          block={block}
          onDone={(isTaken) => {
            setBlock(null)
            // Typing goes on where it was, or, when that row is filled now, in the blank one.
            queueMicrotask(() => (isTaken ? goToSpareRow('labs') : goToField(cameFrom)))
          }}
        />
      )}
      <div className={styles.labs} onPaste={onPaste}>
        <ColumnHeads of={[t.test, t.value, t.unit, t.collected, t.resulted]} hasMore />
        {ids.split(' ').map((id, i) => (
          <Lab key={id} id={id} number={i + 1} />
        ))}
      </div>
    </Section>
  )
}

function Lab({ id, number }: { readonly id: string; readonly number: number }) {
  const words = useWords()
  const t = words.entry.labs
  const locale = useLocale()
  const row = useEntry((entry) => entry.form.labs.find((each) => each.id === id))
  const admissionDay = useEntry((entry) => entry.form.encounter.day)
  const setRow = useEntry((entry) => entry.setRow)
  const leaveField = useEntry((entry) => entry.leaveField)
  const testProblem = useFieldProblem(`labs.${id}.test`)
  const [isWanted, setWanted] = useState(false)
  if (!row) return null
  const set = (patch: Partial<LabRow>) => setRow('labs', id, patch)
  const test = row.test.code ? labTestOf(row.test.code) : null
  const name = (each: LabTest) => (locale === 'zh-Hant' ? each.zh : each.en)
  const units = test ? unitsOf(test) : []
  /** A test that the table lacks is named and measured in the hospital's own words. */
  const isOwn = test === null && row.test.text.trim() !== ''
  const isBlank = isBlankRow.labs(row)
  const rowName = words.entry.row.row(words.entry.sections[3] ?? '', number)
  const isFilled = hasLabExtras(row)
  // Of a test that a panel offers can be said that it was not done.
  const isNamed = row.test.text.trim() !== ''
  const isOpen = isNamed && (isWanted || isFilled)
  const plain = (key: 'collected' | 'resulted') => (text: string) => {
    const moment = plainMoment(text, todayNow())
    if (moment !== null && moment !== text) set({ [key]: moment })
  }
  return (
    <div className={styles.row} data-row={id}>
      <Picker<LabTest>
        label={`${t.test}, ${rowName}`}
        isLabelHidden
        placeholder={t.testHint}
        field={`labs.${id}.test`}
        text={row.test.text}
        words={{ nothing: words.entry.row.keepText(row.test.text.trim()) }}
        error={testProblem ? <ProblemText problem={testProblem} /> : undefined}
        isExact={(option, text) => option.value.key.toLowerCase() === text.trim().toLowerCase()}
        search={(text) =>
          Promise.resolve(
            searchLabs(text, 8).map((each) => ({
              id: each.loinc,
              value: each,
              main: name(each),
              side: showUnit(each.unit),
              below: `${each.key} · ${each.loinc}`,
            })),
          )
        }
        onText={(text) => set({ test: { text, code: null }, isOffered: false })}
        onPick={(each) =>
          set({
            test: { text: name(each), code: { system: LOINC_SYSTEM, code: each.loinc, display: each.en } },
            unit: each.unit,
            collected: row.collected || admissionDay,
            resulted: row.resulted || admissionDay,
          })
        }
        onTaken={() => goOn(`labs.${id}.test`)}
        onBlur={() => leaveField(`labs.${id}.test`)}
      />
      {test && test.unit === '' ? (
        <NativeSelect
          aria-label={`${t.value}, ${rowName}`}
          data-field={`labs.${id}.value`}
          value={row.value}
          data={[
            { value: '', label: '' },
            { value: 'negative', label: t.negative },
            { value: 'positive', label: t.positive },
          ]}
          onChange={(event) => set({ value: event.currentTarget.value })}
        />
      ) : (
        <EntryText
          field={`labs.${id}.value`}
          label={`${t.value}, ${rowName}`}
          isLabelHidden
          value={row.value}
          hint={<LabHint test={test} row={row} />}
          // A mark was set for the number that stood here.
          onChange={(value) => set({ value, flag: '', absent: '' })}
          onLeave={(text) => {
            // `7.2mmol`: the unit goes where units are.
            const typed = parseTypedNumber(text)
            const meant = test && typed?.unitTyped !== undefined ? unitMeant(test, typed.unitTyped) : null
            if (isOwn && row.unit === '') {
              const own = readOwnResult(text, '')
              if (own.type === 'decimal' && own.unit !== undefined)
                set({ value: `${own.comparator ?? ''}${own.value}`, unit: own.unit })
            }
            if (typed && meant) set({ value: `${typed.comparator ?? ''}${typed.value}`, unit: meant })
          }}
        />
      )}
      {isOwn ? (
        <EntryText
          field={`labs.${id}.unit`}
          label={`${t.unit}, ${rowName}`}
          isLabelHidden
          value={row.unit}
          enter="skip"
          hint={row.test.code === null ? words.entry.row.unlisted : undefined}
          onChange={(unit) => set({ unit })}
        />
      ) : (
        <NativeSelect
          aria-label={`${t.unit}, ${rowName}`}
          data-field={`labs.${id}.unit`}
          data-enter="skip"
          value={row.unit}
          disabled={units.length === 0 || (units.length === 1 && units[0] === row.unit)}
          data={
            units.length === 0
              ? [{ value: '', label: '' }]
              : // A unit that the source wrote otherwise, or none at all, is shown as it is.
                (units.includes(row.unit) ? units : [...units, row.unit]).map((unit) => ({
                  value: unit,
                  label: showUnit(unit),
                }))
          }
          // The range was printed in the other unit.
          onChange={(event) => set({ unit: event.currentTarget.value, range: '' })}
        />
      )}
      <EntryText
        field={`labs.${id}.collected`}
        label={`${t.collected}, ${rowName}`}
        isLabelHidden
        value={row.collected}
        enter="skip"
        onChange={(collected) => set({ collected })}
        onLeave={plain('collected')}
      />
      <EntryText
        field={`labs.${id}.resulted`}
        label={`${t.resulted}, ${rowName}`}
        isLabelHidden
        value={row.resulted}
        enter="skip"
        onChange={(resulted) => set({ resulted })}
        onLeave={plain('resulted')}
      />
      <RemoveButton section="labs" id={id} what={row.test.text || rowName} isBlank={isBlank} />
      <MoreButton
        what={row.test.text || rowName}
        isOpen={isOpen}
        isNeeded={isNamed && !isFilled}
        onToggle={() => setWanted(!isWanted)}
      />
      {isOpen && <LabExtras row={row} rowName={rowName} set={set} />}
    </div>
  )
}

function LabHint({ test, row }: { readonly test: LabTest | null; readonly row: LabRow }) {
  const words = useWords()
  const typed = parseTypedNumber(row.value)
  if (!test || test.unit === '') return null
  const unit = (typed?.unitTyped !== undefined ? unitMeant(test, typed.unitTyped) : null) ?? row.unit
  const converted = typed ? inOwnUnit(test, typed.value, unit) : null
  const own = readRange(row.range)
  const hasOwn = row.range.trim() !== ''
  const flag = !typed
    ? undefined
    : hasOwn
      ? flagInRange(own, { type: 'decimal', value: typed.value })
      : flagOf(test, typed.value, unit)
  // The laboratory's own range stands in the row itself.
  const [low, high] = hasOwn ? [null, null] : (test.reference ?? [null, null])
  const range = low === null && high === null ? '' : `${low ?? ''}–${high ?? ''} ${showUnit(test.unit)}`
  return (
    <>
      {converted !== null && <>{words.entry.vitals.converted(converted)} </>}
      {flag !== undefined && (
        <strong className={styles.flag}>
          {flag === 'H' ? words.entry.labs.high : words.entry.labs.low}{' '}
        </strong>
      )}
      {converted === null && range}
    </>
  )
}
