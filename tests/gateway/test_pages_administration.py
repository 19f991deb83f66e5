"""The pages of administration: settings with their look, people, partners, webhooks, what failed, the audit trail, health, kinds of help."""

import base64
import re
from typing import Any, cast

import pytest

from chassis.language import ROOT
from gateway.pages.administration.words import ADMIN_WORDS
from gateway.pages.words import WORDS
from gateway.session import form_token
from services.actors.model.provenance import RecordKind
from services.notifications.use_cases.webhooks import EVENT_TYPES
from services.people.model.persons import PersonKind
from tests.gateway.pages_door import CANARY, CATEGORIES, CLIENT, ID, NOW, Door

SETTINGS = {"version": 4, "fixed": [], "name": "Hub", "home_title": {"fr": CANARY, "uk": "Так"}, "trusted_actors": [], "updated_at": NOW}
WEBHOOK = {
    "id": ID, "version": 2, "url": f"https://a.example/{CANARY}", "events": ["hub.matching.match.confirmed.v1"], "state": "active",
    "disabled_reason": None, "old_secret_until": NOW, "last_success_at": None, "created_at": NOW, "updated_at": NOW, "secret": "whsec_once",
}  # fmt: skip
DELIVERY = {"id": ID, "event_id": ID, "event_type": CANARY, "state": "failed", "attempts": 3, "status": 500, "error": None, "created_at": NOW}
UPKEEP = {
    "service": "actors", "version": "0.1.0", "started_at": NOW, "checks": {"database": "ok", "migrations": "ok", "broker": "away"},
    "database": "sqlite", "database_bytes": 5_000_000, "tables": [{"name": "actor", "bytes": 9000}], "disk_free": 1, "disk_total": 100,
    "outbox_waiting": 3, "outbox_oldest": NOW, "dead_letters": 2, "audit_rows": 40, "choices_version": 0, "defaults": {},
    "timers": [{"name": "keep house", "every_seconds": 3600, "at": NOW, "outcome": "failed"}],
}  # fmt: skip
LETTER = {"id": ID, "subject": CANARY, "stream": "HUB_PEOPLE", "reason": CANARY, "died_at": NOW}
PAGES = (
    "/admin", "/admin/settings", "/admin/settings/look", "/admin/settings/languages", "/admin/settings/contacts", "/admin/settings/doors",
    "/admin/settings/periods", "/admin/settings/retention", "/admin/people", f"/admin/people/{ID}", "/admin/clients", f"/admin/clients/{ID}",
    "/admin/webhooks", f"/admin/webhooks/{ID}", "/admin/messages", "/admin/letters", "/admin/audit", "/admin/audit/summary", "/admin/health",
    "/admin/exchange", "/admin/categories", "/admin/categories/language.class",
)  # fmt: skip


@pytest.fixture
def office(door: Door) -> Door:
    """The door, with services that answer an administrator."""
    category = {"offered": True, "switched_off": False, "own_names": {}, "version": 0, "place": None, "icon": None, "hints": {}}
    door.fakes.instance = {"version": 4, "name": "Hub", "languages": ["en", "fr", "ar"], "fixed": []}
    door.fakes.answers.update(
        {
            "GET /api/v1/instance/settings": SETTINGS,
            "PATCH /api/v1/instance/settings": SETTINGS,
            "PUT /api/v1/instance/logo": SETTINGS,
            "GET /internal/v1/defaults": {"answer_days": 7, "ask_without_name": True, "moderate_volunteers": True},
            "GET /internal/v1/retention": {"need_days": 1000, "audit_days": 0},
            "GET /internal/v1/upkeep": UPKEEP,
            "GET /internal/v1/dead-letters": [LETTER],
            "POST /internal/v1/audit/verify": {"rows": 40, "fault": None},
            "GET /internal/v1/audit/summary": [{"day": "2026-11-20", "action": "offer.approved", "subject_kind": "offer", "count": 3}],
            "GET /internal/v1/audit": [],
            "GET /api/v1/webhooks": {"items": [WEBHOOK], "total": 1},
            f"GET /api/v1/webhooks/{ID}": WEBHOOK,
            "POST /api/v1/webhooks": WEBHOOK,
            f"POST /api/v1/webhooks/{ID}/rotate": WEBHOOK,
            f"GET /api/v1/webhooks/{ID}/deliveries": {"items": [DELIVERY], "total": None},
            f"GET /api/v1/clients/{ID}": {**CLIENT, "version": 1, "created_at": NOW},
            f"POST /api/v1/clients/{ID}/secrets": {**CLIENT, "version": 1, "created_at": NOW},
            "GET /api/v1/categories": [{**cast(dict[str, Any], row), **category} for row in CATEGORIES],
        }
    )
    return door


