/** Whether something that was found before is of the question as it stands, of the newest records, and of this engine. Pure. */
import { canonicalStudy, type StudyDocument } from '../../../../shared/domain/study.ts'
import { stageStates } from '../../../parts/research/study-stages.ts'
import type { Words } from '../../../words/catalogue.ts'

/** What is otherwise now; `chain`: other records altogether, as of a twin that was made anew. */
export type Changed = 'question' | 'records' | 'chain' | 'engine'
/** None: it stands. */
export type Standing = readonly Changed[]

/** What a study that runs now is asked of. */
export interface Here {
  readonly chain: string
  readonly engine: string
  /** The last block that can be asked. */
  readonly lastBlock: number
}

/** `here`: null while nobody knows. */
function standing(isSameQuestion: boolean, { snapshot, engine }: StudyDocument, here: Here | null): Standing {
  const changed: Changed[] = isSameQuestion ? [] : ['question']
  if (here === null) return changed
  if (snapshot !== null && snapshot.chain !== here.chain) changed.push('chain')
  else if (snapshot !== null && snapshot.upTo < here.lastBlock) changed.push('records')
  if (engine !== null && engine !== here.engine) changed.push('engine')
  return changed
}

/** For whoever looks for it on the screen. */
export const standingName = (changed: Standing): string =>
  changed.length === 0 ? 'as-it-stands' : changed.map((each) => `${each}-changed`).join(' ')

export function standingText(changed: Standing, { modelComparison }: Pick<Words, 'modelComparison'>): string {
  const t = modelComparison.history
  return changed.length === 0 ? t.asItStands : changed.map((each) => t.changed[each]).join(t.between)
}

/** At no state and by no engine: what is asked, whenever. */
const bare = (study: StudyDocument): StudyDocument => ({ ...study, snapshot: null, engine: null })

/** Of a run: the whole question. */
export function standingOfRun(ran: StudyDocument, now: StudyDocument, here: Here | null): Standing {
  return standing(canonicalStudy(bare(ran)) === canonicalStudy(bare(now)), ran, here)
}

/** Of one model: all that comes before it, and whether the question still has it. */
export function standingOfModel(
  { study, m }: { readonly study: StudyDocument; readonly m: number },
  now: StudyDocument,
  here: Here | null,
): Standing {
  const isOfSamePeople = stageStates(bare(now), bare(study)).intervals === 'fresh'
  const textOf = (of: StudyDocument, at: number): string =>
    canonicalStudy({ ...bare(of), models: [of.models[at]!], baselineBy: null })
  const isThere = isOfSamePeople && now.models.some((_, at) => textOf(now, at) === textOf(study, m))
  return standing(isThere, study, here)
}
