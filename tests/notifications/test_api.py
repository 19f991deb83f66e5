"""A person's inbox and choices: their own, nobody else's."""

import pytest

from chassis.ids import new_id
from chassis.testing import Bench, account, anonymous, api_client
from contracts import matching

from .conftest import a_match

ME = new_id()
VOLUNTEER = account("volunteer", account_id=ME)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/notifications"),
        ("POST", "/api/v1/notifications/00000000-0000-7000-8000-000000000001/read"),
        ("POST", "/api/v1/notifications/read_all"),
        ("GET", "/api/v1/subscriptions"),
        ("GET", "/api/v1/messages"),
        ("GET", "/api/v1/messages/caught"),
    ],
)
async def test_only_a_person_has_an_inbox(bench: Bench, method: str, path: str) -> None:
    answers = [await bench.call(caller, method, path) for caller in (None, anonymous(), api_client("read", "matches"))]

    assert [answer.status_code for answer in answers] == [401, 403, 403]


async def test_an_inbox_is_in_the_readers_words_newest_first_and_in_pages(bench: Bench) -> None:
    for _ in range(5):
        await bench.hear(a_match(provider_account_id=ME))

    first = await bench.get(VOLUNTEER, "/api/v1/notifications?limit=2")
    path, items = first.headers["link"].split(">")[0].strip("<"), first.json()["items"]
    while path:
        page = await bench.get(VOLUNTEER, path)
        items += page.json()["items"]
        path = page.headers["link"].split(">")[0].strip("<") if "link" in page.headers else ""

    assert first.json()["total"] == 5
    assert len({item["id"] for item in items}) == 5
    assert items == sorted(items, key=lambda item: (item["created_at"], item["id"]), reverse=True)
    assert items[0]["title"] == "You have a request to answer"
    assert items[0]["link"] == f"/matches/{items[0]['subject_id']}"
    assert "housing" not in first.text and "K7QX" not in first.text


async def test_a_message_is_read_once_and_leaves_the_unread(bench: Bench) -> None:
    await bench.hear(a_match(provider_account_id=ME))
    await bench.hear(a_match(provider_account_id=ME))
    items = (await bench.get(VOLUNTEER, "/api/v1/notifications")).json()["items"]
    path = f"/api/v1/notifications/{items[0]['id']}/read"

    first, second = await bench.post(VOLUNTEER, path), await bench.post(VOLUNTEER, path)
    unread = (await bench.get(VOLUNTEER, "/api/v1/notifications?unread=true")).json()

    assert (first.status_code, first.json()["read"]) == (200, True)
    assert first.json() == second.json()
    assert [item["id"] for item in unread["items"]] == [items[1]["id"]]
    assert unread["total"] == 1


async def test_all_messages_are_read_at_once(bench: Bench) -> None:
    for _ in range(3):
        await bench.hear(a_match(provider_account_id=ME))

    done = await bench.post(VOLUNTEER, "/api/v1/notifications/read_all")

    assert done.json() == {"read": 3}
    assert (await bench.get(VOLUNTEER, "/api/v1/notifications")).json()["total"] == 0


async def test_somebody_elses_message_is_not_there(bench: Bench) -> None:
    await bench.hear(a_match(provider_account_id=ME))
    mine = (await bench.get(VOLUNTEER, "/api/v1/notifications")).json()["items"][0]
    other = account("admin")

    seen = await bench.get(other, "/api/v1/notifications")
    read = await bench.post(other, f"/api/v1/notifications/{mine['id']}/read")

    assert seen.json()["items"] == []
    assert read.status_code == 404


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "cursor=x", "cursor=eyJhIjoxfQ", "unread=perhaps"])
async def test_a_list_that_cannot_be_is_refused(bench: Bench, query: str) -> None:
    assert (await bench.get(VOLUNTEER, f"/api/v1/notifications?{query}")).status_code == 422


async def put(bench: Bench, items: list[dict[str, object]], version: int | None) -> object:
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    return await bench.call(VOLUNTEER, "PUT", "/api/v1/subscriptions", json={"items": items}, headers=headers)


async def test_choices_start_with_sensible_defaults(bench: Bench) -> None:
    response = await bench.get(VOLUNTEER, "/api/v1/subscriptions")

    found = {item["kind"]: (item["in_app"], item["email"]) for item in response.json()["items"]}
    assert response.headers["etag"] == '"0"'
    assert found["request_to_answer"] == (True, "now")
    assert found["proposals_ready"] == (True, "daily")
    assert "invitation" not in found and "digest" not in found


async def test_choices_are_replaced_for_the_version_that_was_read(bench: Bench) -> None:
    first = await put(bench, [{"kind": "match_started", "in_app": False, "email": "now"}], 0)
    stale = await put(bench, [], 0)
    without = await put(bench, [], None)
    second = await put(bench, [{"kind": "offer_approved", "email": "off"}], 1)

    assert [answer.status_code for answer in (first, stale, without, second)] == [200, 412, 428, 200]  # type: ignore[attr-defined]
    found = {item["kind"]: (item["in_app"], item["email"]) for item in second.json()["items"]}  # type: ignore[attr-defined]
    assert found["match_started"] == (True, "off")
    assert found["offer_approved"] == (True, "off")


@pytest.mark.parametrize(
    "item",
    [
        {"kind": "request_to_answer", "in_app": False, "email": "off"},
        {"kind": "invitation", "email": "off"},
        {"kind": "gossip", "email": "off"},
        {"kind": "match_started", "email": "hourly"},
        {"kind": "match_started"},
        {"kind": "match_started", "email": "now", "telephone": "+33 4 76"},
    ],
)
async def test_a_choice_that_cannot_be_is_refused_and_not_echoed(bench: Bench, item: dict[str, object]) -> None:
    response = await put(bench, [item], 0)

    assert response.status_code == 422  # type: ignore[attr-defined]
    assert "+33" not in response.text and "gossip" not in response.text  # type: ignore[attr-defined]


async def test_a_kind_named_twice_is_refused(bench: Bench) -> None:
    response = await put(bench, [{"kind": "match_started", "email": "now"}, {"kind": "match_started", "email": "off"}], 0)

    assert response.status_code == 422  # type: ignore[attr-defined]


async def test_the_openapi_document_lists_the_routes(bench: Bench) -> None:
    paths = (await bench.get(account("admin"), "/openapi.json")).json()["paths"]

    assert set(paths) == {
        "/api/v1/messages/{message_id}/retry",
        "/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/resend",
        "/api/v1/notifications",
        "/api/v1/notifications/read_all",
        "/api/v1/notifications/{notification_id}/read",
        "/api/v1/subscriptions",
        "/api/v1/messages",
        "/api/v1/messages/caught",
        "/api/v1/webhooks",
        "/api/v1/webhooks/{webhook_id}",
        "/api/v1/webhooks/{webhook_id}/rotate",
        "/api/v1/webhooks/{webhook_id}/deliveries",
        "/api/v1/webhooks/{webhook_id}/test",
    }


async def test_a_fact_about_a_match_leads_to_its_page(bench: Bench) -> None:
    event = a_match(matching.MatchFulfilledV1, state="fulfilled", provider_account_id=ME)
    await bench.hear(event)

    (item,) = (await bench.get(VOLUNTEER, "/api/v1/notifications")).json()["items"]

    assert (item["title"], item["link"]) == ("The help was given", f"/matches/{event.match_id}")
