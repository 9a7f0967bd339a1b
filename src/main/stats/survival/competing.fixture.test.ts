import { describe, expect, it } from 'vitest'
import { codes, expectClose, floats, loadFixture } from '../fixtures/fixture.test-kit.ts'
import { aalenJohansen, type StateCurve } from './aalen-johansen.ts'
import { fitCox } from './cox.ts'
import { fineGrayRows, fitFineGray } from './fine-gray.ts'

const { data: d, expected: e } = loadFixture('competing_mgus2')
const data = { start: null, stop: floats(d.time)!, state: Int32Array.from(d.event_state as number[]) }
const x = (d.x_columns as number[][]).map((c) => floats(c)!)

describe('competing risks on mgus2', () => {
  for (const [key, group] of [
    ['aalen_johansen', null],
    ['aalen_johansen_by_group', codes(d.group)],
  ] as const) {
    it(`${key} has the probabilities, errors and limits of R`, () => {
      const curves = aalenJohansen({ ...data, group })
      const joined = (
        k: 'time' | 'probability' | 'stdErr' | 'lower' | 'upper' | 'cumulativeHazard',
      ): number[] => curves.flatMap((c: StateCurve) => Array.from(c[k]))
      expectClose(joined('time'), e[key].time, 'time')
      expectClose(joined('probability'), e[key].pstate, 'probability')
      expectClose(joined('stdErr'), e[key].std_err, 'standard error')
      expectClose(joined('lower'), e[key].lower, 'lower')
      expectClose(joined('upper'), e[key].upper, 'upper')
      expectClose(joined('cumulativeHazard'), e[key].cumhaz, 'hazard')
      const withZeros = curves.flatMap((c) => Array.from(c.atRisk).flatMap((v) => [v, 0, 0]))
      expectClose(withZeros, e[key].n_risk, 'at risk')
      const events = curves.flatMap((c) =>
        Array.from(c.time).flatMap((_, i) => [0, c.events[2 * i]!, c.events[2 * i + 1]!]),
      )
      expectClose(events, e[key].n_event, 'events')
    })
  }

  for (const [cause, name] of [
    [1, 'pcm'],
    [2, 'death'],
  ] as const) {
    it(`Fine-Gray and cause-specific models of ${name} are those of R`, () => {
      const want = e.fine_gray[name]
      const rows = fineGrayRows(data, cause)
      expect(rows.row.length).toBe(want.finegray_rows)
      expectClose(
        rows.weight.reduce((a, b) => a + b, 0),
        want.finegray_wtsum,
        'weights',
      )
      const check = (actual: ArrayLike<number>, cut: number[] | { first: number[] }, what: string): void => {
        const first = Array.isArray(cut) ? cut : cut.first
        expectClose(Array.from(actual).slice(0, first.length), first, what)
      }
      check(rows.start, want.first_rows.fgstart, 'start')
      check(rows.stop, want.first_rows.fgstop, 'stop')
      check(rows.event, want.first_rows.fgstatus, 'status')
      check(rows.weight, want.first_rows.fgwt, 'weight')
      const { fit } = fitFineGray({ ...data, x }, cause)
      expectClose(fit.coefficients, want.coef, 'coefficients')
      expectClose(fit.naiveVariance!, want.naive_var, 'model-based variance')
      expectClose(fit.logLikelihood, want.loglik, 'log likelihood')
      // cmprsk::crr takes another convention for G: a check of sanity only; its variance is robust like ours.
      expectClose(fit.coefficients, want.crr_coef, 'coefficients of crr', 5e-3)
      expectClose(fit.variance, want.crr_var, 'variance of crr', 5e-2)
      const specific = fitCox({
        start: null,
        stop: data.stop,
        event: Uint8Array.from(data.state, (s) => (s === cause ? 1 : 0)),
        x,
      })
      expectClose(specific.fit.coefficients, want.cause_specific_coef, 'cause-specific')
      expectClose(specific.fit.variance, want.cause_specific_var, 'cause-specific variance')
    })
  }
})
