/** The source system under which our own exports name visits: importing one where it came from finds it. */
export const OWN_SYSTEM = 'urn:consilium:visit'