@pytest.mark.parametrize("path", PAGES)
async def test_an_administrator_reads_every_page_and_nothing_on_it_is_run(office: Door, path: str) -> None:
    response = await office.get(path, "admin")

    assert response.status_code == 200, response.text[:300]
    assert CANARY not in response.text and response.text.count("<h1") == 1


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", [None, "volunteer"])
async def test_nobody_else_reads_them(office: Door, path: str, role: str | None) -> None:
    response = await office.get(path, role)

    assert response.status_code == (303 if role is None else 403)


@pytest.mark.parametrize("role", ["member", "coordinator", "observer"])
async def test_who_invites_or_observes_sees_only_that(office: Door, role: str) -> None:
    pages = {path: (await office.get(path, role)).status_code for path in ("/admin", "/admin/settings", "/admin/health", "/admin/letters")}
    trail = (await office.get("/admin/audit/summary", role)).status_code

    assert pages == {"/admin": 200, "/admin/settings": 403, "/admin/health": 403, "/admin/letters": 403}
    assert trail == (200 if role == "observer" else 403)


async def test_settings_are_kept_with_the_version_that_was_read_and_hidden_languages_stay(office: Door) -> None:
    form = {"name": "Welcome", "home_title-fr": "Bonjour", "colour": "#1f4e5f", "accent-standard": "yes", "version": "4"}

    response = await office.post("/admin/settings/look", "admin", **form)

    body = office.bodies("PATCH /api/v1/instance/settings")[0]
    assert response.headers["location"] == "/admin/settings/look?done=settings-kept"
    assert body == {"name": "Welcome", "home_title": {"uk": "Так", "fr": "Bonjour"}, "home_lead": None, "colour": "#1f4e5f", "accent": None}
    sent = next(headers for asked, headers, _ in office.fakes.asked if asked.startswith("PATCH"))
    assert sent["if-match"] == '"4"'


async def test_empty_fields_go_back_to_the_installation_and_what_is_fixed_is_not_sent(office: Door) -> None:
    office.fakes.answers["GET /api/v1/instance/settings"] = {**SETTINGS, "fixed": ["moderation"]}

    page = (await office.get("/admin/settings/doors", "admin")).text
    await office.post("/admin/settings/doors", "admin", ask_without_name="no", held_words="loan\n\ncredit ", version="4")

    assert "Fixed by the environment" in page and "As the installation says: yes" in page
    assert office.bodies("PATCH /api/v1/instance/settings") == [
        {"ask_without_name": False, "offer_by_mail": None, "trusted_actors": None, "held_words": ["loan", "credit"]}
    ]


async def test_a_refusal_comes_back_at_its_field_with_what_was_typed(office: Door) -> None:
    fault = {"pointer": "/colour", "code": "too_pale", "message": "Too pale."}
    office.fakes.answers["PATCH /api/v1/instance/settings"] = (422, {"code": "invalid", "detail": "Look.", "errors": [fault]})

    response = await office.post("/admin/settings/look", "admin", name="Typed", colour="#ffcc00", version="4")

    assert response.status_code == 422 and '<a href="#colour">Too pale.' in response.text and 'value="Typed"' in response.text
    assert "The nearest colour that can be read:" in response.text and 'value="#ffcc00"' in response.text


