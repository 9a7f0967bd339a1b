/** The passphrase once more: whoever shows the dialog answers here, and the call goes on or is given up. */

export interface Question {
  readonly operation: string
  readonly input: unknown
  answer(isConfirmed: boolean): void
}

let ask: ((question: Question) => void) | null = null

/** The dialog, while it is there. Without one nothing is confirmed. */
export function onQuestion(listener: (question: Question) => void): () => void {
  ask = listener
  return () => {
    if (ask === listener) ask = null
  }
}

export function confirmed(operation: string, input: unknown): Promise<boolean> {
  return new Promise((resolve) => {
    if (ask === null) resolve(false)
    else ask({ operation, input, answer: resolve })
  })
}
