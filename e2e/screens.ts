/** The screens of docs/screens/, in the order in which a person meets them. */
import { expect } from './fixtures.ts'
import type { Screen } from './screen.ts'

export const screens: readonly Screen[] = [
  {
    name: 'first-run',
    open: async ({ page }) => {
      await expect(page.locator('#root')).not.toBeEmpty()
    },
  },
]
