/** What nodes, bins and exemplars are called. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { SequencesAnswer } from '../../../../shared/contract/pathways.ts'
import { askedTest } from '../../../../shared/domain/asked-tests.ts'
import type { PathwaysDefinition, TrajectoryClock } from '../../../../shared/domain/pathways.ts'
import type { Tone } from '../../../parts/research/figure.ts'
import type { Words as AllWords } from '../../../words/catalogue.ts'

export type Words = Pick<AllWords, 'cohorts' | 'clinical' | 'models' | 'pathways' | 'question'>
type What = SequencesAnswer['nodes'][number]['what']

const TONES = 6
const BITS = [0, 1, 2, 3, 4, 5, 6, 7]

export const placesOf = (classes: number): number[] => BITS.filter((bit) => (classes & (1 << bit)) !== 0)

export function classesText(classes: number, { classes: all }: PathwaysDefinition, words: Words): string {
  return placesOf(classes)
    .map((place) => all[place]?.name ?? '')
    .join(words.pathways.together)
}

export function nodeText(what: What, definition: PathwaysDefinition, words: Words): string {
  return what.kind === 'classes' ? classesText(what.classes, definition, words) : words.pathways[what.kind]
}

/** One colour for each class; what happens together has that of the first of them. */
export function toneOf(what: What): Tone {
  if (what.kind !== 'classes') return 'soft'
  return ((placesOf(what.classes)[0] ?? 0) % TONES) as Tone
}

export function testText(key: string, locale: Locale): { name: string; unit: string } {
  const test = askedTest(key)
  return test === null
    ? { name: key, unit: '' }
    : { name: locale === 'en' ? test.en : test.zh, unit: test.unit }
}

/** First and last unit of a bin, in words. */
export function binText(
  { from, to }: { readonly from: number; readonly to: number },
  clock: TrajectoryClock,
  words: Words,
): string {
  const t = words.pathways
  if (clock.kind !== 'calendar') return t.span(signed(from), signed(to))
  if (clock.each === 12) return String(Math.floor(from / 12))
  const month = (at: number) => t.month(String(Math.floor(at / 12)), String((at % 12) + 1).padStart(2, '0'))
  return t.span(month(from), month(to))
}

const signed = (value: number): string => String(value).replace('-', '−')
