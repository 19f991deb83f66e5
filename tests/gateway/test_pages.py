"""Pages rendered from answers that a test chooses: what is shown, what is asked, what is refused, in which language."""

import pytest

from tests.gateway.pages_door import ANSWERS, CANARY, ID, MATCH, Door

EVERYBODY = ["/", "/help", f"/help/{ID}", "/actors", "/actors/grenoble-fr", "/network?network=net", "/sign-in", "/reset", f"/reset/{'t' * 30}",
             f"/welcome/{'t' * 30}", "/matching-explained", "/privacy", "/accessibility", "/needed"]  # fmt: skip
VOLUNTEER = ["/my/offers", "/my/offers/new", "/my/offers/new?category=language.class", "/requests", f"/matches/{ID}", f"/offers/{ID}",
             "/notifications", "/preferences", "/me", "/me/second-factor"]  # fmt: skip
COORDINATOR = ["/desk", "/moderation", "/cases", "/cases/new", f"/cases/{ID}", f"/cases/{ID}/needs/new", f"/needs/{ID}", f"/needs/{ID}?q=scr",
               f"/needs/{ID}?offer={ID}", "/rounds", f"/rounds/{ID}", f"/matches/{ID}", f"/offers/{ID}",
               f"/rounds/{ID}/apply", f"/needs/{ID}/change", f"/offers/{ID}/change", f"/cases/{ID}/place", "/needed"]  # fmt: skip
ADMIN = [
    "/admin",
    "/admin/people",
    f"/admin/people/{ID}",
    "/admin/clients",
    "/admin/messages",
    "/admin/audit",
    "/desk",
    "/rounds",
    f"/rounds/{ID}",
    "/admin/weights",
    "/admin/weights/near-first-1/use",
    "/needed",
    "/matching-explained",
]
ALL = [(path, None) for path in EVERYBODY] + [(path, "volunteer") for path in VOLUNTEER]
ALL += [(path, "coordinator") for path in COORDINATOR] + [(path, "admin") for path in ADMIN]


@pytest.mark.parametrize(("path", "role"), ALL)
async def test_every_page_is_whole_and_escapes_what_people_wrote(door: Door, path: str, role: str | None) -> None:
    response = await door.get(path, role)

    text = response.text

    assert response.status_code == 200, text[:600]
    assert text.count("<h1") == 1 and '<html lang="en" dir="ltr">' in text
    assert "<script>" not in text and " style=" not in text and " onclick" not in text
    assert 'href="javascript' not in text
    assert "This is a demonstration." in text
    assert response.headers["cache-control"] == ("no-store" if role or "/welcome" in path or "/reset/" in path else "private, no-cache")


@pytest.mark.parametrize(("path", "role"), ALL)
async def test_every_page_reads_from_right_to_left_in_arabic(door: Door, path: str, role: str | None) -> None:
    cookie = f"hub-language=ar{f'; hub-session-loopback={role}-token' if role else ''}"

    response = await door.client.get(path, headers={"Cookie": cookie})

    wanted = '<html lang="ar" dir="rtl">' if role is None else '<html lang="en" dir="ltr">'
    assert response.status_code == 200 and wanted in response.text


@pytest.mark.parametrize("path", [path for path in (*VOLUNTEER, *COORDINATOR, *ADMIN) if path not in EVERYBODY])
async def test_who_is_not_signed_in_is_led_to_signing_in(door: Door, path: str) -> None:
    response = await door.get(path)

    assert response.status_code == 303
    public = path.startswith("/offers/") and not path.endswith("/change")
    assert response.headers["location"].startswith("/help/" if public else "/sign-in?next=")


@pytest.mark.parametrize("path", ["/desk", "/cases", "/cases/new", f"/needs/{ID}", "/rounds", "/moderation", "/admin", "/admin/audit",
                                  f"/rounds/{ID}", f"/rounds/{ID}/apply", f"/needs/{ID}/change", f"/cases/{ID}/place", "/admin/weights",
                                  "/admin/weights/near-first-1/use"])  # fmt: skip
async def test_a_page_of_another_role_says_so_in_plain_words(door: Door, path: str) -> None:
    response = await door.get(path, "volunteer")

    assert response.status_code == 403
    assert "This is not open to you" in response.text and "Number for your administrator:" in response.text
    assert not [asked for asked, _, _ in door.fakes.asked if asked.startswith("GET /api/v1/cases")]


@pytest.mark.parametrize("path", ["/nothing", "/help/not-an-id", "/matches/x", f"/matches/{ID[:-1]}9"])
async def test_an_address_that_leads_nowhere_answers_with_a_page(door: Door, path: str) -> None:
    response = await door.get(path, "coordinator")

    assert response.status_code == 404
    assert "There is nothing here" in response.text


async def test_files_and_programs_are_not_taken_for_lost_readers(door: Door) -> None:
    style = await door.get("/static/hub.css")
    program = await door.get("/api/v1/nothing")
    theme = await door.get("/theme.css")

    assert style.status_code == 200 and "inline-size" in style.text
    assert program.headers["content-type"] == "application/problem+json"
    assert "--main: #1f4e5f" in theme.text


