import { describe, expect, it } from 'vitest'
import { codes, expectClose, floats, loadFixture } from '../fixtures/fixture.test-kit.ts'
import {
  checkIntervals,
  type IntervalTable,
  mergeRecords,
  recurrentRows,
  splitAtTimes,
  startIntervals,
} from './intervals.ts'

const nanFloats = (a: (number | null)[]): Float64Array => Float64Array.from(a, (v) => v ?? NaN)

describe('mergeRecords', () => {
  it("builds cgd0's recurrent infections as tmerge does", () => {
    const { data: d, expected: e } = loadFixture('tmerge_cgd0')
    const id = codes(d.id)!
    let table: IntervalTable = startIntervals(id, new Float64Array(id.length), floats(d.futime)!)
    // tmerge's events of one name accumulate over the seven columns.
    const times: number[] = []
    const who: number[] = []
    for (let j = 0; j < 7; j++) {
      ;(d.etimes as (number | null)[][]).forEach((row, i) => {
        times.push(row[j] ?? NaN)
        who.push(id[i]!)
      })
    }
    table = mergeRecords(
      table,
      'infect',
      { id: Int32Array.from(who), time: Float64Array.from(times) },
      { kind: 'event' },
    )
    table = mergeRecords(table, 'enum', { id: table.id, time: table.start }, { kind: 'cumtdc' })
    expectClose(
      Array.from(table.id, (v) => v + 1),
      e.id,
      'id',
    )
    expectClose(table.start, e.tstart, 'start')
    expectClose(table.stop, e.tstop, 'stop')
    expectClose(table.columns.get('infect')!.values, e.infect, 'infect')
    expectClose(table.columns.get('enum')!.values, e.enum, 'enum')
  })

  it('builds visits with gaps, duplicates and missing values as tmerge does, with its table of counts', () => {
    const { data: d, expected: e } = loadFixture('tmerge_visits')
    const base = startIntervals(codes(d.base.id)!, floats(d.base.entry)!, floats(d.base.exit)!)
    const visit = codes(d.visits.id)!
    const day = floats(d.visits.day)!
    const death = { id: codes(d.base.id)!, time: floats(d.base.exit)!, value: floats(d.base.dead) }
    let table = mergeRecords(base, 'death', death, { kind: 'event' })
    const sbp = { id: visit, time: day, value: nanFloats(d.visits.sbp) }
    const start = table
    table = mergeRecords(table, 'sbp', sbp, { kind: 'tdc' })
    table = mergeRecords(
      table,
      'drug',
      { id: visit, time: day, value: floats(d.visits.drug) },
      { kind: 'tdc', initial: 0 },
    )
    table = mergeRecords(table, 'nvis', { id: visit, time: day }, { kind: 'cumtdc' })
    const r = e.rows
    expectClose(
      Array.from(table.id, (v) => v + 1),
      r.id,
      'id',
    )
    expectClose(table.start, r.tstart, 'start')
    expectClose(table.stop, r.tstop, 'stop')
    for (const name of ['death', 'sbp', 'drug', 'nvis'])
      expectClose(table.columns.get(name)!.values, r[name], name)
    const counts = table.counts.map((c) => [
      c.early,
      c.late,
      c.gap,
      c.within,
      c.boundary,
      c.leading,
      c.trailing,
      c.tied,
      c.missId,
    ])
    expect(counts).toEqual(e.tcount)
    const kept = mergeRecords(start, 'sbp', sbp, { kind: 'tdc', keepMissing: true })
    expectClose(kept.start, e.na_rm_false.tstart, 'start with missing values')
    expectClose(kept.columns.get('sbp')!.values, e.na_rm_false.sbp, 'sbp with missing values')
    expectClose(kept.columns.get('death')!.values, e.na_rm_false.death, 'death with missing values')
  })

  it('lets a value grow old', () => {
    const base = startIntervals(Int32Array.of(0), Float64Array.of(0), Float64Array.of(100))
    const records = { id: Int32Array.of(0, 0), time: Float64Array.of(10, 80), value: Float64Array.of(5, 6) }
    const table = mergeRecords(base, 'x', records, { kind: 'tdc', maxAge: 30 })
    expect(Array.from(table.start)).toEqual([0, 10, 40, 80])
    expect(Array.from(table.columns.get('x')!.values)).toEqual([NaN, 5, NaN, 6])
  })

  it('never uses a value before its day is over', () => {
    const base = startIntervals(Int32Array.of(0), Float64Array.of(0), Float64Array.of(10))
    const table = mergeRecords(
      base,
      'x',
      { id: Int32Array.of(0, 0), time: Float64Array.of(4, 10), value: Float64Array.of(1, 2) },
      { kind: 'tdc' },
    )
    // The value of day 10, the day of the end, explains nothing.
    expect(Array.from(table.columns.get('x')!.values)).toEqual([NaN, 1])
  })
})

describe('other interval forms', () => {
  it('splits rows at fixed times and keeps the event at the end', () => {
    const rows = splitAtTimes(
      { start: null, stop: Float64Array.of(35, 10), event: Uint8Array.of(1, 1) },
      [10, 20],
    )
    expect(Array.from(rows.start)).toEqual([0, 10, 20, 0])
    expect(Array.from(rows.stop)).toEqual([10, 20, 35, 10])
    expect(Array.from(rows.event)).toEqual([0, 0, 1, 1])
    expect(Array.from(rows.episode)).toEqual([1, 2, 3, 1])
  })

  it('finds overlaps, gaps and rows after death', () => {
    const check = checkIntervals(
      Int32Array.of(0, 0, 1, 1),
      Float64Array.of(0, 4, 0, 6),
      Float64Array.of(5, 8, 5, 9),
      Uint8Array.of(0, 0, 1, 0),
    )
    expect(check.overlaps).toEqual([{ row: 1, id: 0 }])
    expect(check.gaps).toEqual([{ row: 3, id: 1 }])
    expect(check.afterEvent).toEqual([{ row: 3, id: 1 }])
  })

  it('gives PWP its event numbers and gap times, and WLW everybody for each event', () => {
    const id = Int32Array.of(0, 0, 1)
    const start = Float64Array.of(0, 5, 0)
    const stop = Float64Array.of(5, 9, 7)
    const event = Uint8Array.of(1, 0, 0)
    const gap = recurrentRows(id, start, stop, event, 'pwp-gap')
    expect(Array.from(gap.stop)).toEqual([5, 4, 7])
    expect(Array.from(gap.strata!)).toEqual([0, 1, 0])
    const wlw = recurrentRows(id, start, stop, event, 'wlw', 2)
    expect(Array.from(wlw.stop)).toEqual([5, 9, 7, 7])
    expect(Array.from(wlw.event)).toEqual([1, 0, 0, 0])
  })
})
