/** One text for one tree, so that two institutions that wrote the same model hash the same: least parentheses, one blank, no comments. */
import type { Node } from './syntax.ts'

/** Strength of what binds: a part that binds less than its place asks for is put in parentheses. */
const LET = 0
const IF = 0
const STRENGTH = {
  or: 1,
  and: 2,
  not: 3,
  comparison: 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  unary: 7,
  power: 8,
  atom: 9,
} as const

/** The canonical text; what it parses to prints the same again. */
export function printExpression(node: Node): string {
  return print(node, 0)
}

function print(node: Node, least: number): string {
  const text = textOf(node)
  return strengthOf(node) < least ? `(${text})` : text
}

function strengthOf(node: Node): number {
  switch (node.kind) {
    case 'let':
      return LET
    case 'if':
      return IF
    case 'chain':
      return STRENGTH[node.rest[0]!.operator]
    case 'not':
      return STRENGTH.not
    case 'comparison':
      return STRENGTH.comparison
    case 'negate':
      return STRENGTH.unary
    case 'power':
      return STRENGTH.power
    case 'number':
    case 'text':
    case 'name':
    case 'call':
    case 'lookup':
      return STRENGTH.atom
  }
}

function textOf(node: Node): string {
  switch (node.kind) {
    case 'number':
      return String(node.value)
    case 'text':
      return `"${node.value}"`
    case 'name':
      return node.name
    case 'negate':
      return `-${print(node.of, STRENGTH.unary)}`
    case 'not':
      return `not ${print(node.of, STRENGTH.not)}`
    case 'chain': {
      // Each part binds closer than the chain itself, else the tree would be another one.
      const strength = STRENGTH[node.rest[0]!.operator] + 1
      return node.rest.reduce(
        (text, { operator, of }) => `${text} ${operator} ${print(of, strength)}`,
        print(node.first, strength),
      )
    }
    case 'power':
      return `${print(node.base, STRENGTH.atom)} ^ ${print(node.exponent, STRENGTH.unary)}`
    case 'comparison':
      return `${print(node.left, STRENGTH['+'])} ${node.operator} ${print(node.right, STRENGTH['+'])}`
    case 'if':
      return `if ${print(node.test, IF)} then ${print(node.then, IF)} else ${print(node.otherwise, IF)}`
    case 'let': {
      const bindings = node.bindings.map(({ name, value }) => `let ${name} = ${print(value, IF)} in `)
      return bindings.join('') + print(node.body, IF)
    }
    case 'call':
      return `${node.name}(${node.args.map((arg) => print(arg, 0)).join(', ')})`
    case 'lookup': {
      const parts = [
        node.table,
        print(node.key, 0),
        ...(node.otherwise === null ? [] : [print(node.otherwise, 0)]),
      ]
      return `lookup(${parts.join(', ')})`
    }
  }
}
