import { exp } from '../det/exp.ts'
import { log } from '../det/log.ts'
import { pow } from '../det/pow.ts'
import { cosTurn } from '../det/turn.ts'
import type { Uniform } from '../imputation/predictive-mean-matching.ts'

/**
 * Our own simulation of a cohort examined at regular times, for comparing time-dependent Cox regression, pooled logistic
 * regression and cross-sectional pooling as Ngwa, Cabral et al. did (BMC Med Res Methodol 2016;16:148; design in
 * statistics.md 1). Hazard in interval k: lambda·nu·t^(nu-1)·exp(sex·x1 + age·(age_k - 50) + marker·m_k).
 */
export interface PaperDesign {
  subjects: number
  exams: number
  /** Years between exams. */
  gap: number
  effects: { sex: number; age: number; marker: number }
  /** Weibull shape: 1 is a constant baseline. */
  shape: number
  /** Share of subjects with an event by the end. */
  eventRate: number
}

export const PAPER_DESIGN: PaperDesign = {
  subjects: 1000,
  exams: 10,
  gap: 2,
  effects: { sex: -0.5, age: 0.05, marker: 0.4 },
  shape: 1,
  eventRate: 0.5,
}

/** One row per subject and exam that began without the event. */
export interface PaperRows {
  id: Int32Array
  /** Number of the exam, from 0. */
  exam: Int32Array
  start: Float64Array
  stop: Float64Array
  event: Uint8Array
  sex: Float64Array
  age: Float64Array
  marker: Float64Array
}

interface Person {
  sex: number
  age: number
  markers: Float64Array
}

function drawPerson(design: PaperDesign, uniform: Uniform): Person {
  const sex = uniform() < 0.5 ? 1 : 0
  const age = round(50 + 8 * normal(uniform))
  const level = normal(uniform)
  const trend = 0.05 + 0.1 * normal(uniform)
  const markers = new Float64Array(design.exams)
  for (let k = 0; k < design.exams; k++) {
    markers[k] = round(level + trend * design.gap * k + 0.3 * normal(uniform))
  }
  return { sex, age, markers }
}

/** A standard normal variate (Box and Muller 1958). */
function normal(uniform: Uniform): number {
  const radius = Math.sqrt(-2 * log(uniform()))
  return radius * cosTurn(uniform())
}

function round(v: number): number {
  return Math.floor(v * 1000 + 0.5) / 1000
}

function etaOf(design: PaperDesign, person: Person, k: number): number {
  const { sex, age, marker } = design.effects
  return sex * person.sex + age * (person.age + design.gap * k - 50) + marker * person.markers[k]!
}

/** The scale lambda at which the expected share of subjects with an event is the design's. */
export function calibrate(design: PaperDesign, uniform: Uniform, people = 4000): number {
  const weights = new Float64Array(people)
  for (let i = 0; i < people; i++) {
    const person = drawPerson(design, uniform)
    let sum = 0
    for (let k = 0; k < design.exams; k++) {
      const a = k * design.gap
      sum += (pow(a + design.gap, design.shape) - pow(a, design.shape)) * exp(etaOf(design, person, k))
    }
    weights[i] = sum
  }
  let low = -30
  let high = 10
  for (let step = 0; step < 60; step++) {
    const middle = 0.5 * (low + high)
    const lambda = exp(middle)
    let share = 0
    for (let i = 0; i < people; i++) share += 1 - exp(-lambda * weights[i]!)
    if (share / people < design.eventRate) low = middle
    else high = middle
  }
  return exp(0.5 * (low + high))
}

/** A cohort; event times by inversion of the piecewise cumulative hazard. */
export function simulateCohort(design: PaperDesign, lambda: number, uniform: Uniform): PaperRows {
  const columns: number[][] = [[], [], [], [], [], [], [], []]
  for (let i = 0; i < design.subjects; i++) {
    const person = drawPerson(design, uniform)
    let left = -log(uniform())
    for (let k = 0; k < design.exams; k++) {
      const a = k * design.gap
      const rate = lambda * exp(etaOf(design, person, k))
      const whole = rate * (pow(a + design.gap, design.shape) - pow(a, design.shape))
      const hasEvent = left <= whole
      const stop = hasEvent ? pow(pow(a, design.shape) + left / rate, 1 / design.shape) : a + design.gap
      const row = [i, k, a, stop, hasEvent ? 1 : 0, person.sex, person.age + a, person.markers[k]!]
      row.forEach((v, c) => columns[c]!.push(v))
      if (hasEvent) break
      left -= whole
    }
  }
  return {
    id: Int32Array.from(columns[0]!),
    exam: Int32Array.from(columns[1]!),
    start: Float64Array.from(columns[2]!),
    stop: Float64Array.from(columns[3]!),
    event: Uint8Array.from(columns[4]!),
    sex: Float64Array.from(columns[5]!),
    age: Float64Array.from(columns[6]!),
    marker: Float64Array.from(columns[7]!),
  }
}
