"""Asking for help without a name: for anybody with code and secret words, and what coordinators do with it."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from chassis.context import locale
from chassis.edge import HubRoute
from chassis.errors import HubError
from chassis.identity import SYSTEM
from chassis.ids import new_id
from chassis.language import translate
from chassis.paging import Page, Paging, listed
from services.matching import schemas
from services.matching.api.cases import case_read
from services.matching.api.common import InOneTransaction, place_of, windows_read
from services.matching.engine.types import Urgency
from services.matching.model.asks import NEEDS, SENTENCES, Ask, Message
from services.matching.model.case import Household
from services.matching.model.need import Need
from services.matching.schemas import CaseRead
from services.matching.schemas import asks as bodies
from services.matching.use_cases import asks, taking
from services.matching.work import Work

R = TypeVar("R")
router = APIRouter(prefix="/api/v1/asks", route_class=HubRoute)
SECRET: dict[str, Any] = {"x-no-idempotency": True}  # Any: OpenAPI
"""Bodies and answers that hold secret words are never stored under an Idempotency-Key."""


def source_of(request: Request) -> str:
    """The network address of whoever asks, from the gateway's header `hub-source`; only the gateway can sign a call."""
    return request.headers.get("hub-source", "")[:100]


Source = Annotated[str, Depends(source_of)]


async def settled(request: Request, act: Callable[[Work], Awaitable[R | HubError]]) -> R:
    """Run as the hub itself and commit; a refusal that is answered is raised only then, so that what it counted stays."""
    async with request.app.state.service.open_work(SYSTEM) as work:
        outcome = await act(work)
    if isinstance(outcome, HubError):
        raise outcome
    return outcome


async def with_words(
    request: Request, response: Response, body: bodies.AskKey, source: str, act: Callable[[Work, Ask], Awaitable[object]]
) -> bodies.AskRead:
    """Let in whoever knows the words, do what they want, and answer where everything stands then."""

    async def let_in(work: Work) -> bodies.AskRead | HubError:
        found = await asks.known(work, body.code, body.secret, source)
        if isinstance(found, HubError):
            return found
        await act(work, found)
        return ask_read(await asks.follow(work, await work.asks.find(found.id) or found))

    response.headers["Cache-Control"] = "no-store"
    return await settled(request, let_in)


def message_read(message: Message) -> bodies.MessageRead:
    """A message, its fixed sentence in the reader's language."""
    return bodies.MessageRead(
        id=message.id,
        need_id=message.need_id,
        sentence=message.sentence,
        words=translate(SENTENCES[message.sentence], locale()),
        text=message.text,
        written_at=message.at,
    )


def ask_read(found: asks.Followed) -> bodies.AskRead:
    """An ask for its asker."""
    return bodies.AskRead(
        code=found.ask.code,
        state=found.ask.state.value,
        why_not=found.ask.why_not,
        needs=[
            bodies.FollowedNeed(id=need.id, category=need.category, standing=standing, helped=found.helped.get(need.id))
            for need, standing in found.needs
        ],
        messages=[message_read(message) for message in found.messages],
        place=found.place,
        asked_at=found.ask.asked_at,
        expires_at=found.ask.expires_at,
    )


def waiting_read(ask: Ask, messages: tuple[Message, ...] = ()) -> bodies.WaitingRead:
    """An ask for coordinators."""
    return bodies.WaitingRead(
        id=ask.id,
        version=ask.version,
        code=ask.code,
        state=ask.state.value,
        household={"adults": ask.household.adults, "children": ask.household.children, "age_bands": sorted(ask.household.age_bands)},
        languages=list(ask.languages),
        location={"lat": ask.location.lat, "lon": ask.location.lon} if ask.location else None,
        reads=ask.reads,
        needs=[
            {
                "id": str(need.id),
                "state": need.state.value,
                "category": need.category,
                "size": need.size,
                "languages": [{"code": wish.code, "required": wish.required} for wish in need.languages],
                "max_travel_km": need.max_travel_km,
                "windows": windows_read(need.windows),
                "from": need.from_date.isoformat() if need.from_date else None,
                "until": need.until_date.isoformat() if need.until_date else None,
            }
            for need in ask.needs
        ],
        messages=[message_read(message) for message in messages],
        created_at=ask.asked_at,
        updated_at=ask.updated_at,
        expires_at=ask.expires_at,
    )


@router.get("/terms")
async def read_ask_terms(work: InOneTransaction) -> bodies.AskTerms:
    """Whether one may ask here without a name, where one can come instead, and how long what is asked for is kept."""
    settings = work.settings
    return bodies.AskTerms(
        allowed=await work.chosen("ask_without_name", settings.ask_without_name),
        days=await work.chosen("ask_days", settings.ask_days),
        needs=NEEDS,
        place=settings.ask_place,
        need_days=await work.chosen("need_days", settings.need_days),
        closed_case_days=await work.chosen("closed_case_days", settings.closed_case_days),
    )


