/**
 * Pictures for whoever looks at the screens while working on them: `CONSILIUM_PICTURES=FOLDER` keeps them there, else none
 * is made. Those of docs/screens/ are made by `screens.run.ts`.
 */
import { join } from 'node:path'
import type { Page, PageScreenshotOptions } from '@playwright/test'
import { show, type Consilium, type Locale, type Theme } from '../fixtures.ts'

const folder = process.env['CONSILIUM_PICTURES']

/** Whether anybody wants them. */
export const arePicturesKept = folder !== undefined

export interface Look {
  readonly locale: Locale
  readonly theme: Theme
}

/** Each language and each set of colours once. The window is left in the last of them. */
export const LOOKS: readonly Look[] = [
  { locale: 'zh-Hant', theme: 'dark' },
  { locale: 'en', theme: 'light' },
]
/** Each language in each set of colours. */
export const ALL_LOOKS: readonly Look[] = [
  { locale: 'zh-Hant', theme: 'dark' },
  { locale: 'zh-Hant', theme: 'light' },
  { locale: 'en', theme: 'dark' },
  { locale: 'en', theme: 'light' },
]

export const inLook = (name: string, { locale, theme }: Look): string => `${name}.${locale}.${theme}`

export async function keepPicture(
  page: Page,
  name: string,
  options: Pick<PageScreenshotOptions, 'clip' | 'fullPage'> = {},
): Promise<void> {
  if (folder === undefined) return
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', ...options })
}

/** Goes through the looks, also where nobody wants pictures; the window is left in the last, in English. */
export async function inEachLook(
  page: Page,
  visit: (look: Look) => Promise<void>,
  looks: readonly Look[] = LOOKS,
): Promise<void> {
  for (const look of looks) {
    await show(page, look)
    await visit(look)
  }
}

/** One picture in each look. */
export async function keepLooks(page: Page, name: string, looks: readonly Look[] = LOOKS): Promise<void> {
  if (arePicturesKept) await inEachLook(page, (look) => keepPicture(page, inLook(name, look)), looks)
}

/** What the window's frame holds, in pixels; resolves when the page has taken the size. */
export async function setWindow({ app, page }: Consilium, width: number, height: number): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]!.setContentSize(size[0], size[1]),
    [width, height] as const,
  )
  await page.waitForFunction((wanted) => window.innerWidth === wanted, width)
}
