/** The package that is open in the room, and the manuscript's numbers that were typed beside it. */
import { create } from 'zustand'
import { node } from '../../../lib/node.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { ofOnePerson, session } from '../../../lib/session.ts'

type Answer = NonNullable<Awaited<ReturnType<typeof node.reviews.open>>>
export type OpenedPackage = Extract<Answer, { kind: 'opened' }>
export type Compared = Awaited<ReturnType<typeof node.reviews.compare>>[number]

interface ReviewsState {
  readonly opened: Answer | null
  /** By the name of the cell, as typed. */
  readonly claims: Readonly<Record<string, string>>
  readonly compared: readonly Compared[]
  open(): Promise<void>
  claim(name: string, value: string): void
  /** Names that no number had are left: whoever takes numbers again has written them rightly. */
  take(claims: readonly { name: string; value: string }[]): Promise<void>
  clear(): void
}

const nothing = { opened: null, claims: {}, compared: [] }

export const useReviews = create<ReviewsState>()((set, get) => {
  async function compare(): Promise<void> {
    const { opened, claims } = get()
    if (opened?.kind !== 'opened') return
    const typed = Object.entries(claims).flatMap(([name, value]) =>
      value.trim() === '' ? [] : [{ name, value: value.trim() }],
    )
    const compared = await node.reviews.compare({ packageHash: opened.packageHash, claims: typed })
    // An answer of before the last key is not shown.
    if (get().claims === claims) set({ compared })
  }
  return {
    ...nothing,
    async open() {
      const opened = await node.reviews.open()
      if (opened !== null) set({ ...nothing, opened })
    },
    claim(name, value) {
      // What was said of the number before is not said of this one.
      const compared = get().compared.filter((each) => each.name !== name)
      set({ claims: { ...get().claims, [name]: value }, compared })
      compare().catch(tellFailure)
    },
    async take(claims) {
      const unknown = new Set(
        get().compared.flatMap((each) => (each.verdict === 'no-such-cell' ? [each.name] : [])),
      )
      const kept = Object.entries(get().claims).filter(([name]) => !unknown.has(name))
      set({
        claims: Object.fromEntries([...kept, ...claims.map(({ name, value }) => [name, value] as const)]),
        compared: get().compared.filter(({ name }) => !unknown.has(name)),
      })
      await compare()
    },
    clear: () => set({ claims: {}, compared: [] }),
  }
})

/** What each person had open, for whoever comes back; gone with the institution. By user key. */
const left = new Map<string, Pick<ReviewsState, 'opened' | 'claims' | 'compared'>>()
let whose: string | null = null

ofOnePerson(
  () => {
    if (session.now()?.state === 'none') left.clear()
    else if (whose !== null) {
      const { opened, claims, compared } = useReviews.getState()
      left.set(whose, { opened, claims, compared })
    }
    whose = null
    useReviews.setState(nothing)
  },
  () => {
    const now = session.now()
    if (now?.state !== 'open' || now.person.userKeyId === whose) return
    whose = now.person.userKeyId
    useReviews.setState(left.get(whose) ?? nothing)
  },
)
