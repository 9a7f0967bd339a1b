/** The insurer's desk of the demonstration: filled, its table answered, and every look of a page of it. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { AuditEntryView, AuditFilter } from '../../src/shared/contract/audit.ts'
import type { Budget, Catalog } from '../../src/shared/contract/requests.ts'
import { expect, show, type Consilium } from '../fixtures.ts'
import { bringAxe, seriousFindings } from './axe.ts'
import { as, ask } from './bridge.ts'
import { startDemonstration, untilComplete } from './demonstration.ts'
import { cutOff, latinSentences } from './looks.ts'
import { arePicturesKept, keepPicture } from './pictures.ts'
import { wordsOf } from './words.ts'

export const ANSWERED_MS = 600_000
export const ANALYST = 'harvest-insurance/analyst'
/** Who has the second pair of eyes. */
export const COLLEAGUE = 'harvest-insurance/analyst/2'

const words = wordsOf('en')

/** As its analyst, once the table that the demonstration asked is answered. */
export async function openInsurer({ page }: Consilium, patients: string): Promise<void> {
  await startDemonstration(page, words, patients)
  await untilComplete(page, 2 * ANSWERED_MS)
  await as(page, ANALYST, '#/groups')
  await expect(page.getByTestId('source')).toBeVisible({ timeout: ANSWERED_MS })
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await bringAxe(page)
}

/** What this institution may still ask of the newest snapshot. */
export async function budgetOf(page: Page): Promise<Budget['limits']> {
  const { snapshots } = await ask<Catalog>(page, 'requests.catalog')
  const about = { snapshot: snapshots[0]!.hash, isPublished: false }
  return (await ask<Budget>(page, 'requests.budget', about)).limits
}

/** What the insurer's audit has of these, as its auditor sees it; the window stays there. */
export async function auditOf(page: Page, filter: AuditFilter): Promise<AuditEntryView[]> {
  await as(page, 'harvest-insurance/auditor', '#/audit')
  const found = await ask<{ entries: AuditEntryView[] }>(page, 'audit.entries', {
    filter,
    before: null,
    limit: 500,
  })
  return found.entries
}

/** Where the demonstration's members live. */
export async function demonstrationFolder({ settingsFolder }: Consilium): Promise<string> {
  const parent = join(settingsFolder, 'demonstrations')
  const [name] = await readdir(parent)
  return join(parent, name!)
}

/**
 * Both languages, both sets of colours, both sizes of a window: nothing is cut off, nothing serious for axe, no sentence of the other language.
 * @param typed sentences that somebody typed or that name things: they stay as they are
 */
export async function looks({ page }: Consilium, name: string, typed: RegExp = /^$/): Promise<void> {
  for (const [locale, theme, width, height] of [
    ['en', 'light', 1280, 800],
    ['zh-Hant', 'dark', 1280, 800],
    ['en', 'dark', 1920, 1080],
    ['zh-Hant', 'light', 1920, 1080],
  ] as const) {
    await page.setViewportSize({ width, height })
    await show(page, { locale, theme })
    await page.waitForTimeout(400)
    if (arePicturesKept) await picture(page, `${name}.${locale}.${theme}.${width}`, { width, height })
    const look = `${name}, ${locale}, ${theme}, ${width}`
    expect.soft(await page.evaluate(cutOff), look).toEqual([])
    expect.soft(await seriousFindings(page), look).toEqual([])
    if (locale !== 'zh-Hant') continue
    const latin = (await page.evaluate(latinSentences)).filter((each) => !typed.test(each))
    expect.soft(latin, look).toEqual([])
  }
  await page.setViewportSize({ width: 1280, height: 800 })
  await show(page, { locale: 'en', theme: 'light' })
}

/** What the window shows, and below it what a higher window would show, in pieces of the window's height. */
async function picture(page: Page, name: string, size: { width: number; height: number }): Promise<void> {
  await keepPicture(page, name)
  const whole = await page.evaluate(() => {
    const middles = [...document.querySelectorAll<HTMLElement>('main, main *')].filter(
      ({ scrollHeight, clientHeight, clientWidth }) =>
        scrollHeight > clientHeight + 20 && clientHeight > 300 && clientWidth > 600,
    )
    return Math.max(0, ...middles.map(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight))
  })
  if (whole === 0) return
  await page.setViewportSize({ ...size, height: size.height + whole })
  await page.waitForTimeout(400)
  for (let y = 0, piece = 0; y < size.height + whole; y += size.height, piece++)
    await keepPicture(page, `${name}.${piece}`, {
      clip: { x: 0, y, width: size.width, height: Math.min(size.height, size.height + whole - y) },
    })
  await page.setViewportSize(size)
}
