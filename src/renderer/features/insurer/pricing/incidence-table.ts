/** Yearly rates as a table. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { IncidenceYear } from '../../../../shared/contract/pricing.ts'
import type { CatalogVariable } from '../../../../shared/contract/requests.ts'
import type { RequestAxis } from '../../../../shared/domain/request-output.ts'
import { percent } from '../../../parts/insurer/pricing-names.ts'
import type { PaperTable } from '../../../parts/research/paper-table.ts'
import { levelNames, variableName } from '../../../parts/research/request-axis.ts'
import type { Words } from '../../../words/catalogue.ts'

interface Row {
  readonly axis: RequestAxis | null
  readonly level: number | null
  readonly from: 'curve' | 'model'
  readonly years: readonly IncidenceYear[]
}

export function incidenceTable(
  rows: readonly Row[],
  variables: readonly CatalogVariable[],
  words: Words,
  locale: Locale,
): PaperTable {
  const t = words.pricing.incidence
  const nameOf = ({ axis, level }: Row): string => {
    if (axis === null || level === null) return t.everybody
    const variable = variables.find(({ name }) => name === axis.variable)
    return `${variableName(axis.variable, words)}: ${levelNames(axis, variable, words, locale)[level] ?? level}`
  }
  return {
    title: t.title,
    textColumns: [1],
    header: [words.pricing.level, t.from, t.year, t.rate, words.pricing.limits],
    rows: rows.flatMap((row) =>
      row.years.map(({ year, rate, lower, upper, isPartial }, i) => ({
        cells: [
          i === 0 ? nameOf(row) : '',
          i === 0 ? t.origins[row.from] : '',
          `${year}${isPartial ? ` ${t.partial}` : ''}`,
          // Without an increment of the hazard nothing is known, least of all that nobody will have it.
          rate > 0 ? percent(rate, locale) : '–',
          rate > 0 ? `${percent(lower, locale)}–${percent(upper, locale)}` : '–',
        ],
      })),
    ),
    notes: [t.note],
  }
}