async def test_an_offer_is_posted_as_the_api_wants_it(door: Door) -> None:
    form = {
        "title": "French on Tuesdays", "text_language": "fr", "places": "2", "returns": "yes", "place": "0", "radius_km": "8",
        "languages": ["fr", "ar"],
        "topic0": "french", "level0": "a1", "level_to0": "a2", "day0": "1", "start0": "18:00", "end0": "20:00", "rows": "2", "audience": "public",
        "once": "form-1",
    }  # fmt: skip

    response = await door.post("/my/offers/new?category=language.class", "volunteer", **form)

    assert response.headers["location"] == f"/offers/{ID}?done=offer-posted"
    [body] = door.bodies("POST /api/v1/offers")
    assert body["title"] == {"fr": "French on Tuesdays"} and body["places"] == 2 and body["unit"] == "person"
    assert body["location"] == {"radius_km": 8.0, "remote": False, "lat": 45.1905, "lon": 5.7265}
    assert body["windows"] == [{"day": 1, "from": "18:00", "to": "20:00"}] and body["topics"] == [{"topic": "french", "from": "a1", "to": "a2"}]
    assert next(headers for asked, headers, _ in door.fakes.asked if asked == "POST /api/v1/offers")["idempotency-key"] == "form-1"


async def test_what_a_service_refuses_is_shown_at_its_field_and_values_are_kept(door: Door) -> None:
    fault = {"pointer": "/title/en", "code": "contains_phone", "message": "This text is public: leave out what looks like a phone."}
    door.fakes.answers["POST /api/v1/offers"] = (422, {"code": "invalid", "detail": "Some fields need another value.", "errors": [fault]})

    response = await door.post("/my/offers/new?category=language.class", "volunteer", title=CANARY, places="3", remote="yes")

    assert response.status_code == 422
    assert '<a href="#title">This text is public' in response.text
    assert "&lt;script&gt;window.canary=1&lt;/script&gt;" in response.text and "<script>" not in response.text
    assert 'value="3"' in response.text and 'aria-invalid="true"' in response.text


async def test_an_empty_form_is_not_sent_on_but_explained(door: Door) -> None:
    response = await door.post("/my/offers/new?category=language.class", "volunteer")

    assert response.status_code == 422
    assert "Give your offer a title." in response.text and '<a href="#place">' in response.text
    assert door.bodies("POST /api/v1/offers") == []


async def test_more_rows_for_times_need_no_script(door: Door) -> None:
    response = await door.post("/my/offers/new?category=language.class", "volunteer", title="Kept", rows="2", more_rows="yes")

    assert response.status_code == 200
    assert 'name="day3"' in response.text and 'value="Kept"' in response.text
    assert door.bodies("POST /api/v1/offers") == []


async def test_a_form_without_the_sessions_word_is_refused(door: Door) -> None:
    response = await door.post(f"/matches/{ID}/accept", "volunteer", csrf="wrong")

    assert response.status_code == 403
    assert door.bodies(f"POST /api/v1/matches/{ID}/accept") == []


async def test_a_case_with_contact_and_need_is_recorded_on_one_path(door: Door) -> None:
    door.fakes.answers["PUT /api/v1/cases/K7QX-9M2D/contact"] = {"code": "K7QX-9M2D", "fields": ["name"]}

    response = await door.post(
        "/cases/new", "coordinator", adults="1", children="1", languages="ar", consent_match="yes", consent_share="yes", place="0",
        contact_name="Amina", category="language.class", size="1", urgency="high", max_travel_km="5", once="form-2",
    )  # fmt: skip

    assert response.headers["location"] == f"/needs/{ID}?done=need-posted"
    [case], [need] = door.bodies("POST /api/v1/cases"), door.bodies("POST /api/v1/needs")
    assert case["location"] == {"lat": 45.19, "lon": 5.73} and case["consent"]["share_contact"] is True and "Amina" not in str(case)
    assert door.bodies("PUT /api/v1/cases/K7QX-9M2D/contact") == [{"name": "Amina"}]
    assert need["case_id"] == ID and need["urgency"] == "high"


async def test_a_case_is_not_recorded_without_consent(door: Door) -> None:
    response = await door.post("/cases/new", "coordinator", adults="1")

    assert response.status_code == 422
    assert "Without consent to be matched" in response.text and door.bodies("POST /api/v1/cases") == []


async def test_proposals_are_shown_with_parts_and_reasons_and_confirmed_with_one_button(door: Door) -> None:
    page = await door.get(f"/needs/{ID}", "coordinator")

    response = await door.post(f"/needs/{ID}/confirm", "coordinator", offer_id=ID, once="form-3")

    assert "81.5" in page.text and '<meter min="0" max="1000" value="900"' in page.text and "They lie 900 metres apart." in page.text
    assert response.headers["location"] == f"/matches/{ID}?done=match-confirmed"
    assert door.bodies("POST /api/v1/matches") == [{"need_id": ID, "offer_id": ID}]


