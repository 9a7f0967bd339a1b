/**
 * The engine of a gateway's answers by name, which it signs with each of its words, so that a difference of versions is told from a lie (ADR 0029).
 */
import { STUDY_ENGINE } from '../analytics/study/run-study.ts'

/** What stands between an engine's numbers and what leaves: change it when the same records and request would give other bytes. */
const GATE = 'gate/4'
/** What the language of customised models makes of a formula: change it when the same formula would give another number. */
const FORMULA = 'formula/1'
/** How tables, scores, monitoring tables and their benchmark are counted before noise: change it when the same records would give other cells. */
const OUTPUTS = 'outputs/1'
/** Which definitions it understands: change it when one is answered that an earlier gateway refuses, which then is no lie (`questions/1` had no name). */
const QUESTIONS = 'questions/4'
/** It filters, counts and sorts what the numbers are made of. */
const WAREHOUSE = 'duckdb/1.5.5-r.5'

export const GATEWAY_ENGINE = [STUDY_ENGINE, GATE, FORMULA, OUTPUTS, QUESTIONS, WAREHOUSE].join(' ')
