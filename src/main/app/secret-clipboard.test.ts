import { afterEach, expect, it, vi } from 'vitest'
import { copySecret, SECRET_STAYS_MS } from './secret-clipboard.ts'

afterEach(() => {
  vi.useRealTimers()
})

it('T40: a copied secret is gone from the clipboard after half a minute, and what was copied since is not touched', async () => {
  vi.useFakeTimers()
  let held = ''
  const clipboard = {
    writeText: (text: string) => (held = text),
    readText: () => Promise.resolve(held),
    clear: () => (held = ''),
  }
  copySecret(clipboard, 'Canary Chan A123456789')
  await vi.advanceTimersByTimeAsync(SECRET_STAYS_MS - 1)
  expect(held).toBe('Canary Chan A123456789')
  await vi.advanceTimersByTimeAsync(1)
  expect(held).toBe('')
  copySecret(clipboard, 'another secret')
  held = 'a shopping list'
  await vi.advanceTimersByTimeAsync(SECRET_STAYS_MS)
  expect(held).toBe('a shopping list')
})
