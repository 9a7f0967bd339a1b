/** What a test asks of the window beside clicks: another place, another person of the demonstration, a call of its own bridge. */
import type { Page } from '@playwright/test'
import { expect } from '../fixtures.ts'
import { wordsOf } from './words.ts'

const { shell } = wordsOf('en')

export const at = (page: Page, place: string) => page.evaluate((where) => void (location.hash = where), place)

/** As somebody at an institution of the demonstration. */
export async function as(page: Page, who: string, place: string): Promise<void> {
  await page.getByLabel(shell.youAre).selectOption(who)
  await expect(page.getByLabel(shell.youAre)).toBeEnabled()
  await at(page, place)
}

/** What the window's own bridge answers; a refusal of the door is thrown. */
export async function ask<T>(page: Page, call: string, input?: unknown): Promise<T> {
  return page.evaluate(
    async ([name, given]) => {
      const [service, method] = (name as string).split('.') as [string, string]
      const bridge = window.consilium as unknown as Record<
        string,
        Record<
          string,
          (input: unknown) => Promise<{ ok: boolean; value?: unknown; error?: { code: string } }>
        >
      >
      const answer = await bridge[service]![method]!(given)
      if (!answer.ok) throw new Error(`${name as string}: ${answer.error?.code ?? 'failed'}`)
      return answer.value as never
    },
    [call, input] as const,
  )
}

/** Founds a hospital of its own by the bridge, for tests that are not about founding. */
export const foundAt = (page: Page, folder: string) =>
  page.evaluate(async (profile) => {
    await window.consilium.app.found({
      folder: profile,
      institutionName: 'North Hospital',
      personName: 'Ada Lin',
      passphrase: 'a passphrase of several words',
      zone: 'Asia/Taipei',
    })
  }, folder)
