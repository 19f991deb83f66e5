"""What happened, the replay with the weights in use, and the replay with others, side by side, and the differences in plain sentences."""

from collections.abc import Callable
from dataclasses import dataclass

from services.matching.engine.replay.estimates import estimates_of
from services.matching.engine.replay.figures import Figures, figures_of
from services.matching.engine.replay.history import History
from services.matching.engine.replay.outcome import really
from services.matching.engine.replay.policies import Policy
from services.matching.engine.replay.simulate import replay
from services.matching.engine.weights import Weights

Tell = Callable[[int, int], None]
MOST_CATEGORIES = 3
"""Categories that the sentences name on each side; all stand in the table."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Three columns over the same needs."""

    now: Weights
    new: Weights
    policy: Policy
    happened: Figures
    with_now: Figures
    with_new: Figures


def compare(history: History, now: Weights, new: Weights, policy: Policy, tell: Tell | None = None) -> Comparison:
    """Count what happened and both replays; `tell` hears of steps done of 200."""
    halves = [_half(tell, start) for start in (0, 100)]
    return Comparison(
        now,
        new,
        policy,
        figures_of(history, really(history)),
        figures_of(history, replay(history, now, policy, halves[0])),
        figures_of(history, replay(history, new, policy, halves[1])),
    )


def _half(tell: Tell | None, start: int) -> Tell | None:
    if tell is None:
        return None
    return lambda done, days: tell(start + min(100, 100 * done // days), 200)


def sentences(found: Comparison) -> list[str]:
    """What the other weights would change, in words; the replays are compared with each other, for both rest on the same assumptions."""
    now, new, names = found.with_now, found.with_new, (found.now.version, found.new.version)
    if not now.total.needs:
        return ["No need was posted in this time, so there is nothing to compare."]
    if now == new:
        return [f"With {names[1]} everything that is measured here comes out as with {names[0]}."]
    told = [_matched(now, new, *names)]
    told += _differs(
        "Half of the matched needs have their yes within {new} days instead of {now}.", now.total.waiting_median, new.total.waiting_median
    )
    told += _differs("Nine of ten matched needs have it within {new} days instead of {now}.", now.total.waiting_p90, new.total.waiting_p90)
    told += _differs("Half of the matched pairs lie within {new} instead of {now}.", _km(now.distance_median), _km(new.distance_median))
    if f"{now.gini:.2f}" != f"{new.gini:.2f}":
        told.append(
            f"Requests are spread {'more' if new.gini < now.gini else 'less'} evenly over {new.providers} providers: "
            f"the Gini coefficient is {new.gini:.2f} instead of {now.gini:.2f}."
        )
    told += _differs("The most asked provider gets {new} requests instead of {now}.", now.most_loaded, new.most_loaded)
    return told + _categories(now, new)


def assumptions(history: History, policy: Policy) -> list[str]:
    """What the replays take for granted, with the figures of this history."""
    known = estimates_of(history)
    stay = known.stay("")
    held = f"about {_days(stay.total_seconds())} days over all categories" if stay is not None else "to the end, for fewer than half were seen to end"
    desk = f"every {policy.round_days} days in a round of all waiting needs" if policy.round_days else "every day one by one, the most urgent first"
    told = [
        f"A coordinator gives the needs out {desk}, and always takes the best proposal.",
        f"A pair that was declined or left unanswered is so again ({len(known.fates)} pairs); every other provider says yes after "
        f"{_days(known.answer.total_seconds())} days, the median of the answers.",
        f"Places are held for the median time of their category ({held}); those that do not come back are used up.",
        "An offer takes requests from its posting until it was closed (or paused, if it still is); its places are those of today.",
        "A need waits until it is matched, withdrawn, or the time is over; each is placed by itself, whatever it is linked to.",
    ]
    if history.left_out:
        told.append(
            f"Left out: {', '.join(f'{count} {why}' for why, count in sorted(history.left_out.items()))}. Their recorded matches hold places."
        )
    return told


def _days(seconds: float) -> str:
    return f"{seconds / 86_400:.1f}"


def _matched(now: Figures, new: Figures, now_name: str, new_name: str) -> str:
    change = new.total.matched - now.total.matched
    if not change:
        return f"With {new_name} as many needs are matched as with {now_name}: {new.total.matched} of {new.total.needs} ({new.total.share:.0%})."
    return (
        f"With {new_name} {new.total.matched} of {new.total.needs} needs are matched ({new.total.share:.0%}), "
        f"{abs(change)} {'more' if change > 0 else 'fewer'} than with {now_name}."
    )


def _differs(sentence: str, now: object, new: object) -> list[str]:
    return [] if now is None or new is None or now == new else [sentence.format(now=now, new=new)]


def _km(metres: int | None) -> str | None:
    return None if metres is None else f"{metres / 1000:.1f} km"


def _categories(now: Figures, new: Figures) -> list[str]:
    changes = sorted(
        ((group.matched - now.by_category[category].matched, category) for category, group in new.by_category.items()),
        key=lambda change: (-abs(change[0]), change[1]),
    )
    told = []
    for words, sign in (("More are matched in", 1), ("Fewer are matched in", -1)):
        some = [f"{category} ({change:+d})" for change, category in changes if change * sign > 0][:MOST_CATEGORIES]
        if some:
            told.append(f"{words} {', '.join(some)}.")
    return told
