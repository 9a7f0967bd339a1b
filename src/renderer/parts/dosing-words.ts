/** How often a medicine is taken, in words: what the record keeps as `tid ac` or `q72h`. Pure. */
import { type FrequencyParts, readFrequency } from '../../shared/domain/dosing.ts'
import type { Prescription } from '../../shared/domain/visit.ts'
import type { Words } from '../words/catalogue.ts'

type Clinical = Words['clinical']

/** A frequency that is none of ours, as in an import, is said as it is written. */
export function sayFrequency(text: string, words: Clinical): string {
  const parts = readFrequency(text)
  return parts === null ? text : sayParts(parts, words)
}

export function sayParts(parts: FrequencyParts, words: Clinical): string {
  const often = sayOften(parts, words)
  return parts.time === null ? often : words.frequencyJoin(often, words.frequencyAt[parts.time])
}

function sayOften(parts: FrequencyParts, words: Clinical): string {
  switch (parts.kind) {
    case 'named':
      return words.frequency[parts.base]
    case 'every':
      return words.frequencyEvery(parts.count, words.periods[parts.period])
    case 'weekdays':
      return words.frequencyOn(parts.days.map((day) => words.weekdays[day - 1] ?? '').join(words.comma))
  }
}

/** All that is said of how often: frequency, times a day where that is all, and whether only when needed. */
export function sayHowOften(
  { frequency, perDay, asNeeded }: Pick<Prescription, 'frequency' | 'perDay' | 'asNeeded'>,
  words: Clinical,
): string[] {
  // Older records say it by a frequency of that name.
  const isOnlyWhenNeeded = frequency?.toLowerCase() === 'prn'
  const often =
    frequency === undefined || isOnlyWhenNeeded
      ? perDay === undefined
        ? []
        : [words.perDay(perDay)]
      : [sayFrequency(frequency, words)]
  return [...often, ...(asNeeded === true || isOnlyWhenNeeded ? [words.asNeeded] : [])]
}

/** A medicine with its dose; a name that ends in that very dose, as `ramipril 5 mg`, says it already. */
export function withDose(name: string, dose: Prescription['dose']): string {
  if (dose === undefined) return name
  const said = `${dose.value} ${dose.unit ?? ''}`.trim()
  const plain = (text: string) => text.replace(/\s/g, '').toLowerCase()
  const rest = plain(name).slice(0, -plain(said).length)
  const isSaid = plain(name).endsWith(plain(said)) && !/[0-9.,/]$/.test(rest)
  return isSaid ? name : `${name} ${said}`
}
