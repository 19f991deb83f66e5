"""Anybody suggests, nobody floods, no contact gets in; those who keep the registry decide, and the sender can read how it ended."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.ids import new_id
from chassis.testing import Bench, TestClock, account, anonymous, api_client
from contracts.actors import SuggestionAnsweredV1

COORDINATOR = account("coordinator")
NGO = {"kind": "civil_society", "name": "Accueil Isère", "country": "FR"}


async def send(bench: Bench, clock: TestClock, caller: Any = None, **fields: Any) -> Any:
    """A suggestion with a stamp that is old enough."""
    caller = caller or anonymous()
    stamp = (await bench.get(anonymous(), "/api/v1/suggestion-stamp")).json()["stamp"]
    clock.forward(seconds=5)
    body = {"kind": "missing_actor", "values": NGO, "source": "https://example.org/list", "stamp": stamp, **fields}
    return await bench.post(caller, "/api/v1/suggestions", body)


async def sent(bench: Bench, clock: TestClock, **fields: Any) -> dict[str, Any]:
    """The same, taken."""
    answer = await send(bench, clock, **fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def correction_of(bench: Bench, clock: TestClock, actor: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A correction of an actor."""
    return await sent(bench, clock, kind="correction", record={"kind": "actor", "id": actor["id"]}, values=values)


async def test_a_missing_organisation_enters_through_the_queue_and_its_sender_reads_it(bench: Bench, clock: TestClock) -> None:
    got = await sent(bench, clock, note="Founded in 1987")
    listed = (await bench.get(COORDINATOR, "/api/v1/suggestions")).json()["items"]

    done = await bench.post(COORDINATOR, f"/api/v1/suggestions/{listed[0]['id']}/accept", {})
    state = (await bench.post(anonymous(), "/api/v1/suggestion-states", {"id": got["id"], "secret": got["secret"]})).json()
    actor = (await bench.get(anonymous(), f"/api/v1/actors/{state['result_id']}")).json()

    assert done.status_code == 200, done.text
    assert (state["state"], state["result_kind"]) == ("accepted", "actor")
    assert (actor["name"], actor["entered_by"], actor["source"]) == ("Accueil Isère", "suggestion", "https://example.org/list")
    told = [event for event in await bench.queued() if isinstance(event, SuggestionAnsweredV1)]
    assert [(str(event.suggestion_id), event.outcome) for event in told] == [(got["id"], "accepted")]


async def test_each_kind_of_suggestion_is_taken_and_accepted(bench: Bench, clock: TestClock, an_actor: Any) -> None:
    net, city = await an_actor("Net", kind="network"), await an_actor("Lyon", kind="municipality", country="FR")
    declared = {"type": "council_motion", "date": "2016", "title": "Motion"}
    wanted = [
        ("place_city", {"municipality": {"name": "Nantes", "country": "FR"}, "declaration": declared}, "declaration"),
        ("place_city", {"municipality_id": city["id"], "declaration": declared}, "declaration"),
        ("missing_membership", {"network_id": net["id"], "member_id": city["id"], "since": 2018}, "membership"),
        ("missing_resource", {"title": "A report", "kind": "report", "topic_themes": ["legal"]}, "resource"),
    ]

    results = []
    for kind, values, _ in wanted:
        got = await sent(bench, clock, kind=kind, values=values)
        answer = await bench.post(COORDINATOR, f"/api/v1/suggestions/{got['id']}/accept", {})
        assert answer.status_code == 200, answer.text
        results.append(answer.json()["result_kind"])

    assert results == [result for _, _, result in wanted]


async def test_a_correction_shows_the_difference_and_a_changed_record_is_a_conflict(bench: Bench, clock: TestClock, an_actor: Any) -> None:
    actor = await an_actor("Grenoble", kind="municipality")
    got = await correction_of(bench, clock, actor, population=158198, name="Grenoble")
    read = (await bench.get(COORDINATOR, f"/api/v1/suggestions/{got['id']}")).json()
    await bench.patch(COORDINATOR, f"/api/v1/actors/{actor['id']}", {"country": "FR"}, version=1)

    stale = await bench.post(COORDINATOR, f"/api/v1/suggestions/{got['id']}/accept", {})
    again = await bench.post(COORDINATOR, f"/api/v1/suggestions/{got['id']}/accept", {"record_version": 2, "values": {"population": 160000}})
    twice = await bench.post(COORDINATOR, f"/api/v1/suggestions/{got['id']}/accept", {"record_version": 3})

    assert [(change["field"], change["now"], change["proposed"]) for change in read["changes"]] == [("population", None, 158198)]
    assert (stale.status_code, stale.json()["code"]) == (409, "record_changed")
    assert again.status_code == 200, again.text
    assert (twice.status_code, twice.json()["code"]) == (409, "already_decided")
    now = (await bench.get(anonymous(), f"/api/v1/actors/{actor['id']}")).json()
    assert (now["population"], now["entered_by"], now["source"]) == (160000, "suggestion", "https://example.org/list")


