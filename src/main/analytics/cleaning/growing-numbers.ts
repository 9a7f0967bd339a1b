/** Numbers that become more and more, eight bytes each: what is kept of everybody while persons come and go. Pure. */
export interface GrowingNumbers {
  push(value: number): void
  readonly length: number
  /** What was pushed, in order; shared with the list until the next push. */
  values(): Float64Array
}

const FIRST_SIZE = 64

export function growingNumbers(): GrowingNumbers {
  let all = new Float64Array(FIRST_SIZE)
  let length = 0
  return {
    push(value) {
      if (length === all.length) {
        const longer = new Float64Array(2 * all.length)
        longer.set(all)
        all = longer
      }
      all[length++] = value
    },
    get length() {
      return length
    },
    values: () => all.subarray(0, length),
  }
}
