/** What the request costs and buys, asked again a moment after the last change. */
import { useDebouncedValue } from '@mantine/hooks'
import type { Asked, Price } from '../../../../shared/contract/requests.ts'
import { useAsk, type Asked as Answer } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'

const TYPING_MS = 250

/** Null: nothing to ask about yet. */
export function usePrice(asked: Asked | null, wished: number | null): Answer<Price | null> {
  const text = JSON.stringify([asked, wished])
  const [settled] = useDebouncedValue(text, TYPING_MS)
  return useAsk(
    async () => {
      const [now, wish] = JSON.parse(settled) as [Asked | null, number | null]
      return now === null ? null : node.requests.price({ asked: now, wished: wish })
    },
    [settled],
    ['requests.changed'],
  )
}
