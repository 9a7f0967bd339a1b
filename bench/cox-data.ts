/**
 * Data of the Cox benchmark: subjects with up to five visits, half of the covariates fixed and half changing, events in
 * whole days. The uniform numbers are Wichmann and Hill's (1982), so any language can make the same rows.
 */
export interface CoxBenchData {
  rows: number
  covariates: number
  /** Columns id, start, stop, event, x1 … xp, one after the other. */
  columns: Float64Array[]
}

export function makeCoxData(rows: number, covariates: number): CoxBenchData {
  let [a, b, c] = [1234, 5678, 9101]
  const uniform = (): number => {
    a = (171 * a) % 30269
    b = (172 * b) % 30307
    c = (170 * c) % 30323
    const sum = a / 30269 + b / 30307 + c / 30323
    return sum - Math.floor(sum)
  }
  const visits = 5
  const subjects = Math.ceil((rows / visits) * 1.35)
  const fixed = covariates >> 1
  const changing = covariates - fixed
  const beta = Array.from({ length: covariates }, (_, j) => [0.3, -0.2, 0.1, 0.05, -0.4][j % 5]!)
  const draw = (count: number, f: () => number): Float64Array => Float64Array.from({ length: count }, f)
  // R draws a whole column of each of the four uniforms before it adds them.
  const bells = (): Float64Array => {
    const parts = [0, 1, 2, 3].map(() => draw(subjects, uniform))
    return Float64Array.from(
      { length: subjects },
      (_, i) => (parts[0]![i]! + parts[1]![i]! + parts[2]![i]! + parts[3]![i]! - 2) * Math.sqrt(3),
    )
  }
  const round3 = (v: number): number => Math.round(v * 1000) / 1000
  const time = draw(subjects, () => Math.floor(uniform() * 365))
  const steady: Float64Array[] = []
  for (let j = 0; j < fixed; j++) {
    steady.push(j % 2 === 0 ? draw(subjects, () => (uniform() < 0.4 ? 1 : 0)) : bells().map(round3))
  }
  const moving: Float64Array[] = Array.from({ length: changing }, () => new Float64Array(subjects))
  const isAlive = new Uint8Array(subjects).fill(1)
  const perVisit: {
    start: Float64Array
    stop: Float64Array
    event: Uint8Array
    wasAlive: Uint8Array
    x: Float64Array[]
  }[] = []
  for (let k = 0; k < visits; k++) {
    const gap = draw(subjects, () => 120 + Math.floor(uniform() * 400))
    for (let j = 0; j < changing; j++) {
      const z = bells()
      const old = moving[j]!
      moving[j] = z.map((v, i) => round3(k === 0 ? v : 0.8 * old[i]! + 0.6 * v))
    }
    const u = draw(subjects, uniform)
    const stop = new Float64Array(subjects)
    const event = new Uint8Array(subjects)
    const wasAlive = isAlive.slice()
    for (let i = 0; i < subjects; i++) {
      let eta = 0
      for (let j = 0; j < fixed; j++) eta += steady[j]![i]! * beta[j]!
      let later = 0
      for (let j = 0; j < changing; j++) later += moving[j]![i]! * beta[fixed + j]!
      const days = Math.ceil(-Math.log(u[i]!) / (6e-5 * Math.exp(eta + later)))
      event[i] = days <= gap[i]! ? 1 : 0
      stop[i] = time[i]! + Math.min(days, gap[i]!)
    }
    perVisit.push({ start: time.slice(), stop, event, wasAlive, x: moving.map((m) => m.slice()) })
    for (let i = 0; i < subjects; i++) {
      if (event[i] === 1) isAlive[i] = 0
      time[i] = time[i]! + gap[i]!
    }
  }
  const columns = Array.from({ length: covariates + 4 }, () => new Float64Array(rows))
  let at = 0
  for (let i = 0; i < subjects && at < rows; i++) {
    for (let k = 0; k < visits && at < rows; k++) {
      const v = perVisit[k]!
      if (v.wasAlive[i] === 0) break
      columns[0]![at] = i + 1
      columns[1]![at] = v.start[i]!
      columns[2]![at] = v.stop[i]!
      columns[3]![at] = v.event[i]!
      for (let j = 0; j < fixed; j++) columns[4 + j]![at] = steady[j]![i]!
      for (let j = 0; j < changing; j++) columns[4 + fixed + j]![at] = v.x[j]![i]!
      at++
    }
  }
  return { rows, covariates, columns }
}
