/** Jobs as they run: asked once, then kept current by their events. Finished ones stay until the session ends. */
import { useSyncExternalStore } from 'react'
import type { JobProgress } from '../../shared/contract/jobs.ts'
import { listen, node } from '../lib/node.ts'

let jobs: ReadonlyMap<string, JobProgress> = new Map()
const watchers = new Set<() => void>()
let isListening = false
/** Whether the node was asked since this person came: what is not in the list then is nobody's here. */
let isAsked = false
/** Counts persons: what was asked for an earlier one is not the next one's. */
let turn = 0

/**
 * An answer and an event take different ways to the window: a list that was made while a job ran may come after the
 * event of its end, and a job that has ended never runs again.
 */
function put(progress: readonly JobProgress[]) {
  const next = new Map(jobs)
  for (const job of progress) {
    const known = next.get(job.jobId)
    const hasEnded = known !== undefined && known.state !== 'running'
    if (!(hasEnded && job.state === 'running')) next.set(job.jobId, job)
  }
  jobs = next
  for (const watcher of watchers) watcher()
}

function subscribe(changed: () => void) {
  if (!isListening) {
    isListening = true
    listen('jobs', 'progress', (job) => put([job]))
    followJob().catch(() => undefined)
  }
  watchers.add(changed)
  return () => watchers.delete(changed)
}

export function useJobs(): ReadonlyMap<string, JobProgress> {
  return useSyncExternalStore(subscribe, () => jobs)
}

export const useJob = (jobId: string | null): JobProgress | undefined => {
  const all = useJobs()
  return jobId === null ? undefined : all.get(jobId)
}

/** All jobs of this person, or null before the node has said which there are. */
export const useKnownJobs = (): ReadonlyMap<string, JobProgress> | null => {
  const all = useJobs()
  return isAsked ? all : null
}

/** Asks the state of a job that was just started: its first event may have come before its id. */
export async function followJob(): Promise<void> {
  const mine = turn
  const list = await node.jobs.list()
  if (mine !== turn) return
  isAsked = true
  put(list)
}

/** Resolves with a job when it has ended. */
export function jobEnded(jobId: string): Promise<JobProgress> {
  return new Promise((resolve, reject) => {
    const stop = subscribe(look)
    function look() {
      const job = jobs.get(jobId)
      if (job === undefined || job.state === 'running') return
      stop()
      resolve(job)
    }
    followJob().then(look, (error: unknown) => {
      stop()
      reject(error instanceof Error ? error : new Error(String(error)))
    })
  })
}

export function forgetJobs(): void {
  turn++
  jobs = new Map()
  isAsked = false
  for (const watcher of watchers) watcher()
}
