/** A fit beside its own data: effects over time, influence, calibration, each as a picture with its numbers and its way out. */
import { NativeSelect } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { formatNumber } from '../../lib/format.ts'
import { useLocale, useWords } from '../../words/catalogue.ts'
import { calibrationFigure, changeFigure, influenceFigure } from './diagnostic-figures.ts'
import { calibrationTable, changeTable, influenceTable } from './diagnostic-tables.ts'
import type { Figure } from './figure.ts'
import { FigureView } from './FigureView.tsx'
import type { Diagnostics } from '../../../shared/domain/model-diagnostics.ts'
import type { PaperTable } from './paper-table.ts'
import { PaperTableView } from './PaperTableView.tsx'
import { ReleaseMenu } from './ReleaseMenu.tsx'
import type { ReleaseOf } from './release-output.ts'
import styles from './Results.module.css'

export interface DiagnosticsOf {
  /** Of files: what they are called before the name of the picture. */
  readonly title: string
  readonly release: ReleaseOf
  /** The axis of time with its unit. */
  readonly time: string
  /** A coefficient as people say it. */
  nameOf(coefficient: string): string
  /** A whole term, of one coefficient or several. */
  termOf(term: string): string
}

interface Props {
  readonly diagnostics: Diagnostics
  /** Ties by the exact likelihood. */
  readonly isExact: boolean
  readonly of: DiagnosticsOf
}

export function DiagnosticsView({ diagnostics, isExact, of }: Props) {
  return (
    <div className={styles.curves} data-testid="diagnostics">
      {diagnostics.proportional !== undefined && <Change diagnostics={diagnostics} of={of} />}
      {diagnostics.influence !== undefined && (
        <Influence diagnostics={diagnostics} isExact={isExact} of={of} />
      )}
      <Calibration diagnostics={diagnostics} of={of} />
    </div>
  )
}

function Change({ diagnostics: { proportional, level }, of }: Pick<Props, 'diagnostics' | 'of'>) {
  const words = useWords()
  const locale = useLocale()
  const t = words.models.diagnose
  const [chosen, setChosen] = useState('')
  const terms = proportional?.terms ?? []
  const term = terms.find(({ name }) => name === chosen) ?? terms[0]
  if (proportional === null || proportional === undefined || term === undefined)
    return <Nothing title={t.change.title} why={t.change.few} />
  const name = of.termOf(term.name)
  const figure = changeFigure(
    term,
    {
      term: name,
      across: t.axis(of.time, t.transforms[proportional.transform] ?? proportional.transform),
      up: term.isWeight ? t.change.weight : t.change.effect,
      fitted: t.change.fitted,
      description: t.change.description,
    },
    locale,
  )
  return (
    <Shown
      title={t.change.title}
      name={`${of.title} ${t.change.of(name)}`}
      figure={figure}
      table={changeTable(term, { term: name, time: of.time, level }, words, locale)}
      of={of}
    >
      {terms.length > 1 && (
        <NativeSelect
          label={t.term}
          value={term.name}
          data={terms.map((each) => ({ value: each.name, label: of.termOf(each.name) }))}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
        />
      )}
    </Shown>
  )
}

function Influence({ diagnostics, isExact, of }: Pick<Props, 'diagnostics' | 'isExact' | 'of'>) {
  const words = useWords()
  const locale = useLocale()
  const t = words.models.diagnose.influence
  const { influence } = diagnostics
  const table = influenceTable(diagnostics, of.nameOf, words, locale)
  if (influence === null || influence === undefined || table === null)
    return <Nothing title={t.title} why={isExact ? t.exact : t.few} />
  const figure = influenceFigure(
    influence.terms,
    influence.threshold,
    {
      across: t.axis(formatNumber(influence.count, locale)),
      dominated: t.dominated,
      nameOf: of.nameOf,
      description: t.description,
    },
    locale,
  )
  return <Shown title={t.title} name={`${of.title} ${t.title}`} figure={figure} table={table} of={of} />
}

function Calibration({ diagnostics, of }: Pick<Props, 'diagnostics' | 'of'>) {
  const words = useWords()
  const locale = useLocale()
  const t = words.models.diagnose.calibration
  const { calibration } = diagnostics
  if (calibration === null) return <Nothing title={t.title} why={t.few} />
  const figure = calibrationFigure(calibration.groups, t, locale)
  const table = calibrationTable(calibration.groups, diagnostics, words, locale)
  return <Shown title={t.title} name={`${of.title} ${t.title}`} figure={figure} table={table} of={of} />
}

function Nothing({ title, why }: { readonly title: string; readonly why: string }) {
  return (
    <section aria-label={title}>
      <h3 className={styles.heading}>{title}</h3>
      <p className="secondary">{why}</p>
    </section>
  )
}

function Shown({
  title,
  name,
  figure,
  table,
  of,
  children,
}: {
  readonly title: string
  readonly name: string
  readonly figure: Figure | null
  readonly table: PaperTable
  readonly of: DiagnosticsOf
  readonly children?: ReactNode
}) {
  const { release, releaseOf } = useWords().question
  return (
    <section aria-label={title}>
      {figure !== null && (
        <figure className={styles.figure}>
          <div className={styles.head}>
            <h3 className={styles.heading}>{title}</h3>
            <ReleaseMenu what={{ kind: 'figure', name, figure }} of={of.release} label={releaseOf.figure} />
          </div>
          {children}
          <FigureView figure={figure} />
        </figure>
      )}
      <div className={styles.head}>
        <h4 className={styles.subheading}>{table.title}</h4>
        <ReleaseMenu
          what={{ kind: 'table', name, table }}
          of={of.release}
          label={figure === null ? release : releaseOf.table}
        />
      </div>
      <PaperTableView table={table} />
    </section>
  )
}
