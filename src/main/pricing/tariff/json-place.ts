/** Where a text stops being JSON (RFC 8259): engines say it in words of their own, which nobody should parse. */
export interface JsonPlace {
  readonly line: number
  readonly column: number
  readonly expected: string
}

const DEPTH_MAX = 64

/** The first place that is wrong, or null for a text that is JSON. */
export function jsonProblem(text: string): JsonPlace | null {
  const scanner = new Scanner(text)
  try {
    scanner.blank()
    scanner.value(0)
    scanner.blank()
    if (scanner.at < text.length) scanner.stop('the end')
    return null
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    let line = 1
    let start = 0
    for (let i = 0; i < scanner.at; i++) {
      if (text.charCodeAt(i) === 10) {
        line++
        start = i + 1
      }
    }
    return { line, column: scanner.at - start + 1, expected: error.message }
  }
}

class Stop extends Error {}

class Scanner {
  at = 0
  private readonly text: string

  constructor(text: string) {
    this.text = text
  }

  stop(expected: string): never {
    throw new Stop(expected)
  }

  blank(): void {
    while (' \t\n\r'.includes(this.text[this.at] ?? 'x')) this.at++
  }

  value(depth: number): void {
    if (depth > DEPTH_MAX) this.stop('less nesting')
    const first = this.text[this.at]
    if (first === '{') this.list('}', () => this.pair(depth))
    else if (first === '[') this.list(']', () => this.value(depth + 1))
    else if (first === '"') this.string()
    else if (!this.match(/(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)/y))
      this.stop('a value')
  }

  private pair(depth: number): void {
    if (this.text[this.at] !== '"') this.stop('a name in double quotes')
    this.string()
    this.blank()
    this.take(':')
    this.blank()
    this.value(depth + 1)
  }

  private list(end: string, element: () => void): void {
    this.at++
    this.blank()
    if (this.text[this.at] === end) {
      this.at++
      return
    }
    for (;;) {
      element()
      this.blank()
      if (this.text[this.at] === end) {
        this.at++
        return
      }
      if (this.text[this.at] !== ',') this.stop(`, or ${end}`)
      this.at++
      this.blank()
    }
  }

  /** Character by character: a pattern would need a stack as long as the string. */
  private string(): void {
    this.at++
    for (;;) {
      const code = this.text.charCodeAt(this.at)
      if (code === 34) {
        this.at++
        return
      }
      // Also at the end of the text, where there is no code.
      if (!(code >= 32)) this.stop('a closed string')
      if (code !== 92) this.at++
      else if (!this.match(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y)) this.stop('an escape')
    }
  }

  private take(sign: string): void {
    if (this.text[this.at] !== sign) this.stop(sign)
    this.at++
  }

  private match(pattern: RegExp): boolean {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)
    if (found === null) return false
    this.at += found[0].length
    return true
  }
}