async def test_a_look_is_shown_before_it_is_kept(office: Door) -> None:
    response = await office.post("/admin/settings/look", "admin", colour="#004d40", accent="#7b1fa2", act="try", version="4")

    sheet = await office.get("/admin/settings/look.css?colour=004d40&accent=7b1fa2", "admin")
    assert "/admin/settings/look.css?colour=004d40&amp;accent=7b1fa2" in response.text
    assert "--main: #004d40" in sheet.text and office.bodies("PATCH /api/v1/instance/settings") == []
    assert (await office.get("/admin/settings/look.css?colour=red%3B%7D", "admin")).status_code == 404


async def test_what_other_periods_would_delete_is_shown_before_they_are_kept(office: Door) -> None:
    response = await office.post("/admin/settings/retention", "admin", need_days="30", audit_days="365", act="try", version="4")

    assert "4,000 or more records." in response.text and "Nothing." in response.text
    assert office.bodies("PATCH /api/v1/instance/settings") == []


async def test_a_picture_is_sent_on_as_it_is_and_served_with_its_own_type(office: Door) -> None:
    files = {"logo": ("sign.png", b"\x89PNG bytes", "image/png")}
    data = {"csrf": form_token("admin-token"), "version": "4", "act": "keep"}
    response = await office.client.post("/admin/settings/logo", data=data, files=files, headers={"Cookie": "hub-session-loopback=admin-token"})

    assert response.headers["location"] == "/admin/settings/look?done=logo-kept"
    assert office.bodies("PUT /api/v1/instance/logo") == [{"image": base64.b64encode(b"\x89PNG bytes").decode()}]
    assert (await office.get("/logo/" + "0" * 64)).status_code == 404


async def test_languages_that_are_switched_off_are_not_offered(office: Door) -> None:
    page = (await office.get("/")).text
    response = await office.post("/admin/settings/languages", "admin", version="4")

    assert 'formaction="/language/fr"' in page and 'formaction="/language/de"' not in page
    assert response.status_code == 422 and "Choose one language at least." in response.text


async def invite(office: Door, addresses: str) -> Any:
    """Send the form of invitations."""
    data = {"csrf": form_token("admin-token"), "email": addresses, "role": "volunteer", "once": "form-9"}
    return await office.client.post("/admin/people", data=data, headers={"Cookie": "hub-session-loopback=admin-token"})


async def test_several_people_are_invited_at_once_and_who_could_not_be_stays_in_the_form(office: Door) -> None:
    office.fakes.answers["POST /api/v1/invitations"] = {"id": ID}
    done = await invite(office, "a@x.example\nb@x.example")
    sent = [body["email"] for body in office.bodies("POST /api/v1/invitations")]
    office.fakes.answers["POST /api/v1/invitations"] = (409, {"code": "address_taken", "detail": "Taken."})
    refused = await invite(office, "a@x.example, c@x.example")
    many = await invite(office, " ".join(f"{number}@x.example" for number in range(26)))

    assert done.headers["location"] == "/admin/people?done=invited-several" and sent == ["a@x.example", "b@x.example"]
    assert refused.status_code == 422 and "a@x.example\nc@x.example" in refused.text
    assert many.status_code == 422 and "Invite 25 people at once at most." in many.text


async def test_people_are_searched_without_an_address_in_the_address_line(office: Door) -> None:
    office.fakes.answers["POST /api/v1/accounts/search"] = {"items": [], "total": 0}

    found = await office.post("/admin/people/search", "admin", words="ana@x.example")
    short = await office.post("/admin/people/search", "admin", words="a")

    assert found.status_code == 200 and "Nobody fits." in found.text and short.status_code == 422
    assert office.bodies("POST /api/v1/accounts/search") == [{"words": "ana@x.example"}]


async def test_a_second_factor_is_taken_away_only_by_who_made_sure(office: Door) -> None:
    office.fakes.answers[f"POST /api/v1/accounts/{ID}/second-factor/reset"] = {}

    unsure = await office.post(f"/admin/people/{ID}/reset-second-factor", "admin")
    before = office.bodies(f"POST /api/v1/accounts/{ID}/second-factor/reset")
    sure = await office.post(f"/admin/people/{ID}/reset-second-factor", "admin", sure="yes")

    assert unsure.status_code == 422 and before == []
    assert sure.headers["location"] == f"/admin/people/{ID}?done=factor-reset"


