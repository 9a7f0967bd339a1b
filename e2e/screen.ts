/** A picture under docs/screens/: how to get there from a fresh start. The list is `screens.ts`. */
import { expect, type Consilium, type Locale, type Theme } from './fixtures.ts'
import { deskOf, type Desk } from './pages/desk.ts'

export interface Screen {
  /** Name of the file without its ending; pictures are `NAME.LOCALE.THEME.WIDTH.jpg`. Begins with the name of its room. */
  readonly name: string
  /** From the state in which the previous screen of the same start left the application. */
  readonly open: (consilium: Consilium, look: { locale: Locale; theme: Theme }) => Promise<void>
  /** A further part of a page that another screen shows: pictures and the long run have it, the short run looks at the page once. */
  readonly isPart?: boolean
}

export const screen = (name: string, open: (desk: Desk, locale: Locale) => Promise<void>): Screen => ({
  name,
  open: (consilium, { locale }) => open(deskOf(consilium, locale), locale),
})

/** Another part of the page of the screen before it; the screen after it does not need it. */
export const part = (name: string, open: Parameters<typeof screen>[1]): Screen => ({
  ...screen(name, open),
  isPart: true,
})

/** Another person of the demonstration. */
export async function become({ t, consilium: { page } }: Desk, personId: string): Promise<void> {
  const who = page.getByLabel(t.shell.youAre)
  await who.selectOption(personId)
  await expect(who).toHaveValue(personId)
  await expect(who).toBeEnabled()
}
