/** The two columns that a person pastes: the name of a cell and the number as the manuscript prints it. */

/** Tab, semicolon or comma before the last column; rows without a number are left out, a line of heads too. */
export function claimsOfText(text: string): { name: string; value: string }[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const found = /^\s*"?(.+?)"?\s*[\t;,]\s*"?([-−+]?\d+(?:\.\d+)?)"?\s*$/.exec(line)
    return found === null ? [] : [{ name: found[1]!.replaceAll('""', '"'), value: found[2]! }]
  })
}
