/** By which way a copy in Cleaning goes, where examples of records are among what is selected. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

const ok = () => Promise.resolve({ ok: true, value: undefined })
const PART = {}
const FIELD = class {}
let copies: unknown[]
let selected: readonly unknown[]
let onWindow: (event: unknown) => void

beforeEach(() => {
  vi.resetModules()
  copies = []
  const getSelection = () => ({
    isCollapsed: false,
    containsNode: (part: unknown) => selected.includes(part),
    toString: () => '600 %',
  })
  const copied = (way: string) => (given: object) => {
    copies.push([way, given])
    return ok()
  }
  vi.stubGlobal('navigator', { language: 'en' })
  vi.stubGlobal('HTMLInputElement', FIELD)
  vi.stubGlobal('HTMLTextAreaElement', FIELD)
  vi.stubGlobal('document', { querySelectorAll: () => [PART] })
  vi.stubGlobal('window', {
    addEventListener: (name: string, listener: typeof onWindow) => {
      if (name === 'copy') onWindow = listener
    },
    getSelection,
    location: { hash: '#/cleaning' },
    consilium: {
      on: () => () => {},
      app: {
        copyText: copied('app'),
        settings: () => Promise.resolve({ ok: true, value: { locale: 'en' } }),
      },
      releases: { copy: copied('releases') },
    },
  })
})
afterEach(() => vi.unstubAllGlobals())

async function copy(target: unknown = {}) {
  vi.doMock('./rooms.ts', () => ({ rooms: [{ room: 'cleaning', showsNoPatient: true }] }))
  const { keepCopiesShort } = await import('./copies.ts')
  const { useCopiesReleased } = await import('../parts/research/use-copies-released.ts')
  vi.doUnmock('./rooms.ts')
  keepCopiesShort()
  const event = {
    type: 'copy',
    target,
    defaultPrevented: false,
    preventDefault: () => void (event.defaultPrevented = true),
  }
  // The page hears it before the window.
  useCopiesReleased().onCopy(event as never)
  onWindow(event)
}

it('is that of a secret', async () => {
  selected = [PART]
  await copy()
  expect(copies).toEqual([['app', { text: '600 %', isSecret: true }]])
})

it('is that of results for everything else there, and of the browser for what is typed', async () => {
  selected = []
  await copy()
  expect(copies).toMatchObject([['releases', { output: { content: '600 %' } }]])
  selected = [PART]
  await copy(new FIELD())
  expect(copies).toHaveLength(1)
})
