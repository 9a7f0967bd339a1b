/** The request under work. It stays while the room is closed; what the node knows is asked for. */
import { create } from 'zustand'
import { ofOnePerson } from '../../../lib/session.ts'
import { newDraft, type Draft } from './draft.ts'

interface RequestsState {
  readonly draft: Draft
  change(change: Partial<Draft>): void
  begin(draft: Draft): void
}

export const useRequests = create<RequestsState>()((set) => ({
  draft: newDraft(),
  change: (change) => set(({ draft }) => ({ draft: { ...draft, ...change } })),
  begin: (draft) => set({ draft }),
}))

ofOnePerson(() => useRequests.setState({ draft: newDraft() }))