async def test_an_address_is_corrected_only_by_who_made_sure_and_comes_back_with_its_fault(office: Door) -> None:
    path = f"POST /api/v1/accounts/{ID}/email-correction"
    office.fakes.answers[path] = {}

    shown = await office.get(f"/admin/people/{ID}", "admin")
    unsure = await office.post(f"/admin/people/{ID}/correct-email", "admin", new_email="ana@new.example")
    empty = await office.post(f"/admin/people/{ID}/correct-email", "admin", sure_email="yes")
    before = office.bodies(path)
    sure = await office.post(f"/admin/people/{ID}/correct-email", "admin", new_email="ana@new.example", sure_email="yes")
    office.fakes.answers[path] = (409, {"code": "address_taken", "detail": "Somebody with this address has an account already.", "errors": []})
    taken = await office.post(f"/admin/people/{ID}/correct-email", "admin", new_email="ben@new.example", sure_email="yes")
    coordinator = await office.post(f"/admin/people/{ID}/correct-email", "coordinator", new_email="ana@new.example", sure_email="yes")

    assert f'action="/admin/people/{ID}/correct-email"' in shown.text
    assert (unsure.status_code, empty.status_code, before) == (422, 422, [])
    assert sure.headers["location"] == f"/admin/people/{ID}?done=email-corrected"
    assert office.bodies(path)[0] == {"email": "ana@new.example"}
    assert taken.status_code == 422 and "has an account already" in taken.text and 'value="ben@new.example"' in taken.text
    assert coordinator.status_code == 403


@pytest.mark.parametrize(
    ("path", "form", "asked", "status"),
    [
        ("/admin/webhooks", {"url": "https://a.example", "events": "hub.matching.match.confirmed.v1"}, "POST /api/v1/webhooks", 200),
        (f"/admin/webhooks/{ID}/rotate", {}, f"POST /api/v1/webhooks/{ID}/rotate", 200),
        (f"/admin/webhooks/{ID}", {"act": "pause", "version": "2"}, f"PATCH /api/v1/webhooks/{ID}", 303),
        (f"/admin/webhooks/{ID}", {"act": "delete", "version": "2"}, f"DELETE /api/v1/webhooks/{ID}", 303),
        (f"/admin/webhooks/{ID}/test", {}, f"POST /api/v1/webhooks/{ID}/test", 303),
        (f"/admin/webhooks/{ID}/deliveries/{ID}", {}, f"POST /api/v1/webhooks/{ID}/deliveries/{ID}/resend", 303),
        (f"/admin/messages/{ID}/retry", {}, f"POST /api/v1/messages/{ID}/retry", 303),
        (f"/admin/clients/{ID}/secrets", {}, f"POST /api/v1/clients/{ID}/secrets", 200),
        (f"/admin/clients/{ID}/secrets/hub_ab/withdraw", {}, f"DELETE /api/v1/clients/{ID}/secrets/hub_ab", 303),
        (f"/admin/clients/{ID}", {"name": "x", "scopes": "read", "version": "1"}, f"PATCH /api/v1/clients/{ID}", 303),
        (f"/admin/people/{ID}/end-sessions", {}, f"POST /api/v1/accounts/{ID}/sessions/end", 303),
        (f"/admin/letters/matching/{ID}/replay", {}, f"POST /internal/v1/dead-letters/{ID}/replay", 303),
        (f"/admin/letters/matching/{ID}/drop", {"reason": "outdated"}, f"POST /internal/v1/dead-letters/{ID}/drop", 303),
        ("/admin/audit", {}, "POST /internal/v1/audit/verify", 200),
        ("/admin/categories/language.class", {"offered": "yes", "place": "3", "version": "0"}, "PATCH /api/v1/categories/language.class", 303),
    ],
)
async def test_each_button_asks_the_service_that_owns_the_work(office: Door, path: str, form: dict[str, str], asked: str, status: int) -> None:
    office.fakes.answers.setdefault(asked, {})
    refused = await office.post(path, "volunteer", **form)
    before = [what for what, _, _ in office.fakes.asked if what == asked]

    response = await office.post(path, "admin", **form)

    assert refused.status_code == 403 and before == []
    assert response.status_code == status, response.text[:500]
    assert asked in [what for what, _, _ in office.fakes.asked]


