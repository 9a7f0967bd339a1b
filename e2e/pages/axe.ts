/** What axe finds serious on the page as it stands. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from '@playwright/test'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** To be asked once for each page, before the first finding is asked for. */
export async function bringAxe(page: Page): Promise<void> {
  await page.evaluate(source)
}

export async function seriousFindings(page: Page, options: object = {}): Promise<string[]> {
  const results = await page.evaluate(async (given) => {
    const { axe } = window as unknown as { axe: { run(options: unknown): Promise<AxeResults> } }
    return axe.run({ resultTypes: ['violations'], ...given })
  }, options)
  return results.violations
    .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
    .flatMap((violation) =>
      violation.nodes.map(
        (node) => `${violation.id} ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`,
      ),
    )
}