async def test_members_decide_corrections_of_their_own_organisation_alone(bench: Bench, clock: TestClock, an_actor: Any) -> None:
    own, other = await an_actor("Own"), await an_actor("Other")
    mine, theirs = await correction_of(bench, clock, own, country="FR"), await correction_of(bench, clock, other, country="FR")
    kind = await correction_of(bench, clock, own, kind="university")
    member = account("member", actor=UUID(own["id"]))

    listed = (await bench.get(member, "/api/v1/suggestions")).json()["items"]
    accepted = await bench.post(member, f"/api/v1/suggestions/{mine['id']}/accept", {})
    reviewed = await bench.post(member, f"/api/v1/suggestions/{kind['id']}/accept", {"record_version": 2})
    foreign = [
        await bench.post(member, f"/api/v1/suggestions/{theirs['id']}/{verb}", {"reason": "unclear"} if verb == "refuse" else {})
        for verb in ("accept", "refuse")
    ]

    assert {item["id"] for item in listed} == {mine["id"], kind["id"]}
    assert (accepted.status_code, reviewed.status_code, reviewed.json()["code"]) == (200, 403, "reviewed_field")
    assert [answer.status_code for answer in foreign] == [404, 404]


async def test_a_refusal_says_why_and_needs_the_secret_to_read(bench: Bench, clock: TestClock) -> None:
    got = await sent(bench, clock)
    await bench.post(COORDINATOR, f"/api/v1/suggestions/{got['id']}/refuse", {"reason": "already_there"})

    read = await bench.post(anonymous(), "/api/v1/suggestion-states", {"id": got["id"], "secret": got["secret"]})
    wrong = await bench.post(anonymous(), "/api/v1/suggestion-states", {"id": got["id"], "secret": "guess"})
    unknown = await bench.post(anonymous(), "/api/v1/suggestion-states", {"id": str(uuid4()), "secret": got["secret"]})

    assert (read.json()["state"], read.json()["reason"]) == ("refused", "already_there")
    assert [wrong.status_code, unknown.status_code] == [404, 404]


async def test_strangers_neither_read_nor_decide(bench: Bench, clock: TestClock) -> None:
    got = await sent(bench, clock)
    strangers = (anonymous(), account("volunteer"), account("observer"), account("member"), api_client("read"))

    statuses = []
    for caller in strangers:
        statuses.append((await bench.get(caller, "/api/v1/suggestions")).status_code)
        statuses.append((await bench.get(caller, f"/api/v1/suggestions/{got['id']}")).status_code)
        statuses.append((await bench.post(caller, f"/api/v1/suggestions/{got['id']}/accept", {})).status_code)

    assert statuses == [401] * 3 + [403] * 12


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"values": {**NGO, "name": "Write to ana@mail.example"}}, "/values/name"),
        ({"note": "Call 04 76 00 00 00"}, "/note"),
        ({"source": "ana at ana@mail.example"}, "/source"),
        ({"values": {**NGO, "kind": "club"}}, "/values/kind"),
        ({"values": {**NGO, "legal_status": "x"}}, "/values/legal_status"),
        ({"values": {"name": "No kind"}}, "/values/kind"),
        ({"homepage": "https://spam.example"}, "/homepage"),
        ({"kind": "correction", "values": {"name": "X"}}, ""),
        ({"kind": "correction", "record": {"kind": "actor", "id": str(uuid4())}, "values": {"name": "X"}}, "/record/id"),
        ({"kind": "correction", "record": {"kind": "capacity", "id": str(uuid4())}, "values": {"places": 1}}, "/record"),
        ({"values": {}}, ""),
        ({"source": "javascript:alert(1)"}, "/source"),
    ],
)
async def test_what_is_proposed_is_checked_field_by_field(bench: Bench, clock: TestClock, fields: dict[str, Any], pointer: str) -> None:
    answer = await send(bench, clock, **fields)

    assert answer.status_code == 422, answer.text
    assert pointer in [fault["pointer"] for fault in answer.json()["errors"]]
    assert "ana@" not in answer.text


