/** Finding a laboratory test by key, code or words of either language; best first. Pure. */
import { LAB_TESTS, type LabTest } from '../../shared/domain/lab-tests.ts'

const LABS = LAB_TESTS.filter((test) => test.kind === 'lab' || test.kind === 'imaging')

export function searchLabs(text: string, limit: number): readonly LabTest[] {
  const wanted = text.normalize('NFKC').trim().toLowerCase()
  if (wanted === '') return LABS.slice(0, limit)
  const scored = LABS.flatMap((test, place) => {
    const score = scoreOf(test, wanted)
    return score === 0 ? [] : [{ test, score, place }]
  })
  return scored
    .sort((a, b) => b.score - a.score || a.place - b.place)
    .slice(0, limit)
    .map((each) => each.test)
}

function scoreOf(test: LabTest, wanted: string): number {
  const key = test.key.toLowerCase()
  if (key === wanted || test.loinc === wanted) return 100
  if (key.startsWith(wanted)) return 80 - key.length
  const en = test.en.toLowerCase()
  if (en === wanted || test.zh === wanted) return 90
  if (en.startsWith(wanted) || test.zh.startsWith(wanted)) return 60
  if (en.split(/[^a-z0-9]+/).some((word) => word.startsWith(wanted))) return 40
  if (test.loinc.startsWith(wanted)) return 35
  if (test.zh.includes(wanted) || en.includes(wanted)) return 20
  // `hemo a1c`: every word somewhere.
  const words = wanted.split(/\s+/)
  return words.length > 1 && words.every((word) => en.includes(word) || key.includes(word)) ? 15 : 0
}
