/** The benchmark of a monitoring table: which insurers it is asked of, and what a released one says (ADR 0027). Pure. */
import type { MonitorRate, MonitorView } from '../../shared/contract/monitor.ts'
import type { Member } from '../node/chain/members.ts'
import { benchmarkOf, type MarketMonth } from '../pricing/monitor/benchmark.ts'
import type { RateBand } from '../pricing/monitor/rate-band.ts'
import { INSURERS_LEAST, INSURERS_MAX, isLabel, payerName } from '../privacy/request/monitor-output.ts'

/** All insurers of the consortium; null where they are fewer than a benchmark needs, or their names cannot tell them apart in records. */
export function marketOf(members: readonly Pick<Member, 'kind' | 'name'>[]): readonly string[] | null {
  const names = members.filter(({ kind }) => kind === 'insurer').map(({ name }) => name)
  const isNamed = names.every(isLabel) && new Set(names.map(payerName)).size === names.length
  return isNamed && names.length >= INSURERS_LEAST && names.length <= INSURERS_MAX ? names.sort() : null
}

export interface MarketTables {
  readonly insurers: number
  readonly months: readonly MarketMonth[]
  readonly noise: { readonly persons: number; readonly claims: number }
}

/** @param tables null: the table was asked without a benchmark */
export function benchmarkView(tables: MarketTables | null): MonitorView['benchmark'] {
  if (tables === null) return { kind: 'none', reason: 'not-asked' }
  const benchmark = benchmarkOf(tables.months, tables.noise)
  if (benchmark === null) return { kind: 'none', reason: 'withheld' }
  return {
    kind: 'benchmark',
    insurers: tables.insurers,
    own: shown(benchmark.own),
    market: shown(benchmark.market),
    months: benchmark.months.map(({ month, own, market }) => ({
      month,
      own: shown(own),
      market: shown(market),
    })),
  }
}

/** A sum below 0 is noise and no rate. */
function shown(band: RateBand): MonitorRate {
  return band.kind === 'claims-only' ? { kind: 'too-noisy', denominator: 0 } : band
}
