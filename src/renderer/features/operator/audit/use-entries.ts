/** Entries as they are needed: the newest page at once, older ones when the list comes to its end. */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { AuditEntryView, AuditFilter } from '../../../../shared/contract/audit.ts'
import { failureCode, node } from '../../../lib/node.ts'

const PAGE = 100

interface State {
  readonly entries: readonly AuditEntryView[]
  readonly before: number | null
  readonly isAsking: boolean
  readonly failure?: string
}
const NOTHING: State = { entries: [], before: null, isAsking: true }

export function useEntries(filter: AuditFilter) {
  const [state, setState] = useState<State>(NOTHING)
  const question = useRef(0)
  const latest = useRef(state)
  latest.current = state
  const key = JSON.stringify(filter)

  const ask = useCallback(
    async (have: readonly AuditEntryView[], before: number | null) => {
      const mine = ++question.current
      setState((now) => ({ ...now, isAsking: true }))
      const found: AuditEntryView[] = []
      try {
        let next = before
        // A filter that seldom fits looks through many entries; each answer says where to go on.
        do {
          const page = await node.audit.entries({ filter, before: next, limit: PAGE })
          if (mine !== question.current) return
          found.push(...page.entries)
          next = page.before
          // What was found stands there while the rest is looked through.
          if (found.length > 0) setState((now) => ({ ...now, entries: [...have, ...found] }))
        } while (next !== null && found.length < PAGE)
        setState({ entries: [...have, ...found], before: next, isAsking: false })
      } catch (error) {
        if (mine === question.current)
          setState({ entries: have, before, isAsking: false, failure: failureCode(error) })
      }
    },
    [key],
  )

  const again = useCallback(() => void ask([], null), [ask])
  // What was there stays until the answer comes, so that nothing jumps.
  useEffect(() => {
    again()
    return () => void question.current++
  }, [again])

  const more = useCallback(() => {
    const { entries, before, isAsking } = latest.current
    if (before !== null && !isAsking) void ask(entries, before)
  }, [ask])

  return { ...state, again, more }
}
