/** The text of the program that checks packages: it travels in each of them. */
import page from '../../verifier/page.html?raw'
import verifier from '../../verifier/verify-package.js?raw'

export const PAGE_TEXT: string = page
export const VERIFIER_TEXT: string = verifier
