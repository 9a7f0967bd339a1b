import { afterEach, describe, expect, it, vi } from 'vitest'

vi.mock('../../../lib/node.ts', () => ({
  node: { app: { session: () => Promise.resolve({ state: 'none' }) } },
  listen: () => () => undefined,
}))
const { useImport } = await import('./use-import.ts')

afterEach(() => useImport.setState({ jobId: null, exportJobId: null, trialJobId: null }))

describe('the import room', () => {
  it('begins afresh where the work that it showed is somebody else’s, and keeps what still is', () => {
    useImport.setState({ jobId: 'mine', exportJobId: 'another', trialJobId: 'gone', chosen: ['/a'] })
    useImport.getState().forgetGone(new Map([['mine', {}]]))
    expect(useImport.getState()).toMatchObject({
      jobId: 'mine',
      exportJobId: null,
      trialJobId: null,
      chosen: ['/a'],
    })
    useImport.getState().forgetGone(new Map())
    expect(useImport.getState().jobId).toBeNull()
  })
})
