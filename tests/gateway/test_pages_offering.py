"""Pages of offering help without an account: from home to a moderated offer in at most eight page loads, kept as one goes."""

from typing import Any

import pytest

from gateway.pages import open_doors
from gateway.session import form_token
from tests.gateway.pages_door import CANARY, ID, OFFER, Door

TOKEN = "T" * 43
SESSION = {"access_token": "volunteer-token", "token_type": "bearer", "expires_in": 43_200, "second_factor": "none", "session_id": ID}
WHAT: dict[str, Any] = {
    "category": "language.class", "title": "French on Tuesdays", "description": "A small group.", "text_language": "en", "places": "4",
    "returns": "yes", "languages": ["fr", "ar"], "topic0": "french", "level0": "a1", "level_to0": "a1",
}  # fmt: skip
WHERE: dict[str, Any] = {"place": "0", "radius_km": "8", "day0": "1", "start0": "18:00", "end0": "20:00", "rows": "2"}


@pytest.fixture
def offering(door: Door) -> Door:
    open_doors._known.clear()
    door.fakes.answers |= {
        "GET /api/v1/asks/terms": {"allowed": False, "days": 60, "needs": 5},
        "GET /api/v1/registrations/terms": {"allowed": True, "days": 3},
        "POST /api/v1/registrations": (202, {"done": True}),
    }
    return door


def confirmed(door: Door, session: Any = SESSION) -> None:
    """Let `people` hand back what the last registration carried."""
    carry = door.bodies("POST /api/v1/registrations")[-1]["carry"]
    door.fakes.answers["POST /api/v1/registrations/confirm"] = {"account_id": ID if session else None, "session": session, "carry": carry}


async def be(door: Door, role: str) -> str:
    """Sign in beside the cookies that the browser keeps; answers the token of the forms."""
    door.client.cookies.set("hub-session-loopback", f"{role}-token", domain="hub.test")
    return form_token(f"{role}-token")


async def up_to_the_address(door: Door, **more: Any) -> None:
    await door.post("/offer/what", **{**WHAT, **more})
    await door.post("/offer/where", **WHERE)


async def test_from_home_to_a_moderated_offer_in_at_most_eight_page_loads(offering: Door) -> None:
    loads: list[str] = []

    async def load(path: str, role: str | None = None) -> str:
        response = await offering.get(path, role)
        assert response.status_code == 200, path
        loads.append(path)
        return response.text

    async def send(path: str, **form: Any) -> str:
        response = await offering.post(path, **form)
        assert response.status_code == 303, response.text
        return response.headers["location"]

    assert 'href="/offer"' in await load("/")
    assert "/offer/what?category=language.class" in await load("/offer")
    assert 'name="title"' in await load("/offer/what?category=language.class")
    assert 'name="radius_km"' in await load(await send("/offer/what", **WHAT))
    assert "French on Tuesdays" in await load(await send("/offer/where", **WHERE))
    assert "mail" in await load(await send("/offer/check", email="ana@mail.example"))
    confirmed(offering)
    assert "<button>" in await load(f"/offer/confirm/{TOKEN}")
    posted = await offering.post(f"/offer/confirm/{TOKEN}", name="Ana", share_contact="yes")
    offer_page = await load(posted.headers["location"], "volunteer")

    assert len(loads) <= 8
    assert posted.headers["location"].startswith(f"/offers/{ID}") and "hub-session-loopback=volunteer-token" in posted.headers["set-cookie"]
    assert OFFER["state"] == "awaiting_moderation" and CANARY not in offer_page
    body = offering.bodies("POST /api/v1/offers")[0]
    assert body["title"] == {"en": "French on Tuesdays"} and body["places"] == 4 and body["returns"] is True
    assert body["location"] == {"radius_km": 8.0, "remote": False, "lat": 45.1905, "lon": 5.7265}
    assert body["windows"] == [{"day": 1, "from": "18:00", "to": "20:00"}] and body["topics"] == [{"topic": "french", "from": "a1", "to": "a1"}]
    assert offering.bodies("POST /api/v1/registrations/confirm")[0] == {
        "token": TOKEN, "share_contact": True, "text_version": "2026-11", "name": "Ana",
    }  # fmt: skip


