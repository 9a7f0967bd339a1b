/** Running studies on the hospital's own records. */
import type { Handlers } from '../../shared/contract/kit.ts'
import type { studies as studiesContract } from '../../shared/contract/studies.ts'
import { canonicalStudy, problemsOfStudy } from '../../shared/domain/study.ts'
import { toHex, utf8Encode } from '../../shared/std/bytes.ts'
import { AnalysisFailure } from '../analytics/analysis-home.ts'
import { nameSubject } from './audit-subject.ts'
import type { ServiceContext } from './context.ts'

export function createStudiesService(context: ServiceContext): Handlers<typeof studiesContract> {
  const { crypto } = context.world
  const hashOf = (text: string): string => toHex(crypto.sha256(utf8Encode(text)))
  return {
    async run({ study, at }) {
      const problems = problemsOfStudy(study)
      if (problems.length > 0) return { kind: 'refused', problems }
      const analysis = context.analysis()
      if (analysis === null) throw new AnalysisFailure({ code: 'no-records' })
      // What the study names is looked at also where the newest state is asked: another chain has no changes to tell.
      // An older engine's study can still be asked anew: only its own bytes cannot be given again.
      const named = await analysis.pin(at === 'named' ? study : { ...study, engine: null })
      const pinned = at === 'named' ? named : await analysis.pin({ ...study, snapshot: null, engine: null })
      const hash = hashOf(canonicalStudy(pinned))
      nameSubject({ study: hash })
      const before = at === 'newest' ? study.snapshot : null
      const ran = await analysis.study(pinned, hash, before)
      if (ran.kind === 'too-many-rows') return { kind: 'refused', problems: [ran] }
      const { text, changes } = ran
      const { snapshot, engine } = pinned
      const state = analysis.state()
      const unreadableCount = state.kind === 'ready' ? state.unreadableCount : 0
      const resultHash = hashOf(text)
      return { kind: 'ran', hash, snapshot, engine, result: text, resultHash, unreadableCount, changes }
    },
  }
}
