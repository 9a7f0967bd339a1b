/** The kinds of output that there are (docs/spec/privacy.md section 3). One that is not listed here is none: the type of an output is made of this list. */
import { present } from '../../../shared/std/assert.ts'
import type { OutputForm, OutputOf } from './output-form.ts'
import { cleaningProfile } from './outputs/cleaning-profile.ts'
import { count } from './outputs/count.ts'
import { cox } from './outputs/cox.ts'
import { gamma } from './outputs/gamma.ts'
import { histogram } from './outputs/histogram.ts'
import { kaplanMeier } from './outputs/kaplan-meier.ts'
import { mean } from './outputs/mean.ts'
import { monitor } from './outputs/monitor.ts'
import { pathways } from './outputs/pathways.ts'
import { poisson } from './outputs/poisson.ts'
import { quantiles } from './outputs/quantiles.ts'
import { score } from './outputs/score.ts'
import { table } from './outputs/table.ts'

/** By their number in the bytes, so this list only grows at its end. */
const FORMS = [
  count,
  histogram,
  table,
  mean,
  quantiles,
  kaplanMeier,
  cox,
  poisson,
  gamma,
  monitor,
  score,
  cleaningProfile,
  pathways,
] as const

export type Output = OutputOf<(typeof FORMS)[number]>

/** By their number in the bytes. */
export const OUTPUT_KINDS: readonly Output['kind'][] = FORMS.map(({ kind }) => kind)

/** That of the output's own kind, which is why it may be given the output. */
export function formOf(output: Output): OutputForm<Output> {
  return present(FORMS.find(({ kind }) => kind === output.kind))
}

/** Null for a number that no kind has. */
export function formNumbered(number: number): OutputForm<Output> | null {
  return FORMS[number] ?? null
}
