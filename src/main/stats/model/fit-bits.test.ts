import { describe, expect, it } from 'vitest'
import { type Fixture, loadFixture } from '../fixtures/fixture.test-kit.ts'
import type { CsvColumns } from './csv-columns.ts'
import { fitModel } from './fit-model.ts'
import { ModelSpec } from './model-spec.ts'

function tableOf(d: Fixture): CsvColumns {
  const columns = new Map<string, { numbers: Float64Array; kinds: Uint8Array; texts: Map<number, string> }>()
  const add = (name: string, values: number[] | null): void => {
    if (values)
      columns.set(name, {
        numbers: Float64Array.from(values),
        kinds: new Uint8Array(values.length),
        texts: new Map(),
      })
  }
  for (const name of ['start', 'stop', 'event', 'strata', 'weights', 'offset', 'cluster', 'id'])
    add(name, d[name])
  ;(d.x_columns as number[][]).forEach((x, j) => add(`x${j + 1}`, x))
  return { rowCount: d.stop.length, header: [...columns.keys()], columns }
}

describe('profile det/1', () => {
  it('gives the same bytes for whole results on every machine', () => {
    // The hash was the same under Node 20 and under Electron 42 (Node 24). A change of it is a change of the profile:
    // results signed before could no longer be reproduced.
    const counting = {
      family: 'cox',
      start: 'start',
      stop: 'stop',
      event: 'event',
      covariates: ['x1', 'x2', 'x3', 'x4'],
    }
    const cases: [string, Record<string, unknown>][] = [
      ['cgd_ag_efron', { ...counting, cluster: 'cluster' }],
      ['mgus2_agescale_efron', { ...counting, ties: 'breslow' }],
      [
        'lung_strata_wint_cluster',
        { ...counting, start: null, strata: 'strata', weights: 'weights', offset: 'offset' },
      ],
      ['lung_basic_efron', { ...counting, start: null, ties: 'exact', covariates: ['x1', 'x2'] }],
      ['lung_basic_efron', { ...counting, start: null, family: 'ridge', theta: 1 }],
      ['lung_basic_efron', { ...counting, start: null, family: 'elasticnet', lambda: [0.1, 0.01] }],
      ['lung_basic_efron', { family: 'km', stop: 'stop', event: 'event', strata: 'x2', confType: 'arcsin' }],
      ['lung_basic_efron', { family: 'logistic', response: 'event', covariates: ['x1', 'x2', 'x3'] }],
      ['lung_basic_efron', { family: 'cloglog', response: 'event', covariates: ['x1', 'x2', 'x3'] }],
      ['lung_basic_efron', { family: 'negbin', response: 'stop', covariates: ['x1', 'x2'] }],
      ['lung_basic_efron', { family: 'gamma', response: 'stop', covariates: ['x1', 'x2'] }],
      ['lung_basic_efron', { family: 'tweedie', response: 'stop', covariates: ['x1', 'x2'], power: 1.6 }],
    ]
    const estimates = hashing()
    const diagnostics = hashing()
    for (const [name, raw] of cases) {
      const [table, model] = [tableOf(loadFixture(name).data), ModelSpec.parse(raw)]
      estimates.add(JSON.stringify(fitModel(table, model, { withoutDiagnostics: true })))
      diagnostics.add(JSON.stringify(fitModel(table, model)['diagnostics'] ?? null))
    }
    expect(estimates.text()).toMatchInlineSnapshot(`"841187acee3b4244"`)
    expect(diagnostics.text()).toMatchInlineSnapshot(`"d9c905b52671040"`)
  })
})

/** FNV-1a over code units. */
function hashing() {
  let hash = 0xcbf29ce484222325n
  return {
    add(text: string): void {
      for (let i = 0; i < text.length; i++)
        hash = ((hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n) & 0xffffffffffffffffn
    },
    text: () => hash.toString(16),
  }
}
