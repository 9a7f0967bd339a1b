import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { en, zhHant } from '../words/palette.ts'
import { foundActions, foundBy } from './palette-filter.ts'

const actions = Object.keys(en).map((id) => ({
  id,
  label: id === 'theme-dark' ? 'Dark look' : id,
  keywords: [en[id as keyof typeof en], zhHant[id as keyof typeof en]],
}))
const ids = (query: string) => foundActions(query, actions).map(({ id }) => id)

describe('what the palette finds', () => {
  it('finds the demonstration by what people type, and not each of its people beside it', () => {
    for (const typed of ['demo', 'Demo', 'demonstration', 'new demonstration', '示範']) {
      expect(ids(typed), typed).toContain('demonstration')
      expect(ids(typed), typed).not.toContain('become')
    }
    expect(ids('試用')).toContain('demonstration')
    expect(ids('change user')).toContain('become')
  })

  it('leads to rooms by what is done there, in both languages', () => {
    const leads = {
      'hazard ratio': 'room-question',
      'privacy budget': 'room-requests',
      catalogue: 'room-requests',
      變項: 'room-requests',
      approve: 'room-checks',
      審稿: 'room-reviews',
      sankey: 'room-pathways',
      units: 'room-cleaning',
      password: 'room-settings',
      'paper comparison': 'room-models',
      登出: 'lock',
      'log out': 'lock',
    }
    for (const [typed, id] of Object.entries(leads)) expect(ids(typed), typed).toContain(id)
  })

  it('asks for every word, and shows names before other words', () => {
    expect(ids('dark zebra')).toEqual([])
    expect(ids('look')[0]).toBe('theme-dark')
    expect(ids('look dark')).toContain('theme-dark')
  })

  it('shows a name that begins like the word before other words', () => {
    const pricing = { label: 'Pricing', keywords: ['premium price'] }
    const request = { label: 'New request', keywords: ['study price'] }
    expect(foundActions('price', [request, pricing])).toEqual([pricing, request])
  })

  it('shows a name that begins with what is typed before one that holds it', () => {
    const person = { label: 'Become: Analyst (Demonstration user)' }
    const made = { label: 'Demonstration: make a new one' }
    expect(foundActions('demo', [person, made])).toEqual([made, person])
    expect(foundActions('new demonstration', [person, made])).toEqual([made])
  })

  it('tells by which other words something was found, and nothing where its name says it', () => {
    const requests = { label: 'Requests', keywords: ['Requests', 'ask privacy budget'] }
    expect(foundBy('budg', requests)).toEqual(['budget'])
    expect(foundBy('request', requests)).toEqual([])
    expect(foundBy('隱私', { label: 'x', keywords: ['查詢 隱私'] })).toEqual(['隱私'])
  })

  it('takes other words from their beginning, not from their middle', () => {
    expect(foundActions('age', [{ label: 'x', keywords: ['manage'] }])).toEqual([])
    expect(foundActions('age', [{ label: 'x', keywords: ['manage ages'] }])).toHaveLength(1)
    expect(foundActions('預算', [{ label: 'x', keywords: ['隱私預算'] }])).toHaveLength(1)
  })

  it('shows everything before anything is typed', () => {
    expect(ids('  ')).toHaveLength(actions.length)
  })

  it('knows other words for every room and every action', () => {
    const renderer = join(import.meta.dirname, '..')
    const files = readdirSync(renderer, { recursive: true, encoding: 'utf8' })
    const doors = files.filter((path) => path.endsWith('route.tsx') && !path.includes('first-run'))
    const given = ['app/Palette.tsx', ...doors].flatMap((path) => {
      const text = readFileSync(join(renderer, path), 'utf8')
      const rooms = [...text.matchAll(/^ {2}room: '([a-z]*)'/gm)].map(([, room]) => `room-${room!}`)
      return [...rooms, ...[...text.matchAll(/\bid: '([a-z-]+)'/g)].map(([, id]) => id!)]
    })
    expect(given.length).toBeGreaterThan(40)
    expect(given.filter((id) => !(id in en))).toEqual([])
    expect(Object.keys(en).filter((id) => id !== 'become' && !given.includes(id))).toEqual([])
  })
})
