"""Pages of those who give help: offers in one tap, requests and questions, answering from a mail, calendar, team, results, own account."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import icalendar
import pytest

from gateway.pages.formats import text_in
from gateway.pages.own_times import all_times, common, ical_of, slots_of
from gateway.pages.week_picture import week_of
from tests.gateway.pages_door import CANARY, ID, MATCH, NOW, OFFER, Door, page_of

TOKEN = "a" * 43
LINK: dict[str, Any] = {"account_id": ID, "role": "volunteer", "actor_id": None, "locale": "en", "match_id": ID, "expires_at": NOW}
QUESTION: dict[str, Any] = {
    "id": ID, "version": 1, "text": CANARY, "answer": None, "answered_at": None, "created_at": NOW, "updated_at": NOW,
}  # fmt: skip
RESULTS: dict[str, Any] = {
    "households": 7, "matches": 9, "running": 1, "people": 25, "hours": 12, "items": 0,
    "by_category": [{"category": "language.class", "matches": 9}], "by_month": [{"month": "2026-11", "matches": 9}],
}  # fmt: skip
ASKED: dict[str, Any] = {
    **MATCH, "id": ID, "state": "confirmed", "side": "provider", "offer_id": ID, "answer_by": "2099-01-01T00:00:00+00:00", "size": 2,
    "consent": {"match": True, "share_contact": True}, "case_code": None,
    "need": {"urgency": "normal", "languages": ["ar"], "topics": [], "windows": [{"day": 1, "from": "17:00", "to": "21:00"}], "household": 4,
             "from": None, "until": None},
}  # fmt: skip
MINE: dict[str, Any] = {
    **OFFER,
    "id": ID,
    "state": "open",
    "windows": [{"day": 1, "from": "18:00", "to": "20:00"}],
    "entered_by": None,
    "closed_because": None,
}


@pytest.fixture
def own(door: Door) -> Door:
    """A door behind which the visitor has an offer, a request, and figures."""
    door.fakes.answers |= {
        "GET /api/v1/offers": page_of(MINE),
        f"GET /api/v1/offers/{ID}": MINE,
        "GET /api/v1/matches": page_of(ASKED),
        f"GET /api/v1/matches/{ID}": ASKED,
        f"GET /api/v1/matches/{ID}/questions": page_of(QUESTION),
        f"POST /api/v1/matches/{ID}/questions": QUESTION,
        f"POST /api/v1/matches/{ID}/questions/{ID}/answer": QUESTION,
        "GET /api/v1/results": RESULTS,
        "GET /api/v1/me/calendar-feed": {"since": NOW},
        "POST /api/v1/me/calendar-feed": {"token": TOKEN},
        "DELETE /api/v1/me/calendar-feed": {},
        "GET /api/v1/me/email-change": {
            "waiting": True,
            "email_masked": "a…@n….example",
            "old_confirmed": False,
            "new_confirmed": True,
            "expires_at": NOW,
        },
        "POST /api/v1/me/email-change": {"done": True},
        "POST /api/v1/email-changes/confirm": {"done": False},
        "GET /internal/v1/accounts/volunteer-id/data": {"service": "x", "kept": {"offers": [{"id": ID}]}, "trail": [], "shortened": []},
        "DELETE /api/v1/me": {},
        "POST /internal/v1/answer-links/open": LINK,
        "POST /internal/v1/answer-links/use": {"done": True},
        "POST /internal/v1/calendar-feeds/open": {**LINK, "match_id": None},
        f"POST /internal/v1/matches/{ID}/answer": {**ASKED, "state": "accepted"},
        **{f"POST /api/v1/offers/{ID}/{verb}": MINE for verb in ("pause", "resume", "confirm_review", "copy", "post", "close", "hand_over")},
        f"POST /api/v1/accounts/{ID}/leave-team": {},
    }
    return door


@pytest.mark.parametrize("path", ["/my/offers", "/requests", f"/matches/{ID}", f"/offers/{ID}", f"/offers/{ID}/end", "/my/calendar", "/my/results"])
async def test_pages_of_those_who_help_are_whole_escape_and_are_closed_to_others(own: Door, path: str) -> None:
    shown = await own.get(path, "volunteer")
    closed = await own.get("/requests" if path.startswith(("/matches", "/offers")) else path)
    wrong = await own.get("/my/results", "observer")

    assert shown.status_code == 200 and "<script>" not in shown.text.replace('<script src="', "") and shown.text.count("<h1") == 1
    assert "style=" not in shown.text
    assert closed.status_code == 303 and closed.headers["location"].startswith("/sign-in") and wrong.status_code == 403


@pytest.mark.parametrize("verb", ["pause", "confirm_review", "copy"])
async def test_an_offer_is_paused_renewed_and_copied_by_one_button_of_the_list(own: Door, verb: str) -> None:
    listed = await own.get("/my/offers", "volunteer")

    done = await own.post(f"/offers/{ID}/{verb}", "volunteer", next="/my/offers", once="form-once-0123456789abcdef")

    assert f'action="/offers/{ID}/{verb}"' in listed.text
    assert (done.status_code, done.headers["location"]) == (303, f"/my/offers?done=offer-{verb}")
    assert own.bodies(f"POST /api/v1/offers/{ID}/{verb}") == [None]


async def test_an_offer_is_closed_with_a_reason_after_saying_what_becomes_of_requests(own: Door) -> None:
    page = await own.get(f"/offers/{ID}/end", "volunteer")

    done = await own.post(f"/offers/{ID}/end", "volunteer", because="all_given")

    assert "Everything was given" in page.text
    assert done.headers["location"] == "/my/offers?done=offer-close" and own.bodies(f"POST /api/v1/offers/{ID}/close") == [{"because": "all_given"}]


async def test_a_request_says_what_is_known_and_how_long_one_has_and_nothing_more(own: Door) -> None:
    page = (await own.get("/requests", "volunteer")).text

    assert "Arabic" in page and "Persons in the household" in page and "Time left to answer" in page and f'action="/matches/{ID}/accept"' in page
    assert "case_code" not in page and "K7QX" not in page and "45.1" not in page


async def test_a_question_comes_back_with_its_fault_and_goes_out_once(own: Door) -> None:
    own.fakes.answers[f"GET /api/v1/matches/{ID}/questions"] = page_of()
    own.fakes.answers[f"POST /api/v1/matches/{ID}/questions"] = (
        422, {"code": "invalid", "detail": "Look.", "errors": [{"pointer": "/text", "code": "x", "message": "Leave out the number."}]},
    )  # fmt: skip
    refused = await own.post(f"/matches/{ID}/questions", "volunteer", question="Call 0612345678", once="form-1234567890abcdef")
    empty = await own.post(f"/matches/{ID}/questions", "volunteer", question="")

    own.fakes.answers[f"POST /api/v1/matches/{ID}/questions"] = QUESTION
    done = await own.post(f"/matches/{ID}/questions", "volunteer", question="Is there a lift?", once="form-1234567890abcdef")

    assert refused.status_code == 422 and "Leave out the number." in refused.text and "Call 0612345678" in refused.text
    assert empty.status_code == 422 and done.headers["location"] == f"/matches/{ID}?done=question-asked"


async def test_the_coordinator_answers_on_the_page_of_the_match(own: Door) -> None:
    own.fakes.answers[f"GET /api/v1/matches/{ID}"] = {**ASKED, "side": "case", "case_code": "K7QX"}

    page = await own.get(f"/matches/{ID}", "coordinator")
    done = await own.post(f"/matches/{ID}/questions/{ID}/answer", "coordinator", answer="Yes, there is.")

    assert f'action="/matches/{ID}/questions/{ID}/answer"' in page.text and "&lt;script&gt;" in page.text
    assert done.headers["location"] == f"/matches/{ID}?done=question-answered"
    assert own.bodies(f"POST /api/v1/matches/{ID}/questions/{ID}/answer") == [{"text": "Yes, there is."}]


async def test_opening_a_link_from_a_mail_changes_nothing_and_only_a_button_answers(own: Door) -> None:
    door, shown = await own.get("/answer"), await own.post("/answer", token=TOKEN)
    before = [asked for asked, _, _ in own.fakes.asked if "/answer" in asked and "answer-links/open" not in asked]

    done = await own.post("/answer/accept", token=TOKEN)

    assert door.status_code == 200 and door.headers["referrer-policy"] == "same-origin" and door.headers["cache-control"] == "no-store"
    assert shown.status_code == 200 and "Yes, I can help" in shown.text and before == []
    assert not any(word in shown.text for word in ("Arabic", "K7QX", "17:00", "household"))
    assert done.headers["location"] == "/answer/accepted" and own.bodies(f"POST /internal/v1/matches/{ID}/answer") == [{"verb": "accept"}]
    assert own.bodies("POST /internal/v1/answer-links/use") == [{"token": TOKEN}]
    caller = next(headers for asked, headers, _ in own.fakes.asked if asked == f"POST /internal/v1/matches/{ID}/answer")
    assert caller["hub-identity"]


async def test_declining_by_link_asks_for_a_reason_first(own: Door) -> None:
    refused = await own.post("/answer/decline", token=TOKEN)

    done = await own.post("/answer/decline", token=TOKEN, reason="too_far")

    assert refused.status_code == 422 and "Choose one." in refused.text
    assert done.headers["location"] == "/answer/declined"
    assert own.bodies(f"POST /internal/v1/matches/{ID}/answer") == [{"verb": "decline", "reason": "too_far"}]


@pytest.mark.parametrize("token", ["", "short", "x" * 101, "é" * 43, TOKEN])
async def test_a_link_that_is_over_says_so_whatever_was_sent(own: Door, token: str) -> None:
    own.fakes.answers["POST /internal/v1/answer-links/open"] = (404, {"code": "link_gone", "detail": "Gone.", "errors": []})

    shown, pressed = await own.post("/answer", token=token), await own.post("/answer/accept", token=token)

    assert (shown.status_code, pressed.status_code) == (410, 410) and "This link does not work any more" in shown.text
    assert own.bodies(f"POST /internal/v1/matches/{ID}/answer") == []


async def test_an_answered_request_is_over_and_tries_are_counted(own: Door) -> None:
    own.fakes.answers[f"POST /internal/v1/matches/{ID}/answer"] = (409, {"code": "match_not_in_state", "detail": "No.", "errors": []})
    late = await own.post("/answer/accept", token=TOKEN)

    answers = [(await own.post("/answer", token=TOKEN)).status_code for _ in range(40)]

    assert late.status_code == 410 and 429 in answers


async def test_the_calendars_address_is_shown_once_and_reads_without_signing_in(own: Door) -> None:
    own.fakes.answers["GET /api/v1/matches"] = page_of({**ASKED, "state": "accepted", "accepted_at": NOW, "version": 2, "updated_at": NOW})
    made = await own.post("/my/calendar/feed", "volunteer")
    ended = await own.post("/my/calendar/feed/end", "volunteer")

    feed = await own.get(f"/calendar/{TOKEN}.ics")
    own.fakes.answers["POST /internal/v1/calendar-feeds/open"] = {**LINK, "locale": "fr"}
    french = await own.get(f"/calendar/{TOKEN}.ics")
    own.fakes.answers["POST /internal/v1/calendar-feeds/open"] = (404, {"code": "link_gone", "detail": "Gone.", "errors": []})
    gone, odd = await own.get(f"/calendar/{TOKEN}.ics"), await own.get("/calendar/x.ics")

    assert made.status_code == 200 and f"/calendar/{TOKEN}.ics" in made.text and "webcal://" in made.text
    assert TOKEN not in (await own.get("/my/calendar", "volunteer")).text and ended.status_code == 303
    calendar = icalendar.Calendar.from_ical(feed.text)
    events = calendar.walk("VEVENT")
    assert feed.headers["content-type"].startswith("text/calendar") and feed.headers["cache-control"] == "private, no-store"
    assert {str(event["SUMMARY"]) for event in events} == {"Language class", text_in(MINE["title"])}
    assert not any(word in feed.text for word in ("K7QX", "Amina", "household", "GEO", "ATTENDEE", "LOCATION"))
    assert (gone.status_code, odd.status_code) == (404, 404)
    assert french.status_code == 200


async def test_a_match_is_taken_into_a_calendar_by_itself(own: Door) -> None:
    own.fakes.answers[f"GET /api/v1/matches/{ID}"] = {**ASKED, "state": "accepted", "accepted_at": NOW, "version": 2, "updated_at": NOW}

    file = await own.get(f"/matches/{ID}/calendar.ics", "volunteer")

    (event,) = icalendar.Calendar.from_ical(file.text).walk("VEVENT")
    start: datetime = event.decoded("DTSTART")
    rule: Any = event["RRULE"]
    assert (start.hour, event.decoded("DTEND").hour, start.weekday(), rule["BYDAY"]) == (18, 20, 1, ["TU"])


def test_times_in_common_keep_to_both_sides_and_both_ranges() -> None:
    offer = {**MINE, "valid_from": "2026-11-01", "valid_until": "2026-12-31", "posted_at": "2026-11-01T00:00:00+00:00"}
    match = {**ASKED, "state": "in_progress", "accepted_at": "2026-11-10T00:00:00+00:00", "need": {**ASKED["need"], "until": "2026-11-30"}}

    times = all_times([match], [offer], {"language.class": "Language class"})
    week, later = slots_of(times, date(2026, 11, 16)), slots_of(times, date(2026, 12, 7))
    picture = week_of(date(2026, 11, 16), week)

    assert [(slot.times.kind, slot.day, slot.start, slot.end) for slot in week] == [
        ("help", date(2026, 11, 17), 1080, 1200), ("offer", date(2026, 11, 17), 1080, 1200),
    ]  # fmt: skip
    assert [slot.times.kind for slot in later] == ["offer"] and len(picture.blocks) == 2 and len(picture.columns) == 7
    assert common(((1, 0, 60),), ((2, 0, 60),)) == () and common((), ((2, 0, 60),)) == ((2, 0, 60),)


def test_midnight_and_the_change_of_clocks_are_told_as_local_time() -> None:
    match: Any = {**ASKED, "state": "accepted", "accepted_at": "2026-03-01T00:00:00+00:00", "updated_at": NOW}
    match["need"] = {**ASKED["need"], "windows": [{"day": 6, "from": "22:00", "to": "24:00"}], "until": "2026-04-05"}

    body = ical_of(all_times([match], [], {}), name="My help", zone="Europe/Paris", address="https://hub.example", today=date(2026, 3, 1))

    (event,) = icalendar.Calendar.from_ical(body.decode()).walk("VEVENT")
    assert (event.decoded("DTSTART").isoformat(), event.decoded("DTEND").isoformat()) == ("2026-03-01T22:00:00+01:00", "2026-03-02T00:00:00+01:00")
    assert UUID(str(event["UID"])) and b"BEGIN:VTIMEZONE" in body


async def test_results_are_told_in_words_pictures_and_tables_and_the_thanks_hold_nothing_personal(own: Door) -> None:
    page, thanks = (await own.get("/my/results", "volunteer")).text, (await own.get("/my/results/thanks", "volunteer")).text

    own.fakes.answers["GET /api/v1/results"] = {**RESULTS, "households": 0, "matches": 0, "people": None, "by_category": [], "by_month": []}
    empty = (await own.get("/my/results", "volunteer")).text

    assert "You have helped 7 households." in page and '<svg class="chart"' in page and page.count("<table>") == 2 and "November 2026" in page
    assert "7 households were helped." in thanks and CANARY not in thanks and "v@demo.example" not in thanks
    assert "Nothing was completed yet" in empty


async def test_a_team_is_for_those_who_have_a_place_in_an_organisation(own: Door) -> None:
    volunteer, member = await own.get("/my/team", "volunteer"), await own.get("/my/team", "member")

    nobody = await own.get("/my/team")

    assert (volunteer.status_code, member.status_code, nobody.status_code) == (403, 404, 303)


async def test_another_address_export_and_deletion_are_pages_with_a_way_back(own: Door) -> None:
    page = await own.get("/me/email", "volunteer")
    asked, empty = await own.post("/me/email", "volunteer", email="new@mail.example"), await own.post("/me/email", "volunteer", email="")
    opened = await own.get(f"/email/confirm/{TOKEN}")
    half = await own.post(f"/email/confirm/{TOKEN}")
    export = await own.get("/me/export", "volunteer")
    unsure, sure = await own.post("/me/delete", "volunteer"), await own.post("/me/delete", "volunteer", sure="yes")

    assert "a…@n….example" in page.text and asked.headers["location"] == "/me/email?done=email-asked" and empty.status_code == 422
    assert opened.headers["referrer-policy"] == "no-referrer" and own.bodies("POST /api/v1/email-changes/confirm") == [{"token": TOKEN}]
    assert half.headers["location"] == "/?done=email-half"
    assert "attachment" in export.headers["content-disposition"] and export.headers["cache-control"] == "no-store"
    assert unsure.status_code == 422 and sure.headers["location"] == "/?done=account-deleted" and "hub-session" in sure.headers["set-cookie"]


async def test_the_file_of_all_that_is_kept_has_every_service_s_part_and_is_the_callers_alone(own: Door) -> None:
    page, api = await own.get("/me/export", "volunteer"), await own.get("/api/v1/me/data", "volunteer")
    stranger, other = await own.get("/me/export"), await own.get("/me/export", "member")
    own.fakes.second_factor_missing = True
    unfinished = await own.get("/me/export", "coordinator")

    part = {"kept": {"offers": [{"id": ID}]}, "trail": [], "shortened": []}
    assert page.json()["services"] == dict.fromkeys(("actors", "people", "matching", "notifications"), part)
    assert api.json()["services"] == page.json()["services"] and page.json()["account"] == "volunteer-id"
    assert stranger.headers["location"].startswith("/sign-in") and other.status_code == 503
    assert unfinished.headers["location"] == "/me/second-factor"


@pytest.mark.parametrize("refusal", [404, 403, 500, 503])
async def test_where_one_part_is_away_there_is_no_file_rather_than_half_of_one(own: Door, refusal: int) -> None:
    own.fakes.answers["GET /internal/v1/accounts/volunteer-id/data"] = (refusal, {"code": "x", "detail": "x"})

    page, api = await own.get("/me/export", "volunteer"), await own.get("/api/v1/me/data", "volunteer")

    assert (page.status_code, api.status_code) == (503, 503)
    assert "attachment" not in page.headers.get("content-disposition", "") and api.json()["code"]


async def test_a_browser_that_tells_no_origin_from_our_own_page_is_let_in_and_another_site_is_not(own: Door) -> None:
    path, headers = f"/email/confirm/{TOKEN}", {"Origin": "null", "Sec-Fetch-Site": "same-origin"}

    ours = await own.client.post(path, data={}, headers=headers)
    framed = await own.client.post(path, data={}, headers=headers | {"Sec-Fetch-Site": "cross-site"})
    silent = await own.client.post(path, data={}, headers={"Origin": "null"})

    assert (ours.status_code, framed.status_code, silent.status_code) == (303, 403, 403)


async def test_a_member_takes_an_empty_list_of_offers_and_finds_the_name_of_the_source_filled_in(own: Door) -> None:
    own.fakes.answers["GET /api/v1/imports"] = page_of()

    page, template = await own.get("/imports", "member"), await own.get("/imports/template.csv", "member")
    closed, nobody = await own.get("/imports/template.csv", "volunteer"), await own.get("/imports/template.csv")

    assert 'value="own-offers"' in page.text and "/imports/template.csv" in page.text
    assert template.text.startswith("\ufeffservice id,service name,organisation,") and template.text.count("\n") == 2
    assert (closed.status_code, nobody.status_code) == (403, 303)
