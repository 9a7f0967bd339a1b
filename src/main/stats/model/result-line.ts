import type { FitResult } from './fit-model.ts'

/**
 * The one line that a fit ends in, the same bytes from the command line and from the window: JSON, with the keys of the
 * model file that mean nothing (`unknownOptions`) among the warnings.
 */
export function resultLine(result: FitResult, unknown: readonly string[]): string {
  const warnings = [...result.warnings, ...unknown.map((option) => ({ code: 'unknown-option', option }))]
  return JSON.stringify({ ok: true, ...result, warnings })
}
