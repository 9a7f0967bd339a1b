import { afterEach, expect, it, vi } from 'vitest'
import { createSecretClipboard, SECRET_STAYS_MS } from './secret-clipboard.ts'

afterEach(() => {
  vi.useRealTimers()
})

function clipboardWith() {
  const system = { held: '' }
  const secrets = createSecretClipboard({
    writeText: (text: string) => (system.held = text),
    readText: () => Promise.resolve(system.held),
    clear: () => (system.held = ''),
  })
  return { system, ...secrets }
}

it('T40: a copied secret is gone from the clipboard after half a minute, and what was copied since is not touched', async () => {
  vi.useFakeTimers()
  const { system, copy } = clipboardWith()
  copy('Canary Chan A123456789')
  await vi.advanceTimersByTimeAsync(SECRET_STAYS_MS - 1)
  expect(system.held).toBe('Canary Chan A123456789')
  await vi.advanceTimersByTimeAsync(1)
  expect(system.held).toBe('')
  copy('another secret')
  system.held = 'a shopping list'
  await vi.advanceTimersByTimeAsync(SECRET_STAYS_MS)
  expect(system.held).toBe('a shopping list')
  // Copied once more, it stays half a minute from then.
  copy('a third')
  await vi.advanceTimersByTimeAsync(SECRET_STAYS_MS - 1)
  copy('a third')
  await vi.advanceTimersByTimeAsync(SECRET_STAYS_MS - 1)
  expect(system.held).toBe('a third')
})

it('T40: a copied secret does not outlast the application, and what was copied since does', async () => {
  vi.useFakeTimers()
  const { system, copy, forget } = clipboardWith()
  copy('Canary Chan A123456789')
  await forget()
  expect(system.held).toBe('')
  copy('another secret')
  system.held = 'a shopping list'
  await forget()
  expect(system.held).toBe('a shopping list')
  expect(vi.getTimerCount()).toBe(0)
})