@router.post("", status_code=201, openapi_extra=SECRET)
async def ask_without_name(body: bodies.AskCreate, request: Request, response: Response, source: Source) -> bodies.AskCreated:
    """Ask for help without a name, if this hub allows it. The answer holds a code and secret words, shown only now."""
    response.headers["Cache-Control"] = "no-store"

    async def keep(work: Work) -> asks.Asked | HubError:
        household = body.household
        bands = household.age_bands if isinstance(household.age_bands, list) else [band for band, count in household.age_bands.items() if count]
        wanted = asks.Wanted(
            household=Household(household.adults, household.children, frozenset(bands)),
            languages=tuple(dict.fromkeys(body.languages)),
            location=place_of(body.location),
            reads=locale(),
            text_version=body.consent.text_version,
            needs=tuple(_need(work, each) for each in body.needs),
            once=body.once,
        )
        return await asks.ask(work, wanted, source)

    asked = await settled(request, keep)
    return bodies.AskCreated(code=asked.ask.code, secret=asked.words, asked_at=asked.ask.asked_at, expires_at=asked.ask.expires_at)


@router.post("/follow", openapi_extra=SECRET)
async def follow_ask(body: bodies.AskKey, request: Request, response: Response, source: Source) -> bodies.AskRead:
    """Where everything stands. Wrong words are counted; after some no more are looked at for an hour (429)."""
    return await with_words(request, response, body, source, _nothing)


@router.post("/withdraw", openapi_extra=SECRET)
async def withdraw_ask(body: bodies.AskWithdraw, request: Request, response: Response, source: Source) -> bodies.AskRead:
    """One thing, or everything, is not needed any more."""

    async def act(work: Work, found: Ask) -> object:
        return await (asks.withdraw_all(work, found) if body.need_id is None else asks.withdraw_need(work, found, body.need_id))

    return await with_words(request, response, body, source, act)


@router.post("/needs", openapi_extra=SECRET)
async def add_asked_need(body: bodies.AskAdd, request: Request, response: Response, source: Source) -> bodies.AskRead:
    """Ask for one more thing under the same code."""
    return await with_words(request, response, body, source, lambda work, found: asks.add_need(work, found, _need(work, body.need)))


@router.post("/feedback", openapi_extra=SECRET)
async def say_whether_it_helped(body: bodies.AskFeedback, request: Request, response: Response, source: Source) -> bodies.AskRead:
    """Say whether it helped."""
    return await with_words(request, response, body, source, lambda work, found: asks.say_helped(work, found, body.need_id, body.helped))


@router.get("", response_model=Page[bodies.WaitingRead])
async def list_asks(request: Request, response: Response, work: InOneTransaction, page: Paging) -> dict[str, Any]:
    """Asks that wait for a coordinator, oldest first."""
    return listed(request, response, (await taking.list_waiting(work, page)).map(waiting_read))


@router.get("/{ask_id}")
async def read_ask(ask_id: UUID, work: InOneTransaction) -> bodies.WaitingRead:
    """One ask that waits, or that became a case which you may see, with what was written to the asker."""
    found = await taking.read_ask(work, ask_id)
    return waiting_read(found.ask, found.messages)


@router.post("/{ask_id}/take")
async def take_ask(ask_id: UUID, work: InOneTransaction, body: bodies.TakeBody | None = None) -> CaseRead:
    """It becomes a case of your team, under the same code; its needs look for help from now on."""
    return case_read(await taking.take(work, ask_id, body.urgency if body else Urgency.NORMAL))


@router.post("/{ask_id}/decline")
async def decline_ask(ask_id: UUID, body: bodies.DeclineAskBody, work: InOneTransaction) -> bodies.WaitingRead:
    """Say that this hub cannot do it; the asker reads why."""
    return waiting_read(await taking.decline(work, ask_id, body.why_not))


@router.post("/{ask_id}/messages", status_code=201)
async def write_to_asker(ask_id: UUID, body: bodies.MessageBody, work: InOneTransaction) -> bodies.MessageRead:
    """Write to the asker, once you took the request: a fixed sentence, and a short text where one is needed."""
    return message_read(await taking.write(work, ask_id, body.need_id, body.sentence, body.text))


async def _nothing(work: Work, found: Ask) -> None:
    """Only to look."""


def _need(work: Work, body: bodies.AskedNeed) -> Need:
    need_id = new_id()
    return Need(
        id=need_id,
        case_id=need_id,
        category=body.category,
        size=body.size,
        posted_at=work.now,
        created_at=work.now,
        updated_at=work.now,
        languages=schemas.wishes_of(body.languages),
        max_travel_km=body.max_travel_km,
        windows=schemas.windows_of(body.windows),
        from_date=body.from_,
        until_date=body.until,
    )
