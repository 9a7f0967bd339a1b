/**
 * The page's content security policy requires trusted types: text that is put where markup, a script or a script's address
 * goes is refused unless a policy made it. There is one, `default`, which the browser asks for every such text.
 * `page-policy.ts` makes it before anything else of the page runs.
 */

/** As in the W3C draft "Trusted Types"; what answers null is refused, and told as a violation. */
export interface DefaultPolicy {
  createHTML(text: string): string | null
  createScript(): null
  createScriptURL(): null
}

export const defaultPolicy: DefaultPolicy = {
  // Mantine writes the rules of its <style> elements as markup (InlineStyles, MantineCssVariables, MantineClasses).
  // Without a `<` there is no element, whatever the text says.
  createHTML: (text) => (text.includes('<') ? null : text),
  createScript: () => null,
  createScriptURL: () => null,
}
