/**
 * Diagnoses that last by their nature, by the beginnings of their ICD-10 codes: the box is ticked when one is chosen, and
 * a person can take it away. A proposal for entry, no classification for research. Pure.
 */
const LASTING =
  /^(B18|B2[0-4]|C|D5[6-8]|D6[6-8]|E0[3-7]|E1[0-4]|E2[0-7]|E66|E7[0-9]|E8[3-8]|F0[0-3]|F2|F3[1-4]|F84|G1[0-2]|G2[0-6]|G3[0-7]|G4[0-1]|G473|G80|H40|I1[0-6]|I20|I25|I27|I3[4-9]|I4[2-3]|I48|I50|I69|I7[0-3]|J4[1-7]|J84|K50|K51|K7[0-6]|K86|L40|M0[5-8]|M1[0-9]|M3[2-5]|M45|M8[0-1]|N0[3-5]|N18|N25|N40|Q|Z85|Z9[0-9])/

export const lastsByNature = (code: string): boolean => LASTING.test(code.replace('.', '').toUpperCase())
