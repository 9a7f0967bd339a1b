import { describe, expect, it } from 'vitest'
import { searchLabs } from './lab-search.ts'

describe('searchLabs', () => {
  it('puts the exact key, then the beginning of a name first', () => {
    expect(searchLabs('k', 3)[0]?.key).toBe('k')
    expect(searchLabs('hba1c', 3)[0]?.key).toBe('hba1c')
    expect(searchLabs('creat', 3)[0]?.key).toBe('creat')
    expect(searchLabs('2160-0', 3)[0]?.key).toBe('creat')
    expect(searchLabs('血色素', 3)[0]?.key).toBe('hgb')
    expect(searchLabs('糖化', 3)[0]?.key).toBe('hba1c')
  })
  it('finds nothing for nonsense and offers the list for nothing', () => {
    expect(searchLabs('zzzz', 8)).toEqual([])
    expect(searchLabs('', 8)).toHaveLength(8)
  })
})
