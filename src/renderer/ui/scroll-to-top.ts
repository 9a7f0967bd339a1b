/** Scrolls the nearest room or form alone: `scrollIntoView` would move every ancestor, the frame of the window too. */
export function scrollToTop(section: HTMLElement): void {
  for (let scroller = section.parentElement; scroller; scroller = scroller.parentElement) {
    const { overflowY } = getComputedStyle(scroller)
    if (overflowY !== 'auto' && overflowY !== 'scroll') continue
    if (scroller.scrollHeight <= scroller.clientHeight) continue
    scroller.scrollTop += section.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 8
    return
  }
}
