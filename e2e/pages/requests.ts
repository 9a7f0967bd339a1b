/** What tests ask of all hospitals by the window's own bridge, and how they wait for it. */
import type { Page } from '@playwright/test'
import type { Asked, Price, RequestRow, Submitted } from '../../src/shared/contract/requests.ts'
import { expect } from '../fixtures.ts'
import { ask } from './bridge.ts'

export const ANSWERED_MS = 240_000

export const everybody = {
  schema: 'cohort/1' as const,
  title: 'Everybody',
  codeSets: {},
  entry: { event: { kind: 'visit' as const }, priorDays: 0, which: 'first' as const },
  steps: [],
}

/** How many they are, with noise, unless `change` says otherwise. */
export const countedAt = (snapshot: string, change: Partial<Asked & { lane: 'noise' }> = {}): Asked => ({
  lane: 'noise',
  snapshot,
  cohort: everybody,
  cleaning: null,
  followUp: null,
  output: { kind: 'count' },
  microRho: 20_000,
  registration: null,
  isPublished: false,
  ...change,
})

/** Submits what was priced, as the room does. @param over what the asker claims to have been shown instead */
export async function submit(
  page: Page,
  asked: Asked,
  title: string,
  over: { microRho?: number } = {},
): Promise<{ shown: Price & { kind: 'priced' }; answer: Submitted }> {
  const shown = await ask<Price>(page, 'requests.price', { asked, wished: null })
  if (shown.kind !== 'priced') throw new Error(JSON.stringify(shown))
  const { requestHash, microRho } = shown
  const answer = await ask<Submitted>(page, 'requests.submit', {
    asked,
    title,
    purpose: 'research',
    studyId: null,
    shown: { requestHash, microRho, ...over },
  })
  return { shown, answer }
}

export const rowOf = (page: Page, title: string): Promise<RequestRow | undefined> =>
  ask<RequestRow[]>(page, 'requests.list').then((rows) => rows.find((row) => row.title === title))

export const untilState = (page: Page, title: string, state: string): Promise<void> =>
  expect.poll(async () => (await rowOf(page, title))?.state, { timeout: ANSWERED_MS }).toBe(state)
