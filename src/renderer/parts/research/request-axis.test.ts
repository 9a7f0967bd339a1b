import { describe, expect, it } from 'vitest'
import type { CatalogVariable } from '../../../shared/contract/requests.ts'
import * as requests from '../../words/requests.ts'
import { edgesFromText, firstEdges, levelNames, textOfEdges, timeEdgesOf, valueText } from './request-axis.ts'

const words = { requests: requests.en } as Parameters<typeof levelNames>[2]
const age: CatalogVariable = { name: 'age-years', kind: 'number', least: 0, greatest: 120, step: 5 }
const hba1c: CatalogVariable = { name: 'hba1c-tenths', kind: 'number', least: 30, greatest: 200, step: 5 }
const sex: CatalogVariable = { name: 'sex', kind: 'label', levels: ['female', 'male', 'other', 'unknown'] }

describe('levels of an axis', () => {
  it('are the bins as people say them, and one for those of whom it is not known', () => {
    expect(levelNames({ variable: 'age-years', edges: [40, 65] }, age, words, 'en')).toEqual([
      'below 40',
      '40 to below 65',
      '65 and above',
      'not recorded',
    ])
    expect(levelNames({ variable: 'sex', edges: [] }, sex, words, 'en')).toEqual([
      'Female',
      'Male',
      'Other',
      'Recorded as unknown',
      'not recorded',
    ])
  })
  it('speak of tenths of a per cent as per cent', () => {
    expect(levelNames({ variable: 'hba1c-tenths', edges: [65] }, hba1c, words, 'en')[0]).toBe('below 6.5')
    expect(valueText('hba1c-tenths', 65, 'en')).toBe('6.5')
  })
})

describe('bins as they are typed', () => {
  it('are read with any comma, in the unit of the screen', () => {
    expect(edgesFromText('age-years', '40，65、 80')).toEqual([40, 65, 80])
    expect(edgesFromText('hba1c-tenths', '6.5, 8')).toEqual([65, 80])
    expect(edgesFromText('age-years', '')).toEqual([])
    expect(textOfEdges('hba1c-tenths', [65, 80])).toBe('6.5, 8')
  })
  it('are none where a piece is no number, or lies between two whole ones of the dictionary', () => {
    expect(edgesFromText('age-years', '40, x')).toBeNull()
    expect(edgesFromText('age-years', '40.5')).toBeNull()
    expect(edgesFromText('hba1c-tenths', '6.55')).toBeNull()
  })
})

describe('bins that a form begins with', () => {
  it.each([age, hba1c])('rise on the steps of $name, within its range', (variable) => {
    if (variable.kind !== 'number') return
    const edges = firstEdges(variable)
    expect(edges.length).toBeGreaterThan(2)
    expect(edges.every((edge, i) => i === 0 || edge > edges[i - 1]!)).toBe(true)
    expect(edges.every((edge) => edge % variable.step === 0)).toBe(true)
    expect(edges.every((edge) => edge > variable.least && edge <= variable.greatest)).toBe(true)
  })
  it('are none for labels', () => {
    expect(firstEdges(sex)).toEqual([])
  })
  it('of time go on to the end, at most a hundred', () => {
    expect(timeEdgesOf(90, 360)).toEqual([90, 180, 270, 360])
    expect(timeEdgesOf(1, 7_000)).toHaveLength(100)
    expect(timeEdgesOf(0, 360)).toEqual([])
  })
})
