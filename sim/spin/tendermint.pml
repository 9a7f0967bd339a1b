/* One height of Tendermint as votes only: three correct voters and one liar, rounds 0 .. ROUNDS-1, values 1 and 2.
 *
 * The liar's vote counts for whatever is asked, in every round, and it proposes both values in round 0. Asynchrony: a
 * timeout may happen at any time, and a quorum may be overlooked (thresholds are lower bounds on what has been sent).
 * A lock may be left for a value that had a quorum of prevotes in a round not older than the lock (R4).
 *
 *   -DQUORUM=2     two of four decide: agreement breaks
 *   -DNO_LOCK      locks are ignored: agreement breaks
 *   -DOLD_PROOF    any earlier quorum unlocks: agreement breaks
 */
#ifndef ROUNDS
#define ROUNDS 3
#endif
#ifndef QUORUM
#define QUORUM 3
#endif
#define NOTHING 3     /* has not voted */
#define CORRECT 3

byte offered[ROUNDS] = NOTHING
byte prevotes[9] = NOTHING
byte precommits[9] = NOTHING
byte lockedValue[CORRECT]
short lockedRound[CORRECT] = -1

#define PREVOTE(i, r) prevotes[(i) * 3 + (r)]
#define PRECOMMIT(i, r) precommits[(i) * 3 + (r)]
/* One for the liar. */
#define PREVOTED(r, v) (1 + (PREVOTE(0, r) == v) + (PREVOTE(1, r) == v) + (PREVOTE(2, r) == v))
#define PRECOMMITTED(r, v) (1 + (PRECOMMIT(0, r) == v) + (PRECOMMIT(1, r) == v) + (PRECOMMIT(2, r) == v))
#define MAY_BE_OFFERED(r, v) ((r) == 0 || offered[r] == (v))

inline choose(i, r, v, proofRound) {
  if
#ifdef NO_LOCK
  :: true -> PREVOTE(i, r) = v
#else
  :: lockedRound[i] < 0 || lockedValue[i] == v -> PREVOTE(i, r) = v
#ifdef OLD_PROOF
  :: lockedRound[i] >= 0 && lockedValue[i] != v && proofRound >= 0 -> PREVOTE(i, r) = v
#else
  :: lockedRound[i] >= 0 && lockedValue[i] != v && proofRound >= lockedRound[i] -> PREVOTE(i, r) = v
#endif
  :: else -> PREVOTE(i, r) = 0
#endif
  fi
}

proctype voter(byte i) {
  byte r = 0
  byte v
  short proof
  do
  :: r == ROUNDS -> break
  :: r < ROUNDS ->
    atomic { /* a correct proposer offers what it knows to be valid, or anything */
      if
      :: r > 0 && r - 1 == i && offered[r] == NOTHING ->
        if
        :: lockedRound[i] >= 0 -> offered[r] = lockedValue[i]
        :: lockedRound[i] < 0 -> offered[r] = 1
        :: lockedRound[i] < 0 -> offered[r] = 2
        fi
      :: else -> skip
      fi
    }
    atomic {
      if
      :: PREVOTE(i, r) = 0 /* the timeout, or nothing came */
      :: MAY_BE_OFFERED(r, 1) -> choose(i, r, 1, -1)
      :: MAY_BE_OFFERED(r, 2) -> choose(i, r, 2, -1)
      :: r > 0 -> /* with the proof of an earlier round */
        proof = 0
        do
        :: proof < r && PREVOTED(proof, 1) >= QUORUM && MAY_BE_OFFERED(r, 1) -> v = 1; choose(i, r, v, proof); break
        :: proof < r && PREVOTED(proof, 2) >= QUORUM && MAY_BE_OFFERED(r, 2) -> v = 2; choose(i, r, v, proof); break
        :: proof < r -> proof++
        :: proof >= r -> PREVOTE(i, r) = 0; break
        od
      fi
      v = 0
      proof = 0
    }
    atomic {
      if
      :: PRECOMMIT(i, r) = 0
      :: PREVOTED(r, 1) >= QUORUM -> lockedValue[i] = 1; lockedRound[i] = r; PRECOMMIT(i, r) = 1
      :: PREVOTED(r, 2) >= QUORUM -> lockedValue[i] = 2; lockedRound[i] = r; PRECOMMIT(i, r) = 2
      fi
    }
    r++
  od
}

/* Whoever decides, decides the same. */
proctype judge() {
  byte r = 0
  byte decided = 0
  do
  :: r == ROUNDS -> break
  :: r < ROUNDS ->
    if
    :: PRECOMMITTED(r, 1) >= QUORUM -> assert(decided != 2); decided = 1
    :: else -> skip
    fi
    if
    :: PRECOMMITTED(r, 2) >= QUORUM -> assert(decided != 1); decided = 2
    :: else -> skip
    fi
    r++
  od
}

init {
  atomic { run voter(0); run voter(1); run voter(2) }
  _nr_pr == 1
  run judge()
}
