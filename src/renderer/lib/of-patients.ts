/** The parts of a page that show what records say, in a room that else shows no patient. */

/** On the element around them: what is copied of it is copied as in a room that shows patients. */
export const ofPatients = { 'data-of-patients': '' } as const

/** Whether any of it is selected, wherever the selection begins. */
export function isOfPatients(selection: Pick<Selection, 'isCollapsed' | 'containsNode'> | null): boolean {
  if (selection === null || selection.isCollapsed) return false
  return [...document.querySelectorAll('[data-of-patients]')].some((part) =>
    selection.containsNode(part, true),
  )
}
