"""The searching solver of a large round, in a process of its own (the flow solver and the exact solver cannot be in one process)."""

from time import monotonic

from services.matching.engine.plan import Plan
from services.matching.engine.problem import Problem
from services.matching.engine.rounds.outcome import Board, Outcome
from services.matching.engine.rounds.search import search
from services.matching.engine.rounds.talk import converse


def search_board(board: Board, seconds: float) -> None:
    """Search every part within the time, larger parts with more of it."""
    until = monotonic() + seconds
    sizes = [sum(len(pairs) for group in part.groups for pairs in group.options) for part in board.parts]
    for at, part in enumerate(board.parts):

        def heard(outcome: Outcome, at: int = at) -> None:
            board.note(at, outcome)

        if not board.outcomes[at].proven:
            share = max(0.0, until - monotonic()) * sizes[at] / sum(sizes[at:])
            board.note(at, search(part, board.outcomes[at], share, heard))


def search_here(problem: Problem, seconds: float) -> Plan:
    """Search in this process: never over capacity, no group split, forbidden pairs never chosen, the urgency floor kept, never worse than the plan
    of `problem.start` where that still holds."""
    board = Board(problem)
    search_board(board, seconds)
    return board.plan()


if __name__ == "__main__":
    converse(search_board)
