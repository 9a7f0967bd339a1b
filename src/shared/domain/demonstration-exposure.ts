/** Name of the exposure file that a demonstration brings itself: rooms say where it is from. */
export const DEMONSTRATION_EXPOSURE = 'exposure-synthetic.csv'
