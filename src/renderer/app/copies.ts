/**
 * What a person copies of the page may name a patient: it goes to the clipboard as a secret, which takes it out again after
 * half a minute unless something else was copied since (main/app/secret-clipboard.ts). Text alone, so that
 * what is taken out is all that was put in.
 */
import { node } from '../lib/node.ts'
import { isOfPatients } from '../lib/of-patients.ts'
import { parsePlace } from '../lib/router.ts'
import { tellFailure } from '../parts/FailureNote.tsx'
import { rooms } from './rooms.ts'

export function keepCopiesShort(): () => void {
  const copied = (event: ClipboardEvent) => {
    // The workbench gives out what is copied itself, marked and audited (use-copies-released.ts).
    if (event.defaultPrevented || !(showsPatients() || takesOfPatients(event.target))) return
    const text = selectedText(event.target)
    if (text === '') return
    event.preventDefault()
    node.app.copyText({ text, isSecret: true }).catch(tellFailure)
    // As the browser would have done, with its undo.
    if (event.type === 'cut') document.execCommand('delete')
  }
  window.addEventListener('copy', copied)
  window.addEventListener('cut', copied)
  return () => {
    window.removeEventListener('copy', copied)
    window.removeEventListener('cut', copied)
  }
}

/** Every room but those that say they show none; the first run too, for its recovery kit. */
function showsPatients(): boolean {
  const { room } = parsePlace(window.location.hash)
  return rooms.find((candidate) => candidate.room === room)?.showsNoPatient !== true
}

/** Of a part that does in another room; what is typed into a field there is one's own. */
function takesOfPatients(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return false
  return isOfPatients(window.getSelection())
}

/** Empty for a passphrase, which the browser does not copy. */
function selectedText(target: EventTarget | null): string {
  if (target instanceof HTMLInputElement && target.type === 'password') return ''
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) {
    const { selectionStart, selectionEnd, value } = target
    if (selectionStart !== null && selectionEnd !== null) return value.slice(selectionStart, selectionEnd)
  }
  return window.getSelection()?.toString() ?? ''
}
