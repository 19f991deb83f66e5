"""Pages of one's own calendar: week by week, as a file, and under a secret address for a calendar program."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from fastapi import APIRouter, Path, Query, Response

from chassis.context import correlation_id, follow, locale
from chassis.errors import NotFound
from gateway.clients import Asker, Clients
from gateway.clients.asking import Record
from gateway.clients.own import LinkIsOver, visitor_of_link
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.offers import live_requests
from gateway.pages.own_times import Slot, Times, all_times, ical_of, slots_of, times_of_match
from gateway.pages.vocabulary import naming, words_of
from gateway.pages.week_picture import week_of
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
FeedToken = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{20,100}\.ics$", max_length=110)]
Day = Annotated[date | None, Query()]
FARTHEST = timedelta(days=3 * 366)


class NoCalendar(NotFound):
    """There is no calendar at this address (any more)."""


async def _times(visit: Visit) -> list[Times]:
    words, requests, offers = await asyncio.gather(
        words_of(visit), live_requests(visit), visit.ask.offers.offers([("mine", "true"), ("limit", "200")])
    )
    return all_times(requests, offers.items, {row["code"]: row["name"] for row in words.categories})


def _today(visit: Visit) -> date:
    return datetime.now(ZoneInfo(visit.settings.timezone)).date()


@router.get("/my/calendar")
async def see_calendar(visit: Here, week: Day = None) -> Response:
    """One week: help that was accepted, and offers that are open."""
    visit.asker.require("POST", "/api/v1/matches/x/accept")
    return await _calendar_page(visit, week)


@router.post("/my/calendar/feed")
async def make_feed(visit: Here) -> Response:
    """A new secret address; it is shown once, in this answer."""
    visit.asker.require("POST", "/api/v1/matches/x/accept")
    await visit.form()
    made = await visit.ask.own.make_feed()
    return await _calendar_page(visit, None, str(made["token"]))


@router.post("/my/calendar/feed/end")
async def end_feed(visit: Here) -> Response:
    """It stops working."""
    await visit.form()
    await visit.ask.own.end_feed()
    return visit.go("/my/calendar", "feed-ended")


@router.get("/matches/{match_id}/calendar.ics")
async def match_as_calendar(visit: Here, match_id: UUID) -> Response:
    """The times of one match, for its provider's calendar."""
    match = await visit.ask.matches.match(str(match_id))
    words, offer = await asyncio.gather(words_of(visit), visit.ask.offers.offer(match["offer_id"]))
    return _file(visit, [times_of_match(match, offer, words.category(match["category"]))], "help.ics")


@router.get("/calendar/{name}")
async def read_feed(visit: Here, name: FeedToken) -> Response:
    """What a calendar program reads. Whoever has the address sees when its owner helps, and nothing about whom."""
    try:
        link = await visit.ask.links.open_feed(name.removesuffix(".ics"))
    except LinkIsOver:
        raise NoCalendar("There is no calendar at this address.") from None
    visitor = visitor_of_link(link)
    asker = Asker(visitor, visit.asker.lines, visit.asker.permissions, visit.asker.limits, visit.asker.address)
    if not asker.may("POST", "/api/v1/matches/x/accept"):
        raise NoCalendar("There is no calendar at this address.")
    # A calendar program speaks no language; its owner does.
    follow(correlation_id(), visitor.caller.locale)
    owner = replace(visit, visitor=visitor, ask=Clients.over(asker), asker=asker)
    return _file(owner, await _times(owner), "my-help.ics")


def _file(visit: Visit, times: list[Times], name: str) -> Response:
    body = ical_of(times, name=_("My help"), zone=visit.settings.timezone, address=visit.settings.public_url.rstrip("/"), today=_today(visit))
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


async def _calendar_page(visit: Visit, week: date | None, token: str | None = None) -> Response:
    today = _today(visit)
    day = week if week is not None and abs(week - today) < FARTHEST else today
    monday = day - timedelta(days=day.weekday())
    words, times, feed = await asyncio.gather(words_of(visit), _times(visit), visit.ask.own.feed())
    slots = slots_of(times, monday)
    secret = f"{visit.settings.public_url.rstrip('/')}/calendar/{token}.ics" if token else None
    return visit.page(
        "own/calendar.html",
        days=[_day_of(monday + timedelta(days=number), slots) for number in range(7)],
        any_time=[each for each in times if not each.windows and each.kind == "help"],
        picture=week_of(monday, slots),
        busy=bool(slots),
        monday=monday.isoformat(),
        sunday=(monday + timedelta(days=6)).isoformat(),
        before=(monday - timedelta(days=7)).isoformat(),
        after=(monday + timedelta(days=7)).isoformat(),
        feed=feed,
        secret=secret,
        webcal="webcal://" + secret.split("://", 1)[1] if secret else None,
        **naming(visit, words),
    )


def _day_of(day: date, slots: list[Slot]) -> Record:
    return {"day": day.isoformat(), "name": str(format_skeleton("MMMEd", day, locale=locale())), "slots": [slot for slot in slots if slot.day == day]}
