/** The pathways that this person works on: kept as they are left, each change can be taken back. */
import { useEffect } from 'react'
import { create } from 'zustand'
import { pathwaysDefinition, type PathwaysDefinition } from '../../../../shared/domain/pathways.ts'
import { failureCode, node } from '../../../lib/node.ts'
import { ofOnePerson, session } from '../../../lib/session.ts'
import { eventWords } from '../../../parts/research/cohort-sentence.ts'
import { localeNow, wordsNow } from '../../../words/catalogue.ts'
import { namedPathways, newPathways } from './pathways-form.ts'

interface UnderWork {
  readonly definition: PathwaysDefinition
  readonly before: readonly PathwaysDefinition[]
  readonly after: readonly PathwaysDefinition[]
  /** The last change could not be kept. */
  readonly isUnkept: boolean
  change(definition: PathwaysDefinition): void
  undo(): void
  redo(): void
}

const UNDO_MAX = 200
const KEEP_AFTER_MS = 600

const nothing = () => ({ definition: newPathways(), before: [], after: [], isUnkept: false })

export const usePathwaysUnderWork = create<UnderWork>()((set, get) => {
  const to = (next: Partial<UnderWork>): void => {
    set(next)
    keepSoon()
  }
  return {
    ...nothing(),
    change(definition) {
      const now = get().definition
      if (JSON.stringify(definition) === JSON.stringify(now)) return
      to({ definition, before: [...get().before, now].slice(-UNDO_MAX), after: [] })
    },
    undo() {
      const { definition, before, after } = get()
      const last = before.at(-1)
      if (last !== undefined)
        to({ definition: last, before: before.slice(0, -1), after: [definition, ...after] })
    },
    redo() {
      const { definition, before, after } = get()
      const [next, ...rest] = after
      if (next !== undefined) to({ definition: next, before: [...before, definition], after: rest })
    },
  }
})

/** As it is asked: with names where the person gave none. */
export function namedNow(definition: PathwaysDefinition): PathwaysDefinition {
  const words = wordsNow()
  const { codeSets } = definition
  return namedPathways(definition, {
    title: words.pathways.untitled,
    event: (event) => eventWords(event, { words, locale: localeNow(), codeSets }),
  })
}

/** `turn` changes with the person. */
const person = { turn: 0, isLoaded: false }
let isWanted = false
let timer: ReturnType<typeof setTimeout> | undefined

/** The room begins with what was kept. */
export function useKeptPathways(): void {
  useEffect(() => {
    isWanted = true
    void load()
  }, [])
}

async function load(): Promise<void> {
  const now = session.now()
  if (person.isLoaded || now?.state !== 'open' || !now.person.roles.includes('researcher')) return
  person.isLoaded = true
  const mine = person.turn
  try {
    const kept = await node.pathways.kept()
    // Whoever was faster than the store goes on with what is on the screen.
    if (mine === person.turn && kept !== null && usePathwaysUnderWork.getState().before.length === 0)
      usePathwaysUnderWork.setState({ definition: kept })
  } catch {
    if (mine === person.turn) person.isLoaded = false
  }
}

async function keep(): Promise<void> {
  clearTimeout(timer)
  timer = undefined
  const mine = person.turn
  // A field that is being typed in may say nothing yet: what can be asked is kept.
  const read = pathwaysDefinition.safeParse(namedNow(usePathwaysUnderWork.getState().definition))
  if (!read.success) return
  try {
    const { isKept } = await node.pathways.keep({ definition: read.data })
    if (mine === person.turn) usePathwaysUnderWork.setState({ isUnkept: !isKept })
  } catch (error) {
    if (mine === person.turn && failureCode(error) !== 'locked')
      usePathwaysUnderWork.setState({ isUnkept: true })
  }
}

function keepSoon(): void {
  clearTimeout(timer)
  timer = setTimeout(() => void keep(), KEEP_AFTER_MS)
}
window.addEventListener('pagehide', () => timer !== undefined && void keep())

ofOnePerson(
  () => {
    clearTimeout(timer)
    timer = undefined
    person.turn++
    person.isLoaded = false
    usePathwaysUnderWork.setState(nothing())
  },
  () => {
    if (isWanted) void load()
  },
  'pathways.kept',
)