async def test_the_link_of_the_mail_does_nothing_before_its_button_is_pressed(offering: Door) -> None:
    page = await offering.get(f"/offer/confirm/{TOKEN}")

    assert page.status_code == 200 and page.headers["cache-control"] == "no-store" and page.headers["referrer-policy"] == "no-referrer"
    assert offering.bodies("POST /api/v1/registrations/confirm") == []


async def test_what_was_written_is_kept_sealed_on_the_device_and_comes_back(offering: Door) -> None:
    sent = await offering.post("/offer/what", **WHAT)
    await offering.post("/offer/where", **WHERE)

    back, again, begun = await offering.get("/offer/what"), await offering.get("/offer/where"), await offering.get("/offer")

    assert "French" not in sent.headers["set-cookie"] and "HttpOnly" in sent.headers["set-cookie"]
    assert 'value="French on Tuesdays"' in back.text and "A small group." in back.text and 'value="18:00"' in again.text
    assert "Go on with the offer that you began" in begun.text


async def test_what_is_no_longer_ticked_is_not_kept(offering: Door) -> None:
    await up_to_the_address(offering)
    without = {name: value for name, value in WHAT.items() if name not in ("returns", "languages")}
    await offering.post("/offer/what", **without)
    await offering.post("/offer/where", **{**WHERE, "day0": "", "start0": "", "end0": ""})
    await offering.post("/offer/check", csrf=await be(offering, "volunteer"))

    body = offering.bodies("POST /api/v1/offers")[0]

    assert body["returns"] is False and body["languages"] == [] and body["windows"] == [] and body["title"] == {"en": "French on Tuesdays"}


@pytest.mark.parametrize(
    ("path", "change", "sentence"),
    [
        ("/offer/what", {"title": ""}, "Give your offer a title."),
        ("/offer/what", {"places": "many"}, "Say how many."),
        ("/offer/what", {"places": "0"}, "Say how many."),
        ("/offer/what", {"description": "Call +33 4 76 12 34 56"}, "leave out e-mail addresses"),
        ("/offer/what", {"title": "x" * 121}, "Use at most 120 characters."),
        ("/offer/where", {"place": ""}, "Say where the help is given"),
        ("/offer/where", {"lat": "x", "lon": "5"}, "Use a number, as a map shows it."),
        ("/offer/where", {"end0": ""}, "Give day, from and to"),
        ("/offer/where", {"valid_from": "2026-12-02", "valid_until": "2026-12-01"}, "The last day must not lie before the first."),
        ("/offer/check", {"email": ""}, "Give your e-mail address."),
    ],
)
async def test_what_is_wrong_is_said_on_its_own_page_with_the_input_kept(offering: Door, path: str, change: dict[str, Any], sentence: str) -> None:
    await up_to_the_address(offering)
    base: dict[str, Any] = {"/offer/what": WHAT, "/offer/where": WHERE, "/offer/check": {"email": "ana@mail.example"}}[path]

    back = await offering.post(path, **{**base, **change})

    assert back.status_code == 422 and sentence in back.text and 'role="alert"' in back.text
    assert offering.bodies("POST /api/v1/registrations") == []


async def test_a_refused_address_stands_at_its_field(offering: Door) -> None:
    await up_to_the_address(offering)
    fault = {"pointer": "/email", "code": "not_an_address", "message": "This is no address."}
    offering.fakes.answers["POST /api/v1/registrations"] = (422, {"code": "invalid", "detail": "Wrong.", "errors": [fault]})

    back = await offering.post("/offer/check", email="ana@mail")

    assert back.status_code == 422 and "This is no address." in back.text and 'value="ana@mail"' in back.text


async def test_pages_without_a_beginning_lead_to_the_beginning(offering: Door) -> None:
    answers = [await offering.get(path) for path in ("/offer/what", "/offer/what?category=no.such", "/offer/where", "/offer/check")]
    answers += [await offering.post("/offer/where", **WHERE), await offering.post("/offer/check", email="a@b.example")]

    assert [each.headers["location"] for each in answers] == ["/offer"] * 6


async def test_somebody_who_is_signed_in_posts_without_a_mail(offering: Door) -> None:
    csrf = await be(offering, "volunteer")
    await offering.post("/offer/what", csrf=csrf, **WHAT)
    await offering.post("/offer/where", csrf=csrf, **WHERE)
    page = await offering.get("/offer/check")

    posted = await offering.post("/offer/check", csrf=csrf, once="form-1")

    assert "Post the offer" in page.text and 'name="email"' not in page.text
    assert posted.headers["location"].startswith(f"/offers/{ID}") and offering.bodies("POST /api/v1/registrations") == []


