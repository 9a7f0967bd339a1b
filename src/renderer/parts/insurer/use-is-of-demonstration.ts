/** Which exposure file nobody at the desk chose: a demonstration brings one itself, and whoever sees it is told so. */
import { DEMONSTRATION_EXPOSURE } from '../../../shared/domain/demonstration-exposure.ts'
import { useOpenSession } from '../../lib/session.ts'

export function useIsOfDemonstration(): (fileName: string) => boolean {
  const isDemonstration = useOpenSession()?.demonstration !== undefined
  return (fileName) => isDemonstration && fileName === DEMONSTRATION_EXPOSURE
}
