"""Histories for tests of replays: small towns by hand, and larger ones by dice."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from services.matching.engine.replay.history import History, PastMatch, PastNeed, PastOffer
from services.matching.engine.types import LanguageWish, NeedFacts, OfferFacts, Place, TimeWindow, Urgency

START = datetime(2025, 1, 6, 9, tzinfo=UTC)
HOME = Place(45.18, 5.72)
LANGUAGES = ("fr", "ar", "uk", "en")
CATEGORIES = ("housing.room", "language.class", "legal.advice", "food.meals")


def day(number: float) -> datetime:
    """So many days after the start."""
    return START + timedelta(days=number)


def a_need(number: int, posted: float = 0, withdrawn: float | None = None, **more: Any) -> PastNeed:
    """A need for one at home."""
    case = {"case_id": UUID(int=9000 + number), "size": 1, "place": HOME, "max_travel_m": 50_000}
    facts: dict[str, Any] = {"category": "housing.room", **case, **more}
    need = NeedFacts(id=UUID(int=number), is_open=True, posted_at=day(posted), consent_match=True, **facts)
    return PastNeed(need, None if withdrawn is None else day(withdrawn))


def an_offer(number: int, provider: str, places: int = 1, posted: float = -10, closed: float | None = None, **more: Any) -> PastOffer:
    """An offer at home whose places come back."""
    returns = more.pop("returns", True)
    facts: dict[str, Any] = {"category": "housing.room", "place": HOME, "radius_m": 50_000, **more}
    offer = OfferFacts(UUID(int=number), provider_id=provider, places=places, places_used=0, is_open=True, posted_at=day(posted), **facts)
    return PastOffer(offer, returns, None if closed is None else day(closed))


def a_match(need: PastNeed, offer: PastOffer, asked: float, accepted: float | None = None, ended: float | None = None, **more: Any) -> PastMatch:
    """A recorded match; declined, unless it was accepted or something else is said."""
    no = accepted is None and not {"expired", "called_off"} & more.keys()
    return PastMatch(
        need_id=need.facts.id,
        offer_id=offer.facts.id,
        case_id=need.facts.case_id,
        provider_id=offer.facts.provider_id,
        category=need.facts.category,
        size=need.facts.size,
        asked_at=day(asked),
        accepted_at=None if accepted is None else day(accepted),
        ended_at=None if ended is None else day(ended),
        **{"declined": no and ended is not None, "gave_back": ended is not None, **more},
    )


def a_history(needs: list[PastNeed], offers: list[PastOffer], *matches: PastMatch, days: float = 100) -> History:
    """Everything until so many days after the start."""
    return History(tuple(needs), tuple(offers), matches, day(days))


def a_town(needs: int, offers: int, seed: int, days: int = 200) -> History:
    """A town by dice: offers and needs appear over the days, some are withdrawn or closed, a quarter of the needs was really asked for."""
    dice = Random(seed)

    def somewhere() -> Place:
        return Place(45.18 + dice.gauss(0, 0.05), 5.72 + dice.gauss(0, 0.07))

    given = [
        an_offer(
            100_000 + number,
            f"actor:{dice.randrange(max(1, offers // 4))}",
            dice.randint(1, 4),
            dice.uniform(0, days * 0.8),
            dice.uniform(days * 0.5, days) if dice.random() < 0.2 else None,
            category=dice.choice(CATEGORIES),
            place=somewhere(),
            radius_m=9_000,
            languages=frozenset(dice.sample(LANGUAGES, 2)),
            windows=(TimeWindow(dice.randrange(7), 480, 1200),),
            returns=dice.random() < 0.8,
        )
        for number in range(offers)
    ]
    asked = [
        a_need(
            1 + number,
            posted := dice.uniform(0, days),
            posted + 40 if dice.random() < 0.3 else None,
            category=dice.choice(CATEGORIES),
            size=dice.choice((1, 1, 2, 3)),
            place=somewhere(),
            max_travel_m=7_000,
            languages=(LanguageWish(dice.choice(LANGUAGES)),),
            urgency=dice.choice(tuple(Urgency)),
        )
        for number in range(needs)
    ]
    matches = []
    for need in dice.sample(asked, needs // 4):
        offer, begun = dice.choice(given), (need.facts.posted_at - START).days + 1 + dice.random()
        yes = dice.random() < 0.7
        matches.append(a_match(need, offer, begun, begun + 2 if yes else None, begun + dice.uniform(3, 90)))
    return a_history(asked, given, *matches, days=days)
