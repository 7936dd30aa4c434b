#!/usr/bin/env python3
"""Writes tests/NN.in and tests/NN.out: the same bytes on every machine, with no random module involved."""
from bisect import bisect_left
from pathlib import Path

state = 20240607


def draw(bound):
    """A number in 0..bound from a 64-bit linear congruential generator (Knuth's MMIX constants)."""
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    return (state >> 33) % bound


def solve(a):
    tails = []  # tails[k]: the smallest end of an increasing subsequence of length k + 1
    for x in a:
        k = bisect_left(tails, x)
        tails[k:k + 1] = [x]
    return len(tails)


def solve_slowly(a):
    """The definition itself, to check `solve` by; only for short sequences."""
    best = []
    for i, x in enumerate(a):
        best.append(1 + max((best[j] for j in range(i) if a[j] < x), default=0))
    return max(best)


tests = [
    [10, 9, 2, 5, 3, 7, 101, 18],
    [42],
    list(range(50, -50, -1)),
    [-10**9, 10**9, -5, 0, 7, -3, -2, 8, -1, 1, 6, 2, 10**9 - 1, 999, -10**9 + 1],
    [draw(25) - 12 for _ in range(200)],
    [i // 2 + draw(400) for i in range(100_000)],
]
folder = Path(__file__).resolve().parent / "tests"
folder.mkdir(exist_ok=True)
for number, a in enumerate(tests, 1):
    answer = solve(a)
    assert len(a) > 1000 or answer == solve_slowly(a)
    (folder / f"{number:02}.in").write_text(f"{len(a)}\n{' '.join(map(str, a))}\n")
    (folder / f"{number:02}.out").write_text(f"{answer}\n")
