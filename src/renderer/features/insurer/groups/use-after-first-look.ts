/** What lies below the first look of a page is drawn after it: what a person opened the page for is there sooner. */
import { useEffect, useState } from 'react'

/** False for the first picture of the component, true from the one after it on. */
export function useAfterFirstLook(): boolean {
  const [isAfter, setIsAfter] = useState(false)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    // A frame begins before it is painted; what is set in a task of its own comes after.
    const frame = requestAnimationFrame(() => (timer = setTimeout(() => setIsAfter(true))))
    return () => {
      cancelAnimationFrame(frame)
      clearTimeout(timer)
    }
  }, [])
  return isAfter
}
