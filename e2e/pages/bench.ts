/** What a measurement is given by its command. */

/** @throws where it was started without that command */
export function given(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set: run it by \`npm run bench\``)
  return value
}
