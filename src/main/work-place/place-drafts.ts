/**
 * Drafts at a work place: the node's while it answers, sealed on this computer while it does not, and on their way back as
 * soon as it does. Nothing that was typed is overwritten by something older.
 */
import type { AllHandlers } from '../../shared/contract/index.ts'
import type { Draft } from '../../shared/contract/records.ts'
import type { Bytes } from '../../shared/std/bytes.ts'
import { Failure, failureCode } from '../../shared/std/failure.ts'
import { failureOf } from '../local-socket/remote-services.ts'
import { draftDigest, nameOfCopy } from '../services/drafts.ts'
import type { KeptDraft, KeptDrafts } from './kept-drafts.ts'

type Records = AllHandlers['records']

export interface PlaceDrafts {
  readonly handlers: Pick<Records, 'saveDraft' | 'listDrafts' | 'loadDraft' | 'discardDraft' | 'submit'>
  /** To the node with those that this person's key opens; how many went. */
  send(): Promise<number>
}

export interface PlaceDraftsOptions {
  /** The node's. */
  readonly node: Records
  readonly kept: KeptDrafts
  /** Null while nobody has unlocked who writes drafts. */
  readonly key: () => Bytes | null
  readonly isAway: () => boolean
  /** Makes the names of what is kept twice. */
  readonly placeId: string
  readonly onKept: () => void
  /** Whoever goes on with `draftId` here goes on with another draft now. */
  readonly onRenamed: (renamed: { draftId: string; becomes: string }) => void
}

/** `locked`: the node was started anew meanwhile and knows nobody yet. `too-many-calls`: it did not look at it. */
const NOT_HEARD: ReadonlySet<string> = new Set(['node-away', 'locked', 'too-many-calls'])
const BASES_MAX = 1_000

/** At the node, under this name. */
interface Saved {
  readonly savedAt: number
  readonly draftId: string
}

