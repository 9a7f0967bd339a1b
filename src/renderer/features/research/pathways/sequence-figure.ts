/** The ways of the room's own persons as a Sankey diagram. Pure. */
import type { Locale } from '../../../../shared/contract/app.ts'
import type { PathwaysAnswer } from '../../../../shared/contract/pathways.ts'
import type { SaidCount } from '../../../../shared/contract/said.ts'
import type { PathwaysDefinition } from '../../../../shared/domain/pathways.ts'
import type { Figure } from '../../../parts/research/figure.ts'
import { saidText } from '../../../parts/research/said-text.ts'
import { sankeyFigure } from '../../../parts/research/sankey-figure.ts'
import { formatNumber } from '../../../lib/format.ts'
import { nodeText, toneOf, type Words } from './pathways-names.ts'

type Traversed = Extract<PathwaysAnswer, { kind: 'traversed' }>

/** What is not said is drawn as high as the least that is, and hollow. */
const UNSAID = { small: 5, withheld: 11, hidden: 8 } as const

export function sequenceFigure(
  { sequences, persons }: Traversed,
  definition: PathwaysDefinition,
  words: Words,
  locale: Locale,
): Figure | null {
  const { nodes, links } = sequences
  const t = words.pathways
  const described = nodes
    .map(
      ({ step, what, persons: said }) =>
        `${step}. ${nodeText(what, definition, words)} ${saidText(said, words, locale)}`,
    )
    .join('; ')
  return sankeyFigure({
    entry: { name: t.index, count: formatNumber(persons, locale), size: persons },
    nodes: nodes.map(({ step, what, persons: said }) => ({
      step,
      name: nodeText(what, definition, words),
      count: saidText(said, words, locale),
      size: drawn(said),
      tone: toneOf(what),
      isHollow: said.said !== 'exact',
    })),
    links: links.map(({ from, to, persons: said }) => ({ from, to, size: drawn(said) })),
    description: t.sequenceOf(described),
  })
}

const drawn = (persons: SaidCount): number =>
  persons.said === 'exact' ? persons.count : UNSAID[persons.said]
