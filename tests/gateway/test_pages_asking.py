"""Pages of asking without a name: two short pages, code and words once, following without a script; and the coordinators' side."""

import time
from typing import Any

import pytest

from gateway.pages import asking, open_doors
from gateway.pages.notes import Notes
from tests.gateway.pages_door import CANARY, CASE, ID, NEED, NOW, Door, page_of

KEY = {"code": "K7QX-9M2D-04TB-ZRHW", "secret": "bado kimu lefa sori nute gavi"}
FOLLOWED: dict[str, Any] = {
    "code": KEY["code"], "state": "taken", "why_not": None, "place": "Reception office, town hall", "asked_at": NOW, "expires_at": NOW,
    "needs": [{"id": ID, "category": "language.class", "standing": "found", "helped": None}],
    "messages": [{"id": ID, "need_id": ID, "sentence": "found_come", "words": "Please come.", "text": CANARY, "written_at": NOW}],
}  # fmt: skip
WAITING: dict[str, Any] = {
    "id": ID, "version": 1, "code": KEY["code"], "state": "waiting", "household": {"adults": 1, "children": 2, "age_bands": []},
    "languages": ["ar"], "location": {"lat": 45.19, "lon": 5.73}, "reads": "ar", "messages": [], "created_at": NOW, "updated_at": NOW,
    "expires_at": NOW, "needs": [{"id": ID, "state": "open", "category": "language.class", "size": 1, "languages": [], "max_travel_km": 5.0,
                                  "windows": [], "from": None, "until": None}],
}  # fmt: skip


@pytest.fixture
def asks(door: Door, monkeypatch: pytest.MonkeyPatch) -> Door:
    open_doors._known.clear()
    monkeypatch.setattr(asking, "LEAST_SECONDS", 0)
    door.fakes.answers |= {
        "GET /api/v1/asks/terms": {"allowed": True, "days": 60, "needs": 5},
        "GET /api/v1/registrations/terms": {"allowed": True, "days": 3},
        "POST /api/v1/asks": {**KEY, "asked_at": NOW, "expires_at": NOW},
        **{f"POST /api/v1/asks/{what}": FOLLOWED for what in ("follow", "withdraw", "needs", "feedback")},
        "GET /api/v1/asks": page_of(WAITING),
        f"GET /api/v1/asks/{ID}": WAITING,
        f"POST /api/v1/asks/{ID}/take": CASE,
        f"POST /api/v1/asks/{ID}/decline": {**WAITING, "state": "declined"},
        f"POST /api/v1/asks/{ID}/messages": FOLLOWED["messages"][0],
    }
    return door


def hidden(text: str, name: str) -> str:
    return text.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]


async def filled(door: Door, **more: Any) -> dict[str, Any]:
    first = await door.post("/ask", step="what", kinds=["language.class"], opened=hidden((await door.get("/ask")).text, "opened"))
    return {
        "step": "who", "kinds": ["language.class"], "opened": hidden(first.text, "opened"), "once": hidden(first.text, "once"), "adults": "1",
        "children": "2", "languages": ["ar"], "place": "0", "max_travel_km": "5", "consent": "yes", **more,
    }  # fmt: skip


async def test_home_leads_to_asking_where_the_city_allows_it(asks: Door) -> None:
    home = await asks.get("/")

    assert 'href="/ask"' in home.text and 'href="/follow"' in home.text and 'href="/offer"' in home.text


async def test_home_and_page_say_nothing_of_it_where_it_is_closed(asks: Door) -> None:
    asks.fakes.answers["GET /api/v1/asks/terms"] = {"allowed": False, "days": 60, "needs": 5}

    home, page, sent = await asks.get("/"), await asks.get("/ask"), await asks.post("/ask", kinds=["language.class"])

    assert 'href="/ask"' not in home.text
    assert page.status_code == 200 and '<form method="post" action="/ask"' not in page.text and sent.status_code == 404
    assert asks.bodies("POST /api/v1/asks") == []


async def test_two_short_pages_lead_to_code_and_words_that_are_shown_until_they_are_noted(asks: Door) -> None:
    sent = await asks.post("/ask", **await filled(asks, for_all=["language.class"]))
    noted = await asks.get("/ask/noted")
    again = await asks.get("/ask/noted")
    await asks.post("/ask/noted")
    gone = await asks.get("/ask/noted")
    body = asks.bodies("POST /api/v1/asks")[0]

    assert sent.status_code == 303 and sent.headers["location"] == "/ask/noted"
    assert KEY["secret"] in noted.text and KEY["code"] in noted.text and noted.headers["cache-control"] == "no-store"
    assert again.text.count("bado") == 2
    assert gone.headers["location"] == "/follow"
    assert body["household"] == {"adults": 1, "children": 2} and body["location"] == {"lat": 45.19, "lon": 5.73}
    assert body["needs"][0] == {"category": "language.class", "size": 3, "max_travel_km": 5.0, "windows": [], "from": None}
    assert len(body["once"]) >= 20 and set(body) == {"household", "languages", "location", "needs", "consent", "once"}