export function createPlaceDrafts(options: PlaceDraftsOptions): PlaceDrafts {
  const { node, kept } = options
  /** When the node had saved what this process knows of its drafts: by its own clock, so ours does not matter. */
  const bases = new Map<string, number>()
  const note = (draftId: string, savedAt: number): void => {
    bases.set(draftId, savedAt)
    if (bases.size > BASES_MAX) bases.delete(bases.keys().next().value!)
  }
  const sent = new Set<string>()
  /** Saves that were on their way when their draft got another name. Until somebody opens the one that has the old name. */
  const renamed = new Map<string, string>()
  // What goes back must not cross what is being saved.
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work)
    turn = mine.catch(() => {})
    return mine
  }

  /** Null where the node did not hear it. */
  async function unlessAway<T>(ask: () => Promise<T>): Promise<{ value: T } | null> {
    if (options.isAway()) return null
    try {
      return { value: await ask() }
    } catch (error) {
      if (!NOT_HEARD.has(failureCode(error) ?? '')) throw error
      return null
    }
  }
  /** With a copy of the key: a lock that comes meanwhile zeroes the person's own, never what is sealed under it now. */
  async function withKey<T>(work: (key: Bytes) => Promise<T>): Promise<T | null> {
    const key = options.key()?.slice() ?? null
    if (key === null) return null
    try {
      return await work(key)
    } finally {
      key.fill(0)
    }
  }

  async function keep(draft: Draft, wasSent: boolean): Promise<{ savedAt: number }> {
    const saved = await withKey(async (key) => {
      const before = await kept.load(key, draft.draftId)
      const unanswered = wasSent ? draftDigest(draft) : before?.unanswered
      await kept.save(key, {
        ...draft,
        base: before?.base ?? bases.get(draft.draftId) ?? null,
        ...(unanswered === undefined ? {} : { unanswered }),
      })
      options.onKept()
      return { savedAt: draft.savedAt }
    })
    if (saved === null) throw failureOf('node-away', null)
    return saved
  }
  /** With the node's, which stays where it is none of those that were seen here: another machine has gone on with it. */
  async function discardAtNode(draftId: string, base: number | null | undefined): Promise<void> {
    const wasKept = await withKey(async (key) => {
      const before = await kept.load(key, draftId)
      if (before === null) return false
      await sendOne(key, { ...before, isDiscarded: true })
      options.onKept()
      return true
    })
    if (wasKept === true) return
    // The window may have it of a list that is newer than what was opened here.
    const seen = new Set([bases.get(draftId), base].filter((each) => each !== undefined))
    // One that nobody can read was never saved at a moment that anybody knows.
    if (seen.size === 0) await node.discardDraft({ draftId })
    for (const each of seen) await node.discardDraft({ draftId, base: each })
  }
  /** In place of what is kept, where the node has an older one that would come back. False where nothing is kept. */
  async function discardKept(draftId: string): Promise<boolean> {
    const isDiscarded = await withKey(async (key) => {
      const before = await kept.load(key, draftId)
      if (before === null) return false
      const { base, unanswered, savedAt } = before
      if (base === null && unanswered === undefined) await kept.remove(key, draftId)
      else
        await kept.save(key, {
          draftId,
          patientId: null,
          title: '',
          savedAt,
          form: null,
          base,
          ...(unanswered === undefined ? {} : { unanswered }),
          isDiscarded: true,
        })
      options.onKept()
      return true
    })
    return isDiscarded === true
  }
  const keptMine = async (): Promise<KeptDraft[]> => (await withKey((key) => kept.list(key))) ?? []

  async function sendOne(key: Bytes, keptDraft: KeptDraft): Promise<Saved> {
    const { base: goesOnFrom, unanswered, isDiscarded, ...draft } = keptDraft
    const theirs = await node.loadDraft({ draftId: draft.draftId })
    // The same person went on with it at another machine: both stay.
    const isOther = theirs !== null && theirs.savedAt !== goesOnFrom && !isOwnText(theirs, draft, unanswered)
    if (isDiscarded === true) {
      if (theirs !== null && !isOther)
        await node.discardDraft({ draftId: draft.draftId, base: theirs.savedAt })
      await kept.remove(key, draft.draftId)
      return { savedAt: draft.savedAt, draftId: draft.draftId }
    }
    const draftId = isOther ? nameOfCopy(options.placeId, draft) : draft.draftId
    const base = isOther ? undefined : (theirs?.savedAt ?? null)
    const saved = await node.saveDraft({ ...draft, draftId, ...(base === undefined ? {} : { base }) })
    const { savedAt, becomes = draftId } = saved
    note(becomes, savedAt)
    sent.add(becomes)
    if (becomes !== draft.draftId) rename(draft.draftId, becomes)
    await kept.remove(key, draft.draftId)
    return { savedAt, draftId: becomes }
  }
  function rename(draftId: string, becomes: string): void {
    renamed.set(draftId, becomes)
    options.onRenamed({ draftId, becomes })
  }
  /** Who asked before a draft got another name means it under that one; who asks afterwards has heard of it. */
  function named(draftId: string): () => string {
    const before = renamed.get(draftId)
    return () => {
      const becomes = renamed.get(draftId)
      return becomes === undefined || becomes === before ? draftId : becomes
    }
  }

  /** What is kept of the same draft may be news to the node, or the node's to us: both are looked at before this goes there. */
  const saveAfterKept = (draft: Draft): Promise<Saved | null> =>
    withKey(async (key) => {
      const before = await kept.load(key, draft.draftId)
      if (before === null) return null
      const { base, unanswered } = before
      const saved = await sendOne(key, {
        ...draft,
        base,
        ...(unanswered === undefined ? {} : { unanswered }),
      })
      options.onKept()
      return saved
    })

  return {
    handlers: {
      // What the node had saved this process knows itself: the moment of what was kept here is of another clock.
      saveDraft: ({ base: _base, ...typed }) =>
        inTurn(async () => {
          const draft = { ...typed, draftId: renamed.get(typed.draftId) ?? typed.draftId }
          const told = ({ savedAt, draftId }: Saved) =>
            draftId === typed.draftId ? { savedAt } : { savedAt, becomes: draftId }
          const wasAway = options.isAway()
          const sentNow = await unlessAway(() => saveAfterKept(draft))
          if (sentNow !== null && sentNow.value !== null) return told(sentNow.value)
          const base = bases.get(draft.draftId) ?? null
          const saved = sentNow === null ? null : await unlessAway(() => node.saveDraft({ ...draft, base }))
          if (saved === null) return told({ ...(await keep(draft, !wasAway)), draftId: draft.draftId })
          const { savedAt, becomes = draft.draftId } = saved.value
          note(becomes, savedAt)
          // Another machine of this person went on with it while both were on the line.
          if (becomes !== draft.draftId) rename(draft.draftId, becomes)
          return told({ savedAt, draftId: becomes })
        }),
      listDrafts: async () => {
        const theirs = await unlessAway(() => node.listDrafts(undefined))
        const mine = await keptMine()
        if (theirs === null && options.key() === null) throw failureOf('node-away', null)
        const here = new Set(mine.map(({ draftId }) => draftId))
        return [
          ...mine
            .filter(({ isDiscarded }) => isDiscarded !== true)
            .map(({ draftId, patientId, title, savedAt }) => ({ draftId, patientId, title, savedAt })),
          ...(theirs?.value ?? []).filter(({ draftId }) => !here.has(draftId)),
        ].sort((a, b) => b.savedAt - a.savedAt)
      },
      loadDraft: async ({ draftId }) => {
        const mine = await withKey((key) => kept.load(key, draftId))
        if (mine !== null) {
          const { base: _base, unanswered: _unanswered, isDiscarded, ...draft } = mine
          return isDiscarded === true ? null : draft
        }
        const theirs = await node.loadDraft({ draftId })
        renamed.delete(draftId)
        if (theirs !== null) note(draftId, theirs.savedAt)
        return theirs
      },
      discardDraft({ draftId: asked, base }) {
        const nameNow = named(asked)
        return inTurn(async () => {
          const draftId = nameNow()
          const gone = await unlessAway(() => discardAtNode(draftId, base))
          if (gone === null && !(await discardKept(draftId))) throw failureOf('node-away', null)
        })
      },
      submit({ draftBase, ...input }) {
        const asked = input.draftId ?? input.submissionId
        const nameNow = asked === undefined ? null : named(asked)
        return inTurn(async () => {
          const draftId = nameNow?.()
          if (draftId === undefined) return node.submit(input)
          const mine = await withKey((key) => kept.load(key, draftId))
          // The moment of what was kept here is of another clock: what the node had before it counts.
          const base = mine === null ? (bases.get(draftId) ?? draftBase) : mine.base
          const answer = await node.submit(
            input.draftId === null
              ? input
              : { ...input, draftId, ...(base === undefined ? {} : { draftBase: base }) },
          )
          if (answer.kind !== 'queued') return answer
          // A copy that was kept while the answer was on its way would offer a visit that is saved.
          if (mine !== null || sent.delete(draftId)) {
            const gone = await unlessAway(() => discardAtNode(draftId, base ?? null))
            if (gone === null) await discardKept(draftId)
          }
          return answer
        })
      },
    },
    async send() {
      let sentCount = 0
      for (const { draftId } of await keptMine()) {
        const isSent = await inTurn(() =>
          withKey(async (key) => {
            // Read again: it may have been saved, submitted or thrown away since.
            const draft = await kept.load(key, draftId)
            if (draft === null) return false
            try {
              await sendOne(key, draft)
              return true
            } catch (error) {
              if (!(error instanceof Failure)) throw error
              // The patient was erased meanwhile: what was typed goes the same way.
              if (failureCode(error) === 'patient-gone') await kept.remove(key, draftId)
              return false // It stays, and goes with the next line.
            }
          }),
        )
        if (isSent === true) sentCount++
      }
      if (sentCount > 0) options.onKept()
      return sentCount
    },
  }
}

/** Whether what the node has is what this one is, or what was sent off before it and never answered. */
function isOwnText(theirs: Draft, draft: Draft, unanswered: string | undefined): boolean {
  const digest = draftDigest(theirs)
  return digest === unanswered || digest === draftDigest(draft)
}
