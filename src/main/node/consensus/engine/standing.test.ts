import { describe, expect, it } from 'vitest'
import type { MemberId } from '../../chain/ids.ts'
import {
  atHeight,
  comingBack,
  decodeStanding,
  encodeStanding,
  firstRoundAt,
  needsEveryVoter,
  observe,
  reportersNeeded,
  VOTING,
  withConfirmation,
  withHeightSeen,
  type Standing,
} from './standing.ts'

const member = (byte: number) => new Uint8Array(16).fill(byte) as MemberId
const ENOUGH = reportersNeeded(4)
const hear = (standing: Standing, height: number, ...members: number[]) =>
  members.reduce((each, byte) => withHeightSeen(each, height, member(byte), ENOUGH), standing)

describe('a node that lost its memory', () => {
  it('votes again two heights above what the others have reached, and only when a person has confirmed', () => {
    const heard = hear(observe('log-damaged', 5), 9, 1, 2, 3)
    expect(atHeight(heard, 100, 4).kind).toBe('observing')
    const confirmed = withConfirmation(heard)
    expect(atHeight(confirmed, 10, 4).kind).toBe('observing')
    expect(atHeight(confirmed, 11, 4)).toEqual(VOTING)
  })

  it('waits until a quorum of the others has said where it is', () => {
    const heard = withConfirmation(hear(observe('data-restored', 5), 9, 1, 2))
    expect(atHeight(heard, 1_000, 4).kind).toBe('observing')
  })

  it('keeps the bar where it is once enough have spoken, but not when its own signature turns up higher', () => {
    const settled = withConfirmation(hear(observe('log-damaged', 5), 9, 1, 2, 3))
    const later = hear(settled, 50, 1)
    expect(atHeight(later, 11, 4)).toEqual(VOTING)
    const shown = withHeightSeen(settled, 12, null, ENOUGH)
    expect(atHeight(shown, 13, 4).kind).toBe('observing')
    expect(atHeight(shown, 14, 4)).toEqual(VOTING)
  })

  it('alone needs nothing but the confirmation', () => {
    expect(atHeight(observe('log-damaged', 5), 6, 1).kind).toBe('observing')
    expect(atHeight(withConfirmation(observe('log-damaged', 5)), 6, 1)).toEqual(VOTING)
  })

  it('where every voter is needed comes back two rounds above the others, and higher each time that it forgets again', () => {
    const first = comingBack(withConfirmation(observe('data-restored', 7)), 7, [0, 3])
    expect([6, 7, 8, 9].map((height) => firstRoundAt(first, height))).toEqual([0, 5, 1, 0])
    expect(atHeight(first, 8, 3)).toBe(first)
    expect(atHeight(first, 9, 3)).toEqual(VOTING)
    const again = observe('log-damaged', 7, first.from)
    expect([7, 8].map((height) => firstRoundAt(comingBack(again, 7, [0, 3]), height))).toEqual([6, 2])
    expect([8, 9].map((height) => firstRoundAt(comingBack(again, 8, [0, 0]), height))).toEqual([2, 1])
  })

  it.each([
    [1, false],
    [2, true],
    [3, true],
    [4, false],
    [7, false],
  ])('of %i voters each one is needed: %s', (voters, isNeeded) => {
    expect(needsEveryVoter(voters)).toBe(isNeeded)
  })

  it('remembers all of it on disk', () => {
    for (const standing of [
      VOTING,
      comingBack(observe('data-restored', 7), 7, [0, 3]),
      observe('log-damaged', 7, { height: 7, round: 5, roundAfter: 1 }),
      observe('unknown-own-signature', 3),
      withConfirmation(hear(observe('log-damaged', 5), 9, 1, 2)),
    ])
      expect(decodeStanding(encodeStanding(standing))).toEqual(standing)
    expect(decodeStanding(Uint8Array.of(0x81, 7))).toBeNull()
  })
})
