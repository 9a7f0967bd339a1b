/** What the request costs and buys, asked again a moment after the last change. */
import { useDebouncedValue } from '@mantine/hooks'
import type { Asked, Price } from '../../../shared/contract/requests.ts'
import { useAsk, type Asked as Answer } from '../../lib/live.ts'
import { node } from '../../lib/node.ts'

const TYPING_MS = 250

/**
 * Null: nothing to ask about yet.
 * @returns `isOfThis` false while what is shown is the price of what stood there before: nobody confirms a price that was never shown
 */
export function usePrice(
  asked: Asked | null,
  wished: number | null,
): Answer<Price | null> & { readonly isOfThis: boolean } {
  const text = JSON.stringify([asked, wished])
  const [settled] = useDebouncedValue(text, TYPING_MS)
  const { value, ...asking } = useAsk(
    async () => {
      const [now, wish] = JSON.parse(settled) as [Asked | null, number | null]
      const price = now === null ? null : await node.requests.price({ asked: now, wished: wish })
      return { price, of: settled }
    },
    [settled],
    ['requests.changed'],
  )
  return { ...asking, value: value?.price, isOfThis: value?.of === text && asking.failure === undefined }
}
