/** A picture under docs/screens/: how to get there from a fresh start. The list is `screens.ts`. */
import type { Consilium, Locale, Theme } from './fixtures.ts'

export interface Screen {
  /** Name of the file without its ending; pictures are `NAME.LOCALE.THEME.WIDTH.jpg`. */
  readonly name: string
  /** From the state in which the previous screen of the same start left the application. */
  readonly open: (consilium: Consilium, look: { locale: Locale; theme: Theme }) => Promise<void>
}
