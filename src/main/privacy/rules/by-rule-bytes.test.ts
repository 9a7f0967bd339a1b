import { describe, expect, it } from 'vitest'
import { utf8Decode } from '../../../shared/std/bytes.ts'
import { encode } from '../../node/chain/codec.ts'
import type { Rounded } from '../lane-b.ts'
import {
  decimalText,
  encodeByRule,
  findingOf,
  isRefusal,
  readByRule,
  REFUSED_ANSWER,
} from './by-rule-bytes.ts'

const model: Rounded = {
  kind: 'model',
  model: {
    coefficients: [
      { name: 'age', value: [-12, -2], error: [31, -3] },
      { name: 'sex', value: [0, 0], error: [5, -1] },
    ],
    patients: 1_235,
    events: 120,
  },
}
const table: Rounded = {
  kind: 'table',
  table: {
    cells: [15, null, 20, 30],
    margins: [
      [15, 50],
      [35, 30],
    ],
    total: 65,
  },
}
const axes = [
  { variable: 'sex', levels: ['female', 'male'] },
  { variable: 'group', levels: ['a', 'b'] },
]

describe('an answer by rule', () => {
  it('is one text of decimal digits, with limits that are rounded outwards', () => {
    const bytes = encodeByRule([findingOf('model/0', model)!])
    expect(utf8Decode(bytes.subarray(bytes.indexOf(0x7b)))).toBe(
      '{"findings":[{"coefficients":[' +
        '{"coefficient":"-0.12","error":"0.031","high":"-0.059","low":"-0.181","term":"age"},' +
        '{"coefficient":"0","error":"0.5","high":"1","low":"-1","term":"sex"}' +
        '],"events":"120","kind":"model","name":"model/0","patients":"1235"}]}',
    )
  })
  it('comes back as it was', () => {
    const findings = [
      findingOf('model/0', model)!,
      findingOf('baseline/sex', table, axes)!,
      findingOf('curve/1/female', {
        kind: 'curve',
        steps: [{ untilDay: 90, survival: [95, -2], atRisk: 120 }],
      })!,
      findingOf('baseline/age', { kind: 'mean', mean: [64, 0] })!,
      findingOf('baseline/age', { kind: 'quantile', perMille: 500, value: [63, 0] })!,
    ]
    expect(readByRule(encodeByRule(findings))).toEqual({ findings })
  })
  it('has no other form: spaces, another order, a number instead of its digits', () => {
    const of = (text: string) => readByRule(encode(['release-by-rule/1', text]))
    const plain = '{"findings":[{"kind":"mean","name":"a","value":"1"}]}'
    expect(of(plain)).not.toBeNull()
    expect(of(`${plain} `)).toBeNull()
    expect(of('{"findings":[{"name":"a","kind":"mean","value":"1"}]}')).toBeNull()
    expect(of('{"findings":[{"kind":"mean","name":"a","value":1}]}')).toBeNull()
    expect(of('{"findings":[{"kind":"mean","name":"a","value":"01"}]}')).toBeNull()
    expect(of('{"findings":[{"exact":"1","kind":"mean","name":"a","value":"1"}]}')).toBeNull()
    expect(readByRule(encode(['release/1', plain]))).toBeNull()
    expect(readByRule(REFUSED_ANSWER)).toBeNull()
  })
  it('says nothing of an artefact', () => {
    expect(findingOf('model/0', { kind: 'artefact' })).toBeNull()
  })
  it('knows the refusal by its bytes', () => {
    expect(isRefusal(REFUSED_ANSWER)).toBe(true)
    expect(isRefusal(encodeByRule([]))).toBe(false)
  })
})

describe('decimalText', () => {
  it.each([
    [[0, 0], '0'],
    [[12, 3], '12000'],
    [[-12, -1], '-1.2'],
    [[5, -3], '0.005'],
    [[1234, -4], '0.1234'],
  ] as const)('writes %j as %s', ([mantissa, exponent], text) => {
    expect(decimalText([mantissa, exponent])).toBe(text)
  })
})
