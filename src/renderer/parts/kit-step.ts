/**
 * Right after founding, the recovery kit is the last step of the wizard: the passphrase that was just typed is kept in
 * memory until that step is done or put off, and nowhere else.
 */
let held: string | undefined
export const holdKitStep = (passphrase: string): void => {
  held = passphrase
}
export const heldPassphrase = (): string | undefined => held
export const forgetKitStep = (): void => {
  held = undefined
}
