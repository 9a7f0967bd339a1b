/** What is selected on a page of the workbench and copied goes the one way out too; what is typed into a field is one's own. */
import type { ClipboardEvent } from 'react'
import { node } from '../../lib/node.ts'
import { isOfPatients } from '../../lib/of-patients.ts'
import { localeNow } from '../../words/catalogue.ts'
import { tellFailure } from '../FailureNote.tsx'
import type { ReleaseOf } from './release-output.ts'

/** @param of whose numbers the page shows; null on a page of one's own records, or of the twin in their place */
export function useCopiesReleased(of: ReleaseOf = null): { onCopy(event: ClipboardEvent): void } {
  return {
    onCopy(event) {
      if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return
      const selection = window.getSelection()
      const content = selection?.toString() ?? ''
      // Values of patients are no result: they go as a secret (app/copies.ts).
      if (content === '' || isOfPatients(selection)) return
      event.preventDefault()
      const output = { kind: 'text', as: 'text', name: 'selection', content } as const
      node.releases.copy({ ...(of ?? { jobId: null }), locale: localeNow(), output }).catch(tellFailure)
    },
  }
}
