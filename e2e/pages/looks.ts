/** What can be wrong with the looks of a page: words that are cut off, words of the other language. */
import type { Consilium } from '../fixtures.ts'

/** Electron may collect the answer of a call before the test has it, also twice: the zoom is then asked for once more. */
export async function zoom({ app }: Consilium, factor: number): Promise<void> {
  for (let tries = 5; ; tries--)
    try {
      return await app.evaluate(
        ({ BrowserWindow }, given) => BrowserWindow.getAllWindows()[0]!.webContents.setZoomFactor(given),
        factor,
      )
    } catch (error) {
      if (tries === 0 || !String(error).includes('garbage collected')) throw error
    }
}

/** In the page: words that somebody should read and cannot, because their box cuts them off and does not scroll. */
export function cutOff(): string[] {
  const found: string[] = []
  const { documentElement } = document
  if (documentElement.scrollWidth > documentElement.clientWidth + 1) found.push('the page itself')
  // Only the room scrolls: a page that does takes its bars away when something below is scrolled into view.
  if (documentElement.scrollHeight > documentElement.clientHeight + 1) found.push('the page itself, below')
  for (const element of document.querySelectorAll<HTMLElement>('main *')) {
    const own = [...element.childNodes].some(
      (child) => child.nodeType === Node.TEXT_NODE && child.textContent!.trim() !== '',
    )
    if (!own || element.getClientRects().length === 0 || element.closest('.visually-hidden, option')) continue
    const style = getComputedStyle(element)
    const isCut = style.overflowX === 'hidden' || style.overflowX === 'clip'
    // A title says the rest of what is shortened on purpose.
    if (isCut && element.scrollWidth > element.clientWidth + 1 && element.title === '')
      found.push(element.textContent!.trim().slice(0, 60))
  }
  return found
}

/** In the page in Chinese: sentences of three and more Latin words, which no code, unit or name is. */
export function latinSentences(): string[] {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const found = new Set<string>()
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent!.trim()
    const parent = node.parentElement!
    if (parent.closest('[lang=en], script, style, article, pre, code, svg, [data-testid=paste-preview] td'))
      continue
    // A notice stays in the language in which it was said, and goes by itself.
    if (parent.closest('.mantine-Notifications-root')) continue
    if (/(?:\b[A-Za-z]{3,}\b[ ,.]+){3,}/.test(text) && !/[\u4e00-\u9fff]/.test(text))
      found.add(text.slice(0, 80))
  }
  return [...found]
}
