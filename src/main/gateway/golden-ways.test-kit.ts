/**
 * In how many ways golden studies are answered, and which pairs of ways: runtime, threads, zone, language and the study itself, any two values of any two of them
 * meet. Sixteen rows are the fewest that four values of three things allow (an orthogonal array of strength two over the field of four elements).
 */

export interface GoldenWay {
  readonly runtime: 'node' | 'electron'
  /** Of DuckDB. */
  readonly threads: number
  readonly zone: string
  readonly language: string
  /** Facts are loaded in runs of so many blocks. */
  readonly runBlocks: number
  /** Only studies whose number leaves this remainder by four are answered in this way. */
  readonly remainder: number
}

/** With the name by which `Intl` knows it, where that is an older one. */
const ZONES = ['Pacific/Apia', 'America/St_Johns', 'Asia/Kathmandu', 'Asia/Taipei'] as const
/** A dotless i, a decimal comma, digits of its own, Chinese. */
const LANGUAGES = ['tr-TR', 'de-DE', 'ar-EG', 'zh-TW'] as const
const RUN_BLOCKS = [100_000, 777, 333, 5_000] as const
const RUNTIMES = ['node', 'electron'] as const
const FOUR = [0, 1, 2, 3] as const

/** Product in the field of four elements, 2 and 3 being the roots of x² + x + 1. */
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : ((a + b - 2) % 3) + 1)

export const GOLDEN_WAYS: readonly GoldenWay[] = FOUR.flatMap((a) =>
  FOUR.map((b): GoldenWay => ({
    threads: a + 1,
    zone: ZONES[b]!,
    language: LANGUAGES[a ^ b]!,
    runtime: RUNTIMES[(a ^ times(2, b)) % 2]!,
    runBlocks: RUN_BLOCKS[a ^ times(2, b)]!,
    remainder: a ^ times(3, b),
  })),
)

/**
 * In which ways a study is answered: four, among them every number of threads, zone, language and both runtimes, or two of them that differ in each.
 */
export function waysOf(study: number, count: 2 | 4): readonly GoldenWay[] {
  const all = GOLDEN_WAYS.filter(({ remainder }) => remainder === study % 4)
  const isOther = Math.floor(study / 4) % 2
  return count === 4 ? all : RUNTIMES.map((runtime) => all.filter((way) => way.runtime === runtime)[isOther]!)
}
