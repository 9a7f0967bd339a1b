#!/usr/bin/env bash
# The model must hold, and each of its three broken variants must not. Needs `spin` and a C compiler.
set -euo pipefail
cd "$(dirname "$0")"
command -v spin >/dev/null && command -v gcc >/dev/null || { echo 'spin or gcc is not installed: skipped'; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
model=$PWD/tendermint.pml

run() { # flags -> number of errors found and of states looked at
  (cd "$folder" && rm -f pan* && spin -a "$@" "$model" >spin.log 2>&1 \
    && gcc -O2 -DSAFETY -DCOLLAPSE -DVECTORSZ=4096 -o pan pan.c 2>gcc.log \
    && ./pan -m100000 -w24 2>/dev/null | sed -n -e 's/.*errors: \([0-9]*\).*/\1/p' -e 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' \
    | tr '\n' ' ')
}

failed=0
expect() { # name wanted flags
  local name=$1 wanted=$2
  shift 2
  local found states since=$SECONDS
  read -r found states <<<"$(run "$@")"
  local cost="$states states, $((SECONDS - since)) s"
  if [ "$wanted" = none ] && [ "$found" = 0 ]; then echo "ok      $name: no error in any interleaving ($cost)"
  elif [ "$wanted" = some ] && [ "${found:-0}" != 0 ]; then echo "ok      $name: found to be wrong, as it must ($cost)"
  else echo "FAILED  $name: ${found:-no} errors"; failed=1; fi
}

expect 'Tendermint, three rounds' none
expect 'a quorum of two' some -DQUORUM=2
expect 'locks ignored' some -DNO_LOCK
expect 'older proofs unlock' some -DOLD_PROOF
exit $failed
