"""Offers with weekly times as iCalendar (RFC 5545): each window repeats every week in the city's time zone until the offer ends."""

from collections.abc import Iterable
from datetime import date

from icalendar import Event, vGeo

from chassis.ids import derived_id
from chassis.weekly import add_zone, first_on, new_calendar, weekly_event
from services.actors.model.directory import DirectoryOffer, ListedState
from services.actors.model.interchange.offers import text_of, windows_of


def has_times(offer: DirectoryOffer) -> bool:
    """Whether an offer is at certain times of the week."""
    return bool(windows_of(offer))


def calendar_of(offers: Iterable[DirectoryOffer], *, name: str, zone: str, address: str, language: str = "en") -> bytes:
    """A calendar of the offers that have times. The same offers give the same bytes."""
    calendar = new_calendar("open offers", name, zone)
    events = [event for offer in offers for event in events_of(offer, zone=zone, address=address, language=language)]
    if events:
        add_zone(calendar, zone, min(event.decoded("dtstart") for event in events).date())
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def events_of(offer: DirectoryOffer, *, zone: str, address: str, language: str = "en") -> list[Event]:
    """One event for each weekly window that comes before the offer ends."""
    ends = offer.valid_until
    kept = [window for window in windows_of(offer) if ends is None or first_day(offer, window[0]) <= ends]
    return [_event(offer, window, zone, address, language) for window in kept]


def first_day(offer: DirectoryOffer, day: int) -> date:
    """The first such weekday from the day on which the offer begins, or on which it was posted."""
    given = offer.details.get("valid_from")
    begins = date.fromisoformat(given) if given else offer.posted_at.date()
    return first_on(begins, day)


def _event(offer: DirectoryOffer, window: tuple[int, int, int], zone: str, address: str, language: str) -> Event:
    day, first, last = window
    event = weekly_event(first_day(offer, day), first, last, zone, offer.valid_until)
    event.add("uid", str(derived_id("calendar", str(offer.id), str(day), str(first), str(last))))
    event.add("dtstamp", offer.updated_at)
    event.add("last-modified", offer.updated_at)
    event.add("sequence", offer.version)
    event.add("summary", text_of(offer.details.get("title"), language) or offer.category)
    if description := text_of(offer.details.get("description"), language):
        event.add("description", description)
    event.add("categories", [offer.category])
    event.add("url", f"{address}/help/{offer.id}")
    event.add("status", "CONFIRMED" if offer.state == ListedState.OPEN else "TENTATIVE")
    if offer.lat is not None and offer.lon is not None:
        event.add("geo", vGeo((offer.lat, offer.lon)))
    return event