async def test_a_conflict_is_told_on_the_page_where_it_arose(door: Door) -> None:
    door.fakes.answers["POST /api/v1/matches"] = (409, {"code": "need_is_taken", "detail": "This need was matched in the meantime.", "errors": []})

    response = await door.post(f"/needs/{ID}/confirm", "coordinator", offer_id=ID)

    assert response.status_code == 409 and "This need was matched in the meantime." in response.text


async def test_a_contact_is_asked_for_only_on_the_press_of_the_button(door: Door) -> None:
    door.fakes.answers[f"GET /api/v1/matches/{ID}"] = {**MATCH, "state": "accepted"}

    before = await door.get(f"/matches/{ID}", "volunteer")
    asked_before = door.bodies("POST /api/v1/disclosures")
    after = await door.post(f"/matches/{ID}/contact", "volunteer")

    assert "Amina" not in before.text and asked_before == []
    assert "Amina" in after.text and after.headers["cache-control"] == "no-store"


async def test_signing_in_sets_a_cookie_that_scripts_cannot_read(door: Door) -> None:
    response = await door.post("/sign-in", email="v@demo.example", password="a long pass phrase", next="/my/offers")

    assert response.status_code == 303 and response.headers["location"] == "/my/offers"
    assert "HttpOnly" in response.headers["set-cookie"] and "SameSite=lax" in response.headers["set-cookie"]


@pytest.mark.parametrize("next_page", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
async def test_signing_in_leads_nowhere_else(door: Door, next_page: str) -> None:
    response = await door.post("/sign-in", email="v@demo.example", password="a long pass phrase", next=next_page)

    assert response.headers["location"] == "/start"


async def test_the_second_step_asks_for_the_code_and_keeps_the_password_sealed(door: Door) -> None:
    needed = (401, {"code": "second_factor_needed", "detail": "Give the code.", "errors": []})
    door.fakes.answers["POST /api/v1/sessions"] = needed

    first = await door.post("/sign-in", email="v@demo.example", password="a long pass phrase")
    sealed = first.text.split('name="sealed" value="')[1].split('"')[0]
    door.fakes.answers["POST /api/v1/sessions"] = ANSWERS["POST /api/v1/sessions"]
    second = await door.post("/sign-in", sealed=sealed, code="123456")

    assert "a long pass phrase" not in first.text and second.status_code == 303
    assert door.bodies("POST /api/v1/sessions")[-1] == {"email": "v@demo.example", "password": "a long pass phrase", "code": "123456"}


async def test_wrong_credentials_are_told_without_a_word_of_them(door: Door) -> None:
    door.fakes.answers["POST /api/v1/sessions"] = (401, {"code": "wrong", "detail": "Address or password do not fit.", "errors": []})

    response = await door.post("/sign-in", email="v@demo.example", password="a long pass phrase")

    assert response.status_code == 422 and "Address or password do not fit." in response.text and "a long pass phrase" not in response.text


async def test_who_must_set_up_a_second_factor_is_led_there_from_everywhere(door: Door) -> None:
    door.fakes.second_factor_missing = True

    response = await door.get("/desk", "coordinator")
    page = await door.get("/me/second-factor", "coordinator")

    assert response.headers["location"] == "/me/second-factor" and page.status_code == 200


async def test_the_language_is_kept_and_the_page_stays(door: Door) -> None:
    response = await door.post("/language/ar", next="/help")
    unknown = await door.post("/language/xx", next="/help")

    assert response.headers["location"] == "/help" and "hub-language=ar" in response.headers["set-cookie"]
    assert unknown.status_code == 404


async def test_the_start_page_stands_while_services_are_away(door: Door) -> None:
    door.fakes.answers.clear()

    response = await door.get("/")

    assert response.status_code == 200 and 'name="q"' in response.text and "Find help" in response.text


async def test_a_service_that_is_away_is_told_with_what_to_do(door: Door) -> None:
    door.fakes.answers["GET /api/v1/cases"] = (503, {"code": "service_away", "detail": "Away.", "errors": []})

    response = await door.get("/cases", "coordinator")

    assert response.status_code == 503 and "The hub is busy" in response.text


async def test_a_new_clients_secret_is_shown_once(door: Door) -> None:
    response = await door.post("/admin/clients", "admin", name="Library calendar", scopes="read")
    later = await door.get("/admin/clients", "admin")

    assert "shown-once" in response.text and response.headers["cache-control"] == "no-store"
    assert "shown-once" not in later.text


async def test_a_form_from_elsewhere_is_refused_with_a_page_for_readers_and_a_problem_for_programs(door: Door) -> None:
    elsewhere = {"Origin": "https://evil.example"}

    reader = await door.client.post("/sign-in", headers={**elsewhere, "Accept": "text/html"})
    program = await door.client.post("/sign-in", headers=elsewhere)

    assert reader.status_code == program.status_code == 403
    assert "This request did not come from a page of this hub." in reader.text and "<h1>" in reader.text
    assert program.headers["content-type"] == "application/problem+json"