async def test_secrets_are_shown_once_in_the_answer_and_never_again(office: Door) -> None:
    made = await office.post("/admin/webhooks", "admin", url="https://a.example", events="hub.matching.match.confirmed.v1")
    later = await office.get("/admin/webhooks", "admin")

    assert "whsec_once" in made.text and "whsec_once" not in later.text and made.headers["cache-control"] == "no-store"


async def test_a_reason_is_asked_before_an_event_is_given_up(office: Door) -> None:
    response = await office.post(f"/admin/letters/people/{ID}/drop", "admin", reason="because")

    assert response.status_code == 422 and "Choose why it is given up." in response.text
    assert (await office.post(f"/admin/letters/elsewhere/{ID}/drop", "admin", reason="outdated")).status_code == 404


async def test_health_says_in_plain_words_what_is_wrong_and_what_to_do(office: Door) -> None:
    text = (await office.get("/admin/health", "admin")).text

    assert "A part of the hub does not work." in text and "Make room: old backups and logs first." in text
    assert "Nothing is lost: news waits" in text and "Open the page “Events not handled”" in text and "Failed or late: 1." in text


async def test_health_stands_while_services_are_away(office: Door) -> None:
    del office.fakes.answers["GET /internal/v1/upkeep"]

    response = await office.get("/admin/health", "admin")

    assert response.status_code == 200 and response.text.count("It does not answer.") == 4


@pytest.mark.parametrize(
    "query",
    ["day=yesterday", "person=ana", "action=%27--", "record=%3Cb%3E", "before=x&before_id=y", "day=9999-12-31", "day=0001-01-01", "subject=zeppelin"],
)
async def test_no_search_of_the_trail_breaks_the_page(office: Door, query: str) -> None:
    response = await office.get(f"/admin/audit?{query}", "admin")

    assert response.status_code == 200


async def test_the_summary_leaves_as_a_table_of_counts(office: Door) -> None:
    response = await office.get("/admin/audit/summary.csv?until=2026-11-21", "observer")

    assert response.headers["content-type"].startswith("text/csv") and "2026-11-20,offer.approved,offer,12" in response.text


async def test_the_stylesheet_follows_the_citys_colours(office: Door) -> None:
    office.fakes.instance = {"version": 9, "colour": "#004d40", "accent": "#7b1fa2", "logo": {"sha256": "x", "media_type": "image/svg+xml"}}
    fixed: dict[str, Any] = {"colour": "red; } body { display: none"}

    sheet = await office.get("/theme.css?v=9")
    page = (await office.get("/")).text

    assert "--main: #004d40" in sheet.text and "--link: #7b1fa2" in sheet.text and "prefers-color-scheme: dark" in sheet.text
    assert "immutable" in sheet.headers["cache-control"] and '<img class="logo"' not in page and fixed["colour"] not in sheet.text


def test_each_event_that_can_be_chosen_is_one_that_webhooks_hear() -> None:
    chosen = set(ADMIN_WORDS["webhook_event"])

    assert chosen <= EVENT_TYPES


def test_the_audit_trail_has_words_for_every_kind_of_record() -> None:
    written = r'\.record\(\s*(?:f?"[^"]*"|\w+),\s*"([a-z_]+)"'
    code = [path.read_text(encoding="utf-8") for folder in ("services", "chassis") for path in (ROOT / folder).rglob("*.py")]

    kinds = {kind for text in code for kind in re.findall(written, text)} | set(RecordKind) | set(PersonKind)

    assert len(kinds) > 20 and sorted(kinds - set(WORDS["subject"])) == []
