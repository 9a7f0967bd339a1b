/** What may be meant by a frequency that is being typed, by its code or by its words in either language. Pure. */
import { FREQUENCIES, type FrequencyParts, readFrequency, TIMES } from '../../../../shared/domain/dosing.ts'
import { sayParts } from '../../../parts/dosing-words.ts'
import type { Words } from '../../../words/catalogue.ts'

/** @param languages the words of the window's language first */
export function searchFrequencies(
  text: string,
  languages: readonly Words['clinical'][],
  limit: number,
): FrequencyParts[] {
  const wanted = text.normalize('NFKC').trim().toLowerCase()
  const meant = readFrequency(wanted)
  // A whole frequency with the meals beside it, which few would think of typing.
  const around =
    meant === null
      ? []
      : [
          meant,
          ...TIMES.flatMap((time) => (meant.time === null ? (readFrequency(`${wanted} ${time}`) ?? []) : [])),
        ]
  const all = FREQUENCIES.flatMap((code) => readFrequency(code) ?? [])
  const beginning = all.filter(({ code }) => code.startsWith(wanted))
  const named = all.filter((parts) =>
    languages.some((words) => sayParts(parts, words).toLowerCase().includes(wanted)),
  )
  const seen = new Set<string>()
  return [...around.slice(0, 1), ...beginning, ...around.slice(1), ...named]
    .filter(({ code }) => !seen.has(code) && seen.add(code))
    .slice(0, limit)
}
