/** Going about without a mouse. */
import type { Consilium } from '../fixtures.ts'

/** Presses Tab until what has the focus is called so. */
export async function tabTo({ page }: Consilium, name: string | RegExp): Promise<void> {
  const matches = (text: string) => (typeof name === 'string' ? text === name : name.test(text))
  for (let i = 0; i < 80; i++) {
    const text = await page.evaluate(() => {
      const here = document.activeElement as HTMLElement | null
      const labels =
        here instanceof HTMLInputElement || here instanceof HTMLSelectElement ? here.labels : null
      return here?.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? here?.textContent ?? ''
    })
    if (matches(text.trim())) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not come to ${String(name)}`)
}