async def test_an_address_with_an_account_is_led_to_signing_in_with_the_offer_kept(offering: Door) -> None:
    await up_to_the_address(offering)
    sent = await offering.post("/offer/check", email="cora@city.example")
    confirmed(offering, None)
    offering.client.cookies.clear()

    answer = await offering.post(f"/offer/confirm/{TOKEN}")
    await be(offering, "coordinator")
    page = await offering.get("/offer/check")

    assert sent.headers["location"] == "/offer/sent"
    assert answer.headers["location"].startswith("/sign-in?next=/offer/check") and "hub-session" not in answer.headers["set-cookie"]
    assert "French on Tuesdays" in page.text and "Post the offer" in page.text


async def test_a_link_that_is_used_or_too_old_says_so(offering: Door) -> None:
    offering.fakes.answers["POST /api/v1/registrations/confirm"] = (
        404,
        {"code": "link_gone", "detail": "This link does not work any more.", "errors": []},
    )

    answer = await offering.post(f"/offer/confirm/{TOKEN}")

    assert answer.status_code == 422 and "This link does not work any more." in answer.text
    assert (await offering.get("/offer/confirm/short")).status_code == 404


async def test_what_the_service_finds_wrong_with_the_offer_is_mended_by_whoever_is_signed_in_now(offering: Door) -> None:
    await up_to_the_address(offering)
    await offering.post("/offer/check", email="ana@mail.example")
    confirmed(offering)
    fault = {"pointer": "/title/en", "code": "contains_phone_number", "message": "Leave out the number."}
    offering.fakes.answers["POST /api/v1/offers"] = (422, {"code": "invalid", "detail": "Wrong.", "errors": [fault]})

    answer = await offering.post(f"/offer/confirm/{TOKEN}")

    assert answer.status_code == 422 and "Leave out the number." in answer.text and 'value="French on Tuesdays"' in answer.text
    assert "hub-session-loopback=volunteer-token" in answer.headers["set-cookie"]
    assert 'action="/my/offers/new?category=language.class"' in answer.text


async def test_an_offer_is_not_lost_while_matching_is_away(offering: Door) -> None:
    await up_to_the_address(offering)
    await offering.post("/offer/check", email="ana@mail.example")
    confirmed(offering)
    offering.fakes.answers["POST /api/v1/offers"] = (503, {"code": "service_away", "detail": "Away.", "errors": []})

    answer = await offering.post(f"/offer/confirm/{TOKEN}")
    page = await offering.get("/offer/check")

    assert answer.headers["location"].startswith("/offer/check") and "French on Tuesdays" in page.text


async def test_where_the_city_closed_it_only_those_with_an_account_offer(offering: Door) -> None:
    offering.fakes.answers["GET /api/v1/registrations/terms"] = {"allowed": False, "days": 3}

    home, page, what = await offering.get("/"), await offering.get("/offer"), await offering.get("/offer/what?category=language.class")
    volunteer, observer = await offering.get("/offer", "volunteer"), await offering.get("/offer", "observer")

    assert 'href="/offer"' not in home.text and "by invitation" in page.text and what.headers["location"] == "/offer"
    assert "/offer/what?category=language.class" in volunteer.text and "/offer/what?category=" not in observer.text


async def test_markup_in_an_offer_is_shown_as_text(offering: Door) -> None:
    await up_to_the_address(offering, title=CANARY, description=CANARY)

    pages = [await offering.get(path) for path in ("/offer/what", "/offer/where", "/offer/check")]

    assert all(CANARY not in page.text for page in pages) and "&lt;script&gt;" in pages[2].text


async def test_what_is_typed_is_kept_before_somebody_goes_on_and_found_again_later(offering: Door) -> None:
    kept = await offering.post("/offer/keep", **{**WHAT, "title": "", "description": "Half a"})

    begin, back = await offering.get("/offer"), await offering.get("/offer/what")

    assert kept.status_code == 204 and kept.content == b"" and "hub-offer" in kept.headers["set-cookie"]
    assert 'href="/offer/what">Go on with the offer' in begin.text and ">Half a</textarea>" in back.text


async def test_a_kind_that_was_chosen_stays_through_a_change_of_language(offering: Door) -> None:
    await offering.get("/offer/what?category=language.class")

    assert (await offering.get("/offer/what")).status_code == 200
