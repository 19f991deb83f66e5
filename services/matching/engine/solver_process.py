"""The exact solver of a round, in a process of its own: JSON in on stdin, JSON out on stdout, so its memory and crashes stay apart."""

from time import monotonic

from services.matching.engine.plan import Plan
from services.matching.engine.problem import Problem
from services.matching.engine.rounds.exact import Exact
from services.matching.engine.rounds.helper import Helper
from services.matching.engine.rounds.outcome import Board, Outcome
from services.matching.engine.rounds.talk import converse


def solve_board(board: Board, seconds: float) -> None:
    """Solve every part within the time, larger parts with more of it."""
    until = monotonic() + seconds
    helper = Helper()
    sizes = [sum(len(pairs) for group in part.groups for pairs in group.options) for part in board.parts]
    for at, part in enumerate(board.parts):

        def heard(outcome: Outcome, at: int = at) -> None:
            board.note(at, outcome)

        if not board.outcomes[at].proven:
            share = max(0.0, until - monotonic()) * sizes[at] / sum(sizes[at:])
            board.note(at, Exact(part, board.outcomes[at], share, heard, helper).run())
    helper.close()


def solve_here(problem: Problem, seconds: float) -> Plan:
    """Solve in this process. Guarantee: the same problem in any order gives the same plan whenever the plan is proven (input is sorted, one
    thread, fixed seed); never over capacity, no group split, forbidden pairs never chosen, the urgency floor kept even when time runs out, and
    never worse than the plan of `problem.start` where that still holds."""
    board = Board(problem)
    solve_board(board, seconds)
    return board.plan()


if __name__ == "__main__":
    converse(solve_board)
