/** What this person keeps under names: cohorts and versions of code sets. Asked once, then as each change answers it. */
import { notifications } from '@mantine/notifications'
import { useEffect } from 'react'
import { create } from 'zustand'
import type { CohortShelf, Shelved } from '../../../../shared/contract/cohorts.ts'
import type { CodeSet } from '../../../../shared/domain/code-set.ts'
import type { CohortDefinition } from '../../../../shared/domain/cohort.ts'
import { node } from '../../../lib/node.ts'
import { ofOnePerson } from '../../../lib/session.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { wordsNow } from '../../../words/catalogue.ts'

interface ShelfState {
  /** Null before it was asked. */
  readonly shelf: CohortShelf | null
  /** What is under way, by name: its buttons wait. */
  readonly busy: string | null
}

export const useShelf = create<ShelfState>()(() => ({ shelf: null, busy: null }))

/** `turn` changes with the person. */
const person = { turn: 0 }

export function useLoadedShelf(): ShelfState {
  const state = useShelf()
  useEffect(() => {
    const mine = person.turn
    if (useShelf.getState().shelf !== null) return
    node.cohorts.shelf().then((shelf) => mine === person.turn && useShelf.setState({ shelf }), tellFailure)
  }, [])
  return state
}

/** The shelf as it is after the change; null where it was refused, which is told. */
export async function changeShelf(name: string, ask: () => Promise<Shelved>): Promise<CohortShelf | null> {
  const mine = person.turn
  useShelf.setState({ busy: name })
  try {
    const answer = await ask()
    if (mine !== person.turn) return null
    if (answer.kind === 'refused') {
      notifications.show({ color: 'red', message: wordsNow().cohorts.kept.refused[answer.reason] })
      return null
    }
    useShelf.setState({ shelf: answer.shelf })
    return answer.shelf
  } catch (error) {
    if (mine === person.turn) tellFailure(error)
    return null
  } finally {
    if (mine === person.turn) useShelf.setState({ busy: null })
  }
}

/** The newest version of the kept set that these codes are of, where it is another one. */
export function newerVersion(
  set: CodeSet,
  shelf: CohortShelf | null,
): { readonly name: string; readonly used: number; readonly version: number; readonly set: CodeSet } | null {
  const { from } = set
  const newest = shelf?.codeSets.find(({ name }) => name === from?.name)?.versions.at(-1)
  if (from === undefined || newest === undefined || newest.hash === from.hash) return null
  return { name: from.name, used: from.version, version: newest.version, set: versioned(from.name, newest) }
}

type KeptVersion = CohortShelf['codeSets'][number]['versions'][number]

/** A kept version as a definition carries it: the codes whole, and where they are from. */
export const versioned = (name: string, { version, set, hash }: KeptVersion): CodeSet => ({
  ...set,
  name,
  from: { name, version, hash },
})

export const withSet = (definition: CohortDefinition, id: string, set: CodeSet): CohortDefinition => ({
  ...definition,
  codeSets: { ...definition.codeSets, [id]: set },
})

ofOnePerson(() => {
  person.turn++
  useShelf.setState({ shelf: null, busy: null })
})