async def test_no_address_ever_holds_the_words_and_the_cookie_is_sealed(asks: Door) -> None:
    sent = await asks.post("/ask", **await filled(asks))

    cookie = sent.headers["set-cookie"]
    asked = " ".join(what for what, _, _ in asks.fakes.asked)

    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "bado" not in cookie and KEY["code"] not in cookie
    assert "bado" not in sent.headers["location"] and "bado" not in asked and KEY["code"] not in asked


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"consent": ""}, "Without consent to be matched"),
        ({"adults": ""}, "Say how many adults there are."),
        ({"website": "http://spam.example"}, "Leave this field empty."),
        ({"opened": "invented"}, "That was very quick"),
        ({"lat": "north", "lon": "5"}, "Use a number, as a map shows it."),
        ({"day0": "1"}, "Give day, from and to"),
    ],
)
async def test_what_is_missing_or_comes_from_a_machine_comes_back_with_the_input_kept(asks: Door, change: dict[str, Any], sentence: str) -> None:
    back = await asks.post("/ask", **await filled(asks, **change))

    assert back.status_code == 422 and sentence in back.text and 'role="alert"' in back.text
    assert 'value="language.class"' in back.text and asks.bodies("POST /api/v1/asks") == []


async def test_a_form_filled_faster_than_a_human_does_is_asked_once_more(asks: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "LEAST_SECONDS", 3)
    form = await filled(asks)
    quick = await asks.post("/ask", **form)
    notes = Notes(asks.client._transport.app.state.settings.signing_key.get_secret_value(), "form was opened")  # type: ignore[attr-defined]

    slow = await asks.post("/ask", **{**form, "opened": notes.close(int(time.time()) - 10, 60)})

    assert quick.status_code == 422 and "That was very quick" in quick.text
    assert slow.status_code == 303


async def test_nothing_or_too_much_chosen_is_said_on_the_first_page(asks: Door) -> None:
    nothing = await asks.post("/ask", step="what")
    unknown = await asks.post("/ask", step="what", kinds=[CANARY])
    much = await asks.post("/ask", step="what", kinds=["language.class"] * 6)

    assert [each.status_code for each in (nothing, unknown, much)] == [422] * 3
    assert CANARY not in unknown.text and "Choose at most 5" in much.text


async def test_a_refusal_of_the_service_stands_on_the_page_with_the_input_kept(asks: Door) -> None:
    asks.fakes.answers["POST /api/v1/asks"] = (429, {"code": "asked_often", "detail": "Come again tomorrow.", "errors": []})

    back = await asks.post("/ask", **await filled(asks))

    assert back.status_code == 422 and "Come again tomorrow." in back.text and 'value="2"' in back.text


async def test_following_needs_code_and_words_and_shows_where_each_need_stands(asks: Door) -> None:
    key = await asks.get("/follow")
    empty = await asks.post("/follow")
    let_in = await asks.post("/follow", code=KEY["code"], words=KEY["secret"])
    page = await asks.get("/follow")

    assert 'name="words"' in key.text and empty.status_code == 422 and "Give your six words." in empty.text
    assert let_in.status_code == 303 and let_in.headers["location"] == "/follow"
    assert "A coordinator has found help for you" in page.text and "Reception office, town hall" in page.text and "Please come." in page.text
    assert CANARY not in page.text and page.headers["cache-control"] == "no-store" and "bado" not in page.text


async def test_wrong_words_stay_out_and_an_ended_request_clears_the_device(asks: Door) -> None:
    await asks.post("/follow", code=KEY["code"], words=KEY["secret"])
    asks.fakes.answers["POST /api/v1/asks/follow"] = (404, {"code": "nothing_under_that", "detail": "Nothing is found.", "errors": []})

    over = await asks.get("/follow")
    wrong = await asks.post("/follow", code="x", words="y")

    assert over.status_code == 404 and "Nothing is found." in over.text and 'hub-follow=""' in over.headers["set-cookie"]
    assert wrong.status_code == 422 and "Nothing is found." in wrong.text and "set-cookie" not in wrong.headers


