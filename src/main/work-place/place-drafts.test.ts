/** Drafts between a work place and its node, with a node that is a map and a line that comes and goes. */
import { describe, expect, it } from 'vitest'
import type { Draft } from '../../shared/contract/records.ts'
import { failureOf } from '../local-socket/remote-services.ts'
import type { KeptDraft, KeptDrafts } from './kept-drafts.ts'
import { createPlaceDrafts } from './place-drafts.ts'

function workPlace() {
  const atNode = new Map<string, Draft>()
  const files = new Map<string, KeptDraft>()
  const renamed: string[] = []
  const line = { isAway: false, isAnswerLost: false, isBusy: false }
  let at = 1_000
  /** As another machine of the same person does it, too. */
  const write = (draft: Draft): number => {
    at++
    atNode.set(draft.draftId, { ...draft, savedAt: at })
    return at
  }
  const node = {
    saveDraft: async ({ base, ...draft }: Draft & { base?: number | null }) => {
      if (line.isBusy) throw failureOf('too-many-calls', null)
      const before = atNode.get(draft.draftId)
      const isOther = before !== undefined && base !== undefined && before.savedAt !== base
      const becomes = isOther ? `${draft.draftId}~${at}` : draft.draftId
      const savedAt = write({ ...draft, draftId: becomes })
      if (line.isAnswerLost) throw failureOf('node-away', null)
      return { savedAt, ...(isOther ? { becomes } : {}) }
    },
    loadDraft: async ({ draftId }: { draftId: string }) => atNode.get(draftId) ?? null,
    listDrafts: async () => [...atNode.values()],
    discardDraft: async ({ draftId, base }: { draftId: string; base?: number | null }) => {
      if (base === undefined || atNode.get(draftId)?.savedAt === base) atNode.delete(draftId)
    },
    submit: async ({ draftId, draftBase }: { draftId: string | null; draftBase?: number | null }) => {
      if (draftId !== null) await node.discardDraft({ draftId, base: draftBase as number | null })
      return { kind: 'queued', visit: {} }
    },
  }
  const kept: KeptDrafts = {
    count: async () => files.size,
    save: async (_, draft) => void files.set(draft.draftId, draft),
    load: async (_, draftId) => files.get(draftId) ?? null,
    list: async () => [...files.values()],
    remove: async (_, draftId) => void files.delete(draftId),
    patients: async () => [],
    removeOf: async () => {},
    removeBefore: async () => {},
  }
  const { handlers, send } = createPlaceDrafts({
    node: node as never,
    kept,
    key: () => new Uint8Array(32),
    isAway: () => line.isAway,
    placeId: 'ab'.repeat(8),
    onKept() {},
    onRenamed: ({ becomes }) => void renamed.push(becomes),
  })
  const texts = () => [...atNode.values()].map(({ form }) => (form as { text: string }).text).toSorted()
  return { ...handlers, send, write, line, files, renamed, texts }
}

const typed = (text: string): Draft => ({
  draftId: 'd1',
  patientId: null,
  title: 'of a patient',
  savedAt: 1,
  form: { text },
})

describe('a draft that is thrown away while the node is away', () => {
  it('is not brought back by the older one that the node has', async () => {
    const { saveDraft, discardDraft, listDrafts, loadDraft, send, line, files, texts } = workPlace()
    await saveDraft(typed('older'))
    line.isAway = true
    await saveDraft(typed('newer'))
    await discardDraft({ draftId: 'd1' })
    expect(await listDrafts()).toEqual([])
    expect(await loadDraft({ draftId: 'd1' })).toBeNull()
    // What says so holds nothing of what was typed.
    expect(JSON.stringify([...files.values()])).not.toMatch(/newer|of a patient/)
    line.isAway = false
    await send()
    expect(texts()).toEqual([])
    expect(files.size).toBe(0)
  })

  it('leaves what the same person wrote on at another machine meanwhile', async () => {
    const { saveDraft, discardDraft, send, write, line, files, texts } = workPlace()
    await saveDraft(typed('older'))
    line.isAway = true
    await saveDraft(typed('newer'))
    await discardDraft({ draftId: 'd1' })
    write(typed('elsewhere'))
    line.isAway = false
    await send()
    expect(texts()).toEqual(['elsewhere'])
    expect(files.size).toBe(0)
  })
})

