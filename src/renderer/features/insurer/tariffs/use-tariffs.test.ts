import { describe, expect, it, vi } from 'vitest'
import { node } from '../../../lib/node.ts'
import { useTariffs } from './use-tariffs.ts'

vi.mock('../../../lib/node.ts', () => ({ node: { tariffs: { list: vi.fn(), open: vi.fn() } } }))
vi.mock('../../../lib/session.ts', () => ({ ofOnePerson: vi.fn() }))

const opened = (hash: string) => ({ row: { hash } }) as Awaited<ReturnType<typeof node.tariffs.open>>

describe('the open version', () => {
  it('is the one that was asked for last, whichever answer comes last', async () => {
    const waiting: (() => void)[] = []
    vi.mocked(node.tariffs.list).mockResolvedValue([])
    vi.mocked(node.tariffs.open).mockImplementation(
      ({ hash }) => new Promise((resolve) => waiting.push(() => resolve(opened(hash)))),
    )
    const { load, open } = useTariffs.getState()
    const first = open('first')
    waiting.shift()!()
    await first
    // Back in the room: the list comes, and with it the version that stood open before, while another one is asked for.
    const asked = [load()]
    await vi.waitFor(() => expect(waiting).toHaveLength(1))
    asked.push(open('second'))
    for (const answer of waiting.toReversed()) {
      answer()
      await Promise.resolve()
    }
    await Promise.all(asked)
    expect(useTariffs.getState().opened!.row.hash).toBe('second')
  })
})
