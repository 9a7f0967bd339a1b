import { expect, it } from 'vitest'
import { defaultPolicy } from './trusted-types.ts'

it('the policy lets rules of styles through and nothing that could make an element or a script (T22: E4)', () => {
  const rules = '@media(min-width: 62em){.a > .b{padding:calc(1rem * 2);content:"&lt;"}}'
  expect(defaultPolicy.createHTML(rules)).toBe(rules)
  for (const text of ['<b>', 'a{}</style><img src=x onerror=alert(1)>', '<', 'x<!--'])
    expect(defaultPolicy.createHTML(text), text).toBeNull()
  expect(defaultPolicy.createScript()).toBeNull()
  expect(defaultPolicy.createScriptURL()).toBeNull()
})
