import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { leaveComposingKeys, letterOf } from './keys.ts'

/** Every key that a form, list, dialog or room acts on. */
const KEYS = [
  'Enter',
  'Tab',
  'Escape',
  ' ',
  'ArrowDown',
  'ArrowUp',
  'PageDown',
  'Home',
  'F2',
  'F4',
  'F8',
  'F9',
  '5',
  's',
]

const keyEvent = (type: string, key: string, isComposing: boolean, keyCode: number): Event =>
  Object.assign(new Event(type, { bubbles: true, cancelable: true }), { key, isComposing, keyCode })

function windowWithDoor() {
  const window = new EventTarget()
  const seen: string[] = []
  leaveComposingKeys(window)
  window.addEventListener('keydown', (event) => {
    seen.push((event as KeyboardEvent).key)
    event.preventDefault()
  })
  return { window, seen }
}

describe('a key while a word is being composed', () => {
  it('saves, moves, picks and retracts nothing: no handler of the window sees it, by the flag or by its code', () => {
    for (const key of KEYS) {
      const { window, seen } = windowWithDoor()
      for (const event of [keyEvent('keydown', key, true, 13), keyEvent('keydown', 'Process', false, 229)]) {
        window.dispatchEvent(event)
        // The input method has it: nobody here has taken it away.
        expect(event.defaultPrevented, key).toBe(false)
      }
      expect(seen, key).toEqual([])
    }
  })

  it('is followed by keys that work again', () => {
    for (const key of KEYS) {
      const { window, seen } = windowWithDoor()
      window.dispatchEvent(keyEvent('keydown', 'Process', true, 229))
      window.dispatchEvent(keyEvent('keydown', key, false, 13))
      expect(seen).toEqual([key])
    }
  })

  it('still says that somebody is here: its `keyup` passes', () => {
    const { window } = windowWithDoor()
    let count = 0
    window.addEventListener('keyup', () => count++)
    window.dispatchEvent(keyEvent('keyup', 'Process', true, 229))
    expect(count).toBe(1)
  })

  it('ends at one door, which is open before anything is drawn and before any other listener', () => {
    const renderer = join(import.meta.dirname, '..')
    const main = readFileSync(join(renderer, 'main.tsx'), 'utf8')
    expect(main.indexOf('leaveComposingKeys(window)')).toBeGreaterThan(0)
    expect(main.indexOf('leaveComposingKeys(window)')).toBeLessThan(main.indexOf('createRoot('))
    const files = readdirSync(renderer, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
      .map((name) => [name.replaceAll('\\', '/'), readFileSync(join(renderer, name), 'utf8')] as const)
    const knowing = files.filter(([, text]) => /isComposing|keyCode/.test(text)).map(([name]) => name)
    expect(knowing).toEqual(['ui/keys.ts'])
    // A listener that is added while modules load, and takes keys before the page, would be ahead of the door.
    const early = files.filter(([, text]) => /^(window|document)\.addEventListener\('key/m.test(text))
    expect(early.map(([name]) => name)).toEqual([])
  })
})

describe('the letter of a chord with Alt', () => {
  it('is the key’s own where Alt makes another character of it, as on a Mac', () => {
    const chords = [
      ['5', 'Digit5', '5'],
      ['N', 'KeyN', 'n'],
      ['∞', 'Digit5', '5'],
      ['†', 'KeyT', 't'],
      ['Dead', 'KeyN', 'n'],
      // What the keyboard says goes before where the key lies.
      ['n', 'KeyL', 'n'],
      ['Enter', 'Enter', ''],
      ['F8', 'F8', ''],
    ] as const
    for (const [key, code, letter] of chords) expect(letterOf({ key, code }), key).toBe(letter)
  })
})