async def test_a_web_address_with_digits_is_no_telephone(bench: Bench, clock: TestClock) -> None:
    answer = await send(bench, clock, source="https://example.org/2016/20161234567/list.pdf, read 2026-11-20")

    assert answer.status_code == 201, answer.text


async def test_a_stamp_is_needed_good_once_not_too_early_and_not_too_late(bench: Bench, clock: TestClock) -> None:
    stamp = (await bench.get(anonymous(), "/api/v1/suggestion-stamp")).json()["stamp"]
    body = {"kind": "missing_actor", "values": NGO, "source": "S", "stamp": stamp}
    other = {**body, "values": {**NGO, "name": "Another"}}

    early = await bench.post(anonymous(), "/api/v1/suggestions", body)
    clock.forward(seconds=10)
    taken = await bench.post(anonymous(), "/api/v1/suggestions", body)
    twice = await bench.post(anonymous(), "/api/v1/suggestions", other)
    forged = await bench.post(anonymous(), "/api/v1/suggestions", {**other, "stamp": stamp[:-2] + "zz"})
    without = await bench.post(anonymous(), "/api/v1/suggestions", {**other, "stamp": None})
    signed_in = await bench.post(account("volunteer"), "/api/v1/suggestions", {**other, "stamp": None})
    clock.forward(hours=5)
    late = await bench.post(anonymous(), "/api/v1/suggestions", other)

    assert [answer.status_code for answer in (early, taken, twice, forged, without, signed_in, late)] == [422, 201, 409, 422, 422, 201, 422]


async def test_the_same_suggestion_is_counted_and_each_sender_reads_it(bench: Bench, clock: TestClock) -> None:
    first = await sent(bench, clock)
    second = await sent(bench, clock, values={**NGO, "name": "  ACCUEIL  isère "})

    listed = (await bench.get(COORDINATOR, "/api/v1/suggestions")).json()["items"]
    await bench.post(COORDINATOR, f"/api/v1/suggestions/{first['id']}/refuse", {"reason": "spam"})
    states = [
        (await bench.post(anonymous(), "/api/v1/suggestion-states", {"id": one["id"], "secret": one["secret"]})).json() for one in (first, second)
    ]

    assert [item["times"] for item in listed] == [2]
    assert first["id"] != second["id"]
    assert [state["state"] for state in states] == ["refused", "refused"]
    assert len([event for event in await bench.queued() if isinstance(event, SuggestionAnsweredV1)]) == 2


async def test_the_queue_and_the_day_have_a_bound(bench: Bench, clock: TestClock) -> None:
    settings = bench.service.settings
    settings.suggestions_open, settings.suggestions_per_day = 1, 2
    await sent(bench, clock)

    full = await send(bench, clock, values={**NGO, "name": "Second"})
    await sent(bench, clock)
    day = await send(bench, clock)

    assert [(answer.status_code, answer.json()["code"]) for answer in (full, day)] == [(429, "too_many_open")] * 2


async def test_decided_suggestions_are_deleted_in_time(bench: Bench, clock: TestClock) -> None:
    got = await sent(bench, clock)
    await bench.post(COORDINATOR, f"/api/v1/suggestions/{got['id']}/accept", {})
    clock.forward(days=181)

    await bench.run_timer("forget suggestions")

    assert (await bench.get(COORDINATOR, "/api/v1/suggestions", params={"state": "accepted"})).json()["items"] == []
    assert (await bench.get(anonymous(), "/api/v1/actors")).json()["items"][0]["name"] == "Accueil Isère"


async def test_nothing_of_a_suggestion_is_in_the_events(bench: Bench, clock: TestClock) -> None:
    got = await sent(bench, clock, note="A private remark")
    await bench.post(COORDINATOR, f"/api/v1/suggestions/{got['id']}/refuse", {"reason": "unclear"})

    told = [event.model_dump_json() for event in await bench.queued()]

    assert told and not any("remark" in text or got["secret"] in text or "Accueil" in text for text in told)


async def test_unknown_suggestions_are_not_found(bench: Bench) -> None:
    answers = [
        await bench.post(COORDINATOR, f"/api/v1/suggestions/{new_id()}/{verb}", {"reason": "spam"} if verb == "refuse" else {})
        for verb in ("accept", "refuse")
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
