/** What each column of the tables is. */
import { Button, NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { SeenTable } from '../../../../shared/contract/tables.ts'
import { labTestOf } from '../../../../shared/domain/lab-tests.ts'
import {
  dateForm,
  isDateField,
  TABLE_FIELDS,
  tableDelimiter,
  tableEncoding,
  tableKind,
  type DateForm,
  type TableColumn,
  type TableField,
  type TableLayout,
} from '../../../../shared/domain/table-mapping.ts'
import { unitsOf } from '../../../../shared/domain/units.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { reasonName } from './issue-words.ts'
import { useWizard } from './use-wizard.ts'
import {
  codeOfLoinc,
  columnsWithoutUnit,
  examplesOf,
  fileNameOf,
  tableName,
  testChoices,
  withField,
  withUsualUnits,
} from './wizard.ts'
import styles from './Wizard.module.css'

export function ColumnsStep() {
  const words = useWords()
  const t = words.tables
  const { looked, answers, look, setLayout, openDates, gaps } = useWizard()
  const [at, setAt] = useState(0)
  if (looked === null) return <p role="status">{t.looking}</p>
  const tables = looked.tables
  const table = tables[at] ?? tables[0]
  const place = tables[at] === undefined ? 0 : at
  const layout = answers.layouts[place]
  const isText = answers.encoding !== null
  const lookAgain = (form: Parameters<typeof look>[0]) =>
    look({
      ...(answers.encoding === null ? {} : { encoding: answers.encoding }),
      ...(answers.delimiter === null ? {} : { delimiter: answers.delimiter }),
      ...form,
    }).catch(tellFailure)
  const names = tables.map(tableName)
  return (
    <div className={styles.step}>
      {looked.refused.map(({ file, reason }) => (
        <Callout key={file} tone="bad" title={`${t.notReadable}: ${fileNameOf(file)}`}>
          {reasonName(reason, 'left-out', words)}
        </Callout>
      ))}
      {isText && !looked.isCertain && <Callout tone="warn">{t.encodingAsk}</Callout>}
      <div className={styles.controls}>
        {isText && (
          <>
            <NativeSelect
              label={t.encoding}
              value={answers.encoding ?? 'utf-8'}
              data={tableEncoding.options.map((value) => ({ value, label: t.encodings[value] }))}
              onChange={(event) =>
                void lookAgain({ encoding: tableEncoding.parse(event.currentTarget.value) })
              }
              data-autofocus
            />
            <NativeSelect
              label={t.delimiter}
              value={answers.delimiter ?? ','}
              data={tableDelimiter.options.map((value) => ({ value, label: t.delimiters[value] }))}
              onChange={(event) =>
                void lookAgain({ delimiter: tableDelimiter.parse(event.currentTarget.value) })
              }
            />
          </>
        )}
        {tables.length > 1 && (
          <NativeSelect
            label={t.table}
            value={String(place)}
            data={names.map((label, i) => ({ value: String(i), label }))}
            onChange={(event) => setAt(Number(event.currentTarget.value))}
          />
        )}
        {layout !== undefined && (
          <>
            <NumberInput
              label={t.headerRow}
              value={layout.headerRow}
              min={1}
              max={100}
              clampBehavior="strict"
              allowDecimal={false}
              w={110}
              onChange={(value) => {
                if (typeof value !== 'number' || value === layout.headerRow) return
                void lookAgain({
                  headerRows: answers.layouts.map((each, i) => (i === place ? value : each.headerRow)),
                })
              }}
            />
            <NativeSelect
              label={t.kind}
              value={layout.kind}
              data={tableKind.options.map((value) => ({ value, label: t.kinds[value] }))}
              onChange={(event) =>
                setLayout(place, { ...layout, kind: tableKind.parse(event.currentTarget.value) })
              }
            />
          </>
        )}
      </div>
      {table?.hazards.map(({ at: column, kind, example }) => (
        <Callout key={`${column}-${kind}`} tone="warn">
          {t.hazards[kind](layout?.columns[column]?.header ?? '', example)}
        </Callout>
      ))}
      {table !== undefined && layout !== undefined && (
        <ColumnTable key={place} table={table} layout={layout} place={place} openDates={openDates} />
      )}
      {gaps.length > 0 && (
        <ul className={styles.gaps} aria-live="polite">
          {gaps.map(({ kind, table: of, header }, i) => (
            <li key={i}>{t.gaps[kind](names[of ?? 0] ?? '', header ?? '')}</li>
          ))}
        </ul>
      )}
    </div>
  )
}

interface ColumnTableProps {
  readonly table: SeenTable
  readonly layout: TableLayout
  readonly place: number
  readonly openDates: ReadonlySet<string>
}

function ColumnTable({ table, layout, place, openDates }: ColumnTableProps) {
  const t = useWords().tables
  const setLayout = useWizard((state) => state.setLayout)
  const answerDate = useWizard((state) => state.answerDate)
  const fields = useFieldChoices()
  const setColumn = (at: number, column: TableColumn) =>
    setLayout(place, { ...layout, columns: layout.columns.map((each, i) => (i === at ? column : each)) })
  const bare = columnsWithoutUnit(layout)
  return (
    <>
      <div className={styles.scroll}>
        <table className={styles.columns}>
          <thead>
            <tr>
              <th scope="col">{t.column}</th>
              <th scope="col">{t.examples}</th>
              <th scope="col">{t.means}</th>
              <th scope="col">{t.form}</th>
            </tr>
          </thead>
          <tbody>
            {layout.columns.map((column, at) => (
              <tr key={at} data-quiet={column.field === 'ignore' || undefined}>
                <th scope="row">{column.header}</th>
                <td className={styles.examples}>{examplesOf(table, at)}</td>
                <td>
                  <NativeSelect
                    size="xs"
                    aria-label={t.meansOf(column.header)}
                    value={column.field}
                    data={fields}
                    onChange={(event) =>
                      setColumn(
                        at,
                        withField(
                          column,
                          event.currentTarget.value as TableField,
                          table.proposed.columns[at],
                        ),
                      )
                    }
                  />
                </td>
                <td>
                  {isDateField(column.field) && (
                    <DateChoice
                      column={column}
                      isOpen={openDates.has(`${place}:${at}`)}
                      onChoose={(date) => {
                        answerDate(place, at)
                        setColumn(at, { ...column, date })
                      }}
                    />
                  )}
                  {column.field === 'test' && (
                    <TestChoice column={column} onChange={(changed) => setColumn(at, changed)} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {bare.length > 0 && (
        <div className={styles.usual}>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => setLayout(place, withUsualUnits(layout))}
          >
            {t.usualUnits}
          </Button>
          <span className="secondary">{t.usualUnitsHint}</span>
        </div>
      )}
    </>
  )
}

function DateChoice({
  column,
  isOpen,
  onChoose,
}: {
  readonly column: TableColumn
  readonly isOpen: boolean
  onChoose(date: DateForm): void
}) {
  const t = useWords().tables
  return (
    <NativeSelect
      size="xs"
      aria-label={t.dateOf(column.header)}
      value={column.date ?? ''}
      error={isOpen ? t.ambiguous : undefined}
      data={[
        ...(column.date === undefined ? [{ value: '', label: t.chooseDate }] : []),
        ...dateForm.options.map((value) => ({ value, label: t.dates[value] })),
      ]}
      onChange={(event) => onChoose(dateForm.parse(event.currentTarget.value))}
    />
  )
}

function TestChoice({
  column,
  onChange,
}: {
  readonly column: TableColumn
  onChange(column: TableColumn): void
}) {
  const t = useWords().tables
  const locale = useLocale()
  const choices = useMemo(() => testChoices(locale), [locale])
  const { test, header, nth } = column
  const known = test === undefined ? null : labTestOf(test.code)
  const units = known === null ? [] : unitsOf(known)
  return (
    <span className={styles.test}>
      <NativeSelect
        size="xs"
        aria-label={t.testOf(header)}
        value={test?.code.code ?? ''}
        data={[...(test === undefined ? [{ value: '', label: t.chooseTest }] : []), ...choices]}
        onChange={(event) => {
          const code = codeOfLoinc(event.currentTarget.value)
          if (code !== null) onChange({ header, nth, field: 'test', test: { code } })
        }}
      />
      {test !== undefined && (
        <TextInput
          size="xs"
          w={110}
          aria-label={t.unitOf(header)}
          placeholder={t.unitPlaceholder}
          list={`units-${test.code.code}`}
          value={test.unit ?? ''}
          maxLength={64}
          onChange={(event) => {
            const unit = event.currentTarget.value
            onChange({
              header,
              nth,
              field: 'test',
              test: { code: test.code, ...(unit === '' ? {} : { unit }) },
            })
          }}
        />
      )}
      {test !== undefined && (
        <datalist id={`units-${test.code.code}`}>
          {units.map((unit) => (
            <option key={unit} value={unit} />
          ))}
        </datalist>
      )}
    </span>
  )
}

/** All meanings, in groups that a person looks for. */
function useFieldChoices() {
  const t = useWords().tables
  return useMemo(() => {
    const groupOf = (field: TableField): keyof typeof t.groups => {
      if (field === 'ignore') return 'none'
      if (/^(test|bloodPressure|result\.)/.test(field)) return 'result'
      if (/^(diagnosis|procedure|medicine)\./.test(field)) return 'care'
      return field.startsWith('claim.') ? 'money' : field.startsWith('patient.') ? 'patient' : 'visit'
    }
    const groups = Object.keys(t.groups) as (keyof typeof t.groups)[]
    return groups.map((group) => ({
      group: t.groups[group],
      items: TABLE_FIELDS.filter((field) => groupOf(field) === group).map((value) => ({
        value,
        label: t.fields[value],
      })),
    }))
  }, [t])
}
