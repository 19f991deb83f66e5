"""What people keeps about the holder of an account: contact, consents, sessions, readings and links; nobody else's contact."""

import json
from typing import Any
from uuid import UUID

from chassis.identity import Caller
from chassis.testing import anonymous
from tests.people import story
from tests.people.conftest import NOTIFICATIONS, PASSWORD
from tests.people.test_service_vault import CONTACT, EMAIL


async def test_an_account_gets_its_own_contact_and_of_others_only_ids(town: Any) -> None:
    coordinator = await town.person("coordinator", email="carla.canary@town.example", name="Carla Canary")
    ana = await town.person("volunteer", email=EMAIL, name="Ana Petrova", password=PASSWORD)
    told = story.Story(town, UUID(coordinator.id), UUID(ana.id))
    await told.tell(told.case())
    await told.keep_contact(coordinator)
    await told.tell(told.match(2, "accepted", answered_by=UUID(ana.id)))
    await told.disclose(ana)
    await told.disclose(coordinator)
    await town.sign_in(EMAIL)
    feed = (await town.bench.post(ana, "/api/v1/me/calendar-feed")).json()["token"]

    found = await town.bench.get(ana, f"/internal/v1/accounts/{ana.id}/data")

    kept = found.json()["kept"]
    assert found.status_code == 200 and kept["contact"]["email"] == EMAIL and kept["contact"]["name"] == "Ana Petrova"
    assert len(kept["sessions"]) == 1 and len(kept["consents"]) == 2 and len(kept["calendar_addresses"]) == 1
    assert [one["reader_id"] for one in kept["who_read_your_contact"]] == [coordinator.id]
    assert "contact.read" in {line["action"] for line in found.json()["trail"]}
    text = json.dumps(found.json())
    assert not any(canary in text for canary in (*CONTACT.values(), "carla.canary", "Carla", feed, PASSWORD))


async def test_invitations_are_told_without_whom_they_went_to(town: Any) -> None:
    admin = await town.person("admin")
    body = {"email": "novak.canary@town.example", "name": "Novak Canary", "role": "observer", "locale": "en"}
    invited = await town.bench.post(admin, "/api/v1/invitations", body)

    found = await town.bench.get(admin, f"/internal/v1/accounts/{admin.id}/data")

    assert invited.status_code == 201, invited.text
    assert [row["role"] for row in found.json()["kept"]["invitations_you_made"]] == ["observer"]
    assert "anary" not in found.text


async def test_only_the_holder_is_answered_and_only_through_the_gateway(town: Any) -> None:
    ana, admin = await town.person("volunteer"), await town.person("admin")
    path = f"/internal/v1/accounts/{ana.id}/data"

    answers = [await town.bench.get(who, path) for who in (admin, anonymous(), Caller(kind="service", id="gateway"))]
    forged = await town.bench.get(None, path, headers={"hub-identity": NOTIFICATIONS.token_for(ana, "people")})

    assert [answer.status_code for answer in (*answers, forged)] == [403] * 4