describe('a draft that was kept', () => {
  it('is known again at the node where only the answer was lost, and goes on there', async () => {
    const { saveDraft, send, line, renamed, texts } = workPlace()
    line.isAnswerLost = true
    await saveDraft(typed('sent'))
    line.isAway = true
    await saveDraft(typed('sent, and on'))
    Object.assign(line, { isAway: false, isAnswerLost: false })
    await send()
    expect(texts()).toEqual(['sent, and on'])
    expect(renamed).toEqual([])
  })

  it('overwrites nothing of another machine where the form saves before what was kept has gone', async () => {
    const { saveDraft, send, write, line, files, renamed, texts } = workPlace()
    await saveDraft(typed('begun'))
    line.isAway = true
    await saveDraft(typed('here'))
    write(typed('there'))
    line.isAway = false
    await saveDraft(typed('here, and on'))
    await send()
    expect(texts()).toEqual(['here, and on', 'there'])
    expect(renamed).toEqual([expect.stringMatching(/^d1~/)])
    expect(files.size).toBe(0)
    await saveDraft(typed('here, and on and on'))
    expect(texts()).toEqual(['here, and on and on', 'there'])
  })
})

describe('what another machine of the same person wrote', () => {
  const handedIn = (draftId: string | null) =>
    ({ visit: {}, draftId, submissionId: 'd1', draftBase: 1, change: null }) as never

  it('stays when the visit is handed in that was begun here while the node was away', async () => {
    const { saveDraft, submit, send, write, line, texts } = workPlace()
    line.isAway = true
    await saveDraft(typed('here'))
    line.isAway = false
    await send()
    write(typed('there'))
    await submit(handedIn('d1'))
    expect(texts()).toEqual(['there'])
  })

  it('stays where what is handed in was kept and went on from an older one; its own goes', async () => {
    const { saveDraft, submit, write, line, files, texts } = workPlace()
    await saveDraft(typed('begun'))
    line.isAway = true
    await saveDraft(typed('here'))
    line.isAway = false
    write(typed('there'))
    await submit(handedIn('d1'))
    expect(texts()).toEqual(['there'])
    expect(files.size).toBe(0)

    const own = workPlace()
    await own.saveDraft(typed('begun'))
    own.line.isAway = true
    await own.saveDraft(typed('here'))
    own.line.isAway = false
    await own.submit(handedIn(null))
    expect(own.texts()).toEqual([])
    expect(own.files.size).toBe(0)
  })

  it('stays when the form that was open here is thrown away, and goes by a list that shows it', async () => {
    const { saveDraft, discardDraft, listDrafts, write, texts } = workPlace()
    const { savedAt } = await saveDraft(typed('begun'))
    write(typed('there'))
    await discardDraft({ draftId: 'd1', base: savedAt })
    expect(texts()).toEqual(['there'])
    const [listed] = await listDrafts()
    await discardDraft({ draftId: 'd1', base: listed!.savedAt })
    expect(texts()).toEqual([])
  })

  it('stays when the form is thrown away while its first save under another name is on its way', async () => {
    const { saveDraft, discardDraft, write, texts } = workPlace()
    const { savedAt } = await saveDraft(typed('begun'))
    write(typed('there'))
    const saving = saveDraft(typed('here'))
    await discardDraft({ draftId: 'd1', base: savedAt })
    expect(texts()).toEqual(['there'])
    // The form hears the other name with the answer, too.
    expect(await saving).toMatchObject({ becomes: expect.stringMatching(/^d1~/) })
  })
})

describe('a node that looks at nothing for a moment because too much was asked', () => {
  it('has what was typed kept here, and gets it with the next save', async () => {
    const { saveDraft, listDrafts, line, files, texts } = workPlace()
    line.isBusy = true
    await saveDraft(typed('typed fast'))
    expect(files.size).toBe(1)
    expect(texts()).toEqual([])
    line.isBusy = false
    await saveDraft(typed('typed fast, and on'))
    expect(texts()).toEqual(['typed fast, and on'])
    expect(files.size).toBe(0)
    expect(await listDrafts()).toHaveLength(1)
  })
})
