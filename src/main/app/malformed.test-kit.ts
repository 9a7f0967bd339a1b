/** Messages that no honest window sends: of the right shape with one thing wrong, of a wrong shape, and of no shape at all. */
import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { parse } from '../services/dispatch.ts'

/** Stands in every text of a malformed message, and must stand in no answer. */
export const CANARY = 'Canary-Chan-A123456789'

export interface Dice {
  below(limit: number): number
}

/** The same numbers for the same name, on every machine. */
export function diceOf(name: string): Dice {
  let block: Buffer = Buffer.alloc(0)
  let counter = 0
  return {
    below(limit) {
      if (block.length < 4) block = createHash('sha256').update(`${name} ${counter++}`).digest()
      const value = block.readUInt32BE(0)
      block = block.subarray(4)
      return value % limit
    },
  }
}

type ObjectSchema = { readonly shape?: Readonly<Record<string, unknown>> }

/** @param input of the method; a message that it takes after all is none of ours, and another one is made */
export function malformedFor(input: z.ZodType, dice: Dice): unknown {
  for (;;) {
    const message = messageFor(input, dice)
    if (parse(input, message)?.success !== true) return message
  }
}

function messageFor(input: z.ZodType, dice: Dice): unknown {
  const { shape } = input as ObjectSchema
  if (shape === undefined || dice.below(4) === 0) return oddValue(dice, 3)
  const message: Record<string, unknown> = {}
  for (const name of Object.keys(shape)) {
    const choice = dice.below(8)
    if (choice === 0) continue
    message[name] = choice === 1 ? likely(dice) : oddValue(dice, 2)
  }
  if (dice.below(4) === 0) message[ODD_KEYS[dice.below(ODD_KEYS.length)]!] = oddValue(dice, 1)
  return message
}

const ODD_KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'then', 'length', '', '\u0000', 'kind']

function likely(dice: Dice): unknown {
  return ['aa'.repeat(32), 'aa'.repeat(16), 5, true, null, [], 'fhir', { kind: 'admit' }][dice.below(8)]
}

function oddValue(dice: Dice, depth: number): unknown {
  switch (dice.below(depth > 0 ? 26 : 22)) {
    case 0:
      return undefined
    case 1:
      return null
    case 2:
      return Number.NaN
    case 3:
      return -Infinity
    case 4:
      return 2 ** 53 + dice.below(1000) * 2
    case 5:
      return -dice.below(2 ** 31)
    case 6:
      return dice.below(2 ** 31) / 7
    case 7:
      return BigInt(dice.below(1000))
    case 8:
      return true
    case 9:
      return ''
    case 10:
      return CANARY.repeat(1 + dice.below(200))
    case 11:
      return `${CANARY}\u0000\ud800\u202e`
    case 12:
      return `../../../../etc/${CANARY}`
    case 13:
      return `<img src=x onerror="${CANARY}">`
    case 14:
      return 'f'.repeat(dice.below(300))
    case 15:
      return new Date(dice.below(2 ** 31))
    case 16:
      return new Uint8Array(dice.below(64))
    case 17:
      return new Map([[CANARY, CANARY]])
    case 18:
      return new Set([CANARY])
    case 19:
      return /x/
    case 20:
      return new Error(CANARY)
    case 21:
      return Object.create(null)
    case 22:
      return Array.from({ length: dice.below(12) }, () => oddValue(dice, depth - 1))
    case 23: {
      const odd: Record<string, unknown> = {}
      for (let i = dice.below(6); i >= 0; i--)
        Object.defineProperty(odd, ODD_KEYS[dice.below(ODD_KEYS.length)]!, {
          value: oddValue(dice, depth - 1),
          enumerable: true,
          configurable: true,
        })
      return odd
    }
    case 24: {
      // Counted a thousand times over before it is refused, so few of them.
      if (dice.below(10) > 0) return [CANARY]
      const ring: Record<string, unknown> = { text: CANARY }
      ring.self = ring
      return ring
    }
    default: {
      let deep: unknown = CANARY
      for (let i = 0; i < 500; i++) deep = i % 2 === 0 ? [deep] : { deep }
      return deep
    }
  }
}