async def test_on_the_page_one_withdraws_adds_says_whether_it_helped_and_closes(asks: Door) -> None:
    await asks.post("/follow", code=KEY["code"], words=KEY["secret"])

    unsure = await asks.post("/follow/withdraw")
    answers = [
        await asks.post("/follow/withdraw", need=ID),
        await asks.post("/follow/withdraw", sure="yes"),
        await asks.post("/follow/add", category="language.class", size="2"),
        await asks.post("/follow/helped", need=ID, helped="no"),
    ]
    closed = await asks.post("/follow/close")
    after = await asks.post("/follow/withdraw", sure="yes")

    assert unsure.status_code == 422 and "Tick the box" in unsure.text
    assert [each.status_code for each in answers] == [303] * 4
    assert [body["need_id"] for body in asks.bodies("POST /api/v1/asks/withdraw")] == [ID, None]
    assert asks.bodies("POST /api/v1/asks/needs")[0]["need"] == {"category": "language.class", "size": 2}
    assert asks.bodies("POST /api/v1/asks/feedback")[0]["helped"] is False
    assert closed.headers["location"].startswith("/follow") and after.headers["location"] == "/follow"
    assert len(asks.bodies("POST /api/v1/asks/withdraw")) == 2


async def test_another_sites_form_reaches_nothing(asks: Door) -> None:
    response = await asks.client.post("/follow/close", headers={"Origin": "https://evil.example"})

    assert response.status_code == 403


async def test_coordinators_find_what_was_asked_take_it_and_write(asks: Door) -> None:
    listed, page = [await asks.get(path, "coordinator") for path in ("/asks", f"/asks/{ID}")]
    taken = await asks.post(f"/asks/{ID}/take", "coordinator", urgency="high")
    declined = await asks.post(f"/asks/{ID}/decline", "coordinator", why_not="elsewhere")
    asks.fakes.answers[f"GET /api/v1/asks/{ID}"] = {**WAITING, "state": "taken", "messages": FOLLOWED["messages"]}
    asks.fakes.answers["GET /api/v1/needs"] = page_of(NEED)
    case = await asks.get(f"/asks/{ID}", "coordinator")
    written = await asks.post(f"/asks/{ID}/messages", "coordinator", sentence="found_come", text="Upstairs", need=ID)

    assert f"/asks/{ID}" in listed.text and "Take it as a case" in page.text
    assert taken.headers["location"].startswith(f"/cases/{ID}") and declined.headers["location"].startswith("/asks")
    assert "Please come." in case.text and CANARY not in case.text and written.status_code == 303
    assert asks.bodies(f"POST /api/v1/asks/{ID}/take") == [{"urgency": "high"}]
    assert asks.bodies(f"POST /api/v1/asks/{ID}/messages")[0] == {"sentence": "found_come", "text": "Upstairs", "need_id": ID}


@pytest.mark.parametrize("role", ["volunteer", "member", "observer", "admin", None])
async def test_nobody_else_sees_what_was_asked(asks: Door, role: str | None) -> None:
    answers = [await asks.get(path, role) for path in ("/asks", f"/asks/{ID}")]
    acts = [await asks.post(f"/asks/{ID}/{verb}", role, why_not="abuse", sentence="found_come") for verb in ("take", "decline", "messages")]

    assert {each.status_code for each in (*answers, *acts)} == {303 if role is None else 403}
    assert not any(asks.bodies(f"POST /api/v1/asks/{ID}/{verb}") for verb in ("take", "decline", "messages"))


def test_a_note_is_opened_by_its_gateway_for_its_purpose_in_its_time_alone() -> None:
    notes, other, elsewhere = Notes("key", "one"), Notes("key", "two"), Notes("another", "one")
    sealed = notes.close({"a": ["é"]}, 60)

    assert notes.open(sealed) == {"a": ["é"]}
    assert [each.open(sealed) for each in (other, elsewhere)] == [None, None]
    assert [notes.open(each) for each in (notes.close(1, -1), "x", "", None, sealed[:-2] + "zz", "a" * 20_000)] == [None] * 6


async def test_leaving_quickly_forgets_what_the_device_kept_and_tells_the_other_page_nothing(asks: Door) -> None:
    pages = [await asks.get(path) for path in ("/ask", "/follow")]

    gone = await asks.get("/leave")

    assert all('href="/leave"' in page.text and page.headers["referrer-policy"] == "no-referrer" for page in pages)
    assert all(page.headers["cache-control"] == "no-store" for page in pages)
    assert gone.status_code == 303 and gone.headers["location"] == "https://www.wikipedia.org/" and gone.headers["clear-site-data"] == '"cache"'
    assert "hub-follow" in str(gone.headers) and gone.headers["referrer-policy"] == "no-referrer"


async def test_who_comes_from_an_offer_finds_its_kind_chosen(asks: Door) -> None:
    page = await asks.get("/ask?kind=language.class")

    assert '<input type="checkbox" name="kinds" value="language.class" checked>' in page.text
