"""Offering help without an account: an address, a mailed link, a volunteer's account; every address is answered alike."""

from typing import Any

import pytest

from chassis.identity import Caller
from chassis.testing import TestClock
from tests.people.conftest import PASSWORD, MakeTown, Town

NOBODY = Caller(locale="fr")
HERE = {"hub-source": "192.0.2.7"}
CARRY = "sealed-by-the-gateway"


async def ask(town: Town, email: str, headers: dict[str, str] = HERE, **more: Any) -> Any:
    return await town.bench.post(NOBODY, "/api/v1/registrations", {"email": email, "locale": "fr", "carry": CARRY, **more}, headers=headers)


async def links(town: Town, name: str = "RegistrationRequestedV1") -> list[tuple[Any, Any]]:
    """The links that were asked for: ids of their events, and the events."""
    queued = await town.bench.queued_with_envelopes()
    return [(envelope.id, event) for envelope, event in queued if type(event).__name__ == name]


async def mailed(town: Town) -> Any:
    """What notifications learns for the newest mail."""
    await town.bench.run_timer("answer registrations")
    event_id, event = (await links(town))[-1]
    return (await town.address("registration", event.registration_id, event_id)).json() | {"known": event.known}


async def confirm(town: Town, token: str, **more: Any) -> Any:
    return await town.bench.post(NOBODY, "/api/v1/registrations/confirm", {"token": token, **more})


async def test_a_confirmed_address_is_a_volunteers_account_that_is_signed_in(both: Town) -> None:
    asked = await ask(both, "ana@mail.example")
    mail = await mailed(both)

    confirmed = await confirm(both, mail["link_token"], name="Ana", share_contact=True)
    session = confirmed.json()["session"]
    behind = await both.introspect(session["access_token"])

    assert asked.status_code == 202 and mail["email"] == "ana@mail.example" and mail["locale"] == "fr" and mail["known"] is False
    assert confirmed.status_code == 200 and confirmed.json()["carry"] == CARRY
    assert behind["active"] and behind["role"] == "volunteer" and behind["id"] == confirmed.json()["account_id"]
    assert [type(event).__name__ for event in await both.bench.queued() if "Account" in type(event).__name__] == ["AccountActivatedV1"]


async def test_a_link_works_once_and_not_after_its_days(town: Town, clock: TestClock) -> None:
    await ask(town, "ana@mail.example")
    first = (await mailed(town))["link_token"]
    await ask(town, "ben@mail.example")
    late = (await mailed(town))["link_token"]
    await confirm(town, first)

    again = await confirm(town, first)
    clock.forward(days=3, minutes=1)
    too_late = await confirm(town, late)
    invented = await confirm(town, "A" * 43)

    assert [each.status_code for each in (again, too_late, invented)] == [404] * 3
    assert len({each.json()["detail"] for each in (again, too_late, invented)}) == 1


async def test_an_address_with_an_account_is_answered_alike_and_its_link_opens_no_account_that_has_a_password(town: Town) -> None:
    await town.person("coordinator", email="cora@city.example", password=PASSWORD)

    known, unknown = await ask(town, "cora@city.example"), await ask(town, "nobody@mail.example")
    await town.bench.run_timer("answer registrations")
    event_id, event = next(each for each in await links(town) if each[1].known)
    mail = (await town.address("registration", event.registration_id, event_id)).json()
    confirmed = await confirm(town, mail["link_token"])

    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert mail["email"] == "cora@city.example"
    assert confirmed.json() == {"account_id": None, "session": None, "carry": CARRY}
    assert (await confirm(town, mail["link_token"])).status_code == 200


async def test_a_volunteer_without_a_password_comes_in_by_a_mailed_link_again_and_by_a_password_once_it_is_set(town: Town) -> None:
    await ask(town, "ana@mail.example")
    first = await confirm(town, (await mailed(town))["link_token"])

    await ask(town, "Ana@Mail.example")
    mail = await mailed(town)
    second = await confirm(town, mail["link_token"])
    await town.bench.post(NOBODY, "/api/v1/password-resets", {"email": "ana@mail.example"})
    await town.bench.run_timer("answer resets")
    event_id, event = (await links(town, "AccountResetRequestedV1"))[0]
    token = (await town.address("reset", event.reset_id, event_id)).json()["link_token"]
    await town.bench.post(NOBODY, "/api/v1/password-resets/complete", {"token": token, "password": PASSWORD})

    assert mail["known"] is True
    assert second.json()["account_id"] == first.json()["account_id"] and second.json()["session"]
    assert (await town.sign_in("ana@mail.example")).status_code == 201
    await ask(town, "ana@mail.example")
    assert (await confirm(town, (await mailed(town))["link_token"])).json()["session"] is None


async def test_a_disabled_account_gets_no_mail(town: Town) -> None:
    admin = await town.person("admin")
    volunteer = await town.person("volunteer", email="vera@mail.example")
    version = (await town.bench.get(admin, f"/api/v1/accounts/{volunteer.id}")).json()["version"]
    await town.bench.patch(admin, f"/api/v1/accounts/{volunteer.id}", {"active": False}, version=version)

    asked = await ask(town, "vera@mail.example")
    await town.bench.run_timer("answer registrations")

    assert asked.status_code == 202
    assert await town.event_ids("RegistrationRequestedV1") == []


async def test_who_never_confirms_is_forgotten_and_may_come_again(both: Town, clock: TestClock) -> None:
    await ask(both, "ana@mail.example")
    await mailed(both)

    clock.forward(days=3, minutes=1)
    await both.bench.run_timer("keep people")
    await ask(both, "ana@mail.example")
    mail = await mailed(both)

    assert (await confirm(both, mail["link_token"])).json()["session"]


async def test_one_network_and_one_address_ask_a_few_times_an_hour(make_town: MakeTown, clock: TestClock) -> None:
    town = await make_town(registrations_per_hour=3, resets_per_hour=2)
    for number in range(3):
        assert (await ask(town, f"person{number}@mail.example")).status_code == 202

    stopped = await ask(town, "person4@mail.example")
    bombed = [(await ask(town, "victim@mail.example", {"hub-source": "198.51.100.9"})).status_code for _ in range(3)]
    await town.bench.run_timer("answer registrations")
    clock.forward(minutes=61)

    assert stopped.status_code == 429 and stopped.json()["code"] == "registered_often"
    assert bombed == [202] * 3 and len(await town.event_ids("RegistrationRequestedV1")) == 5
    assert (await ask(town, "person4@mail.example")).status_code == 202


async def test_a_city_may_switch_it_off(make_town: MakeTown) -> None:
    town = await make_town(register_by_mail=False)

    terms = await town.bench.get(NOBODY, "/api/v1/registrations/terms")
    asked = await ask(town, "ana@mail.example")

    assert terms.json()["allowed"] is False
    assert asked.status_code == 403 and asked.json()["code"] == "not_open"


@pytest.mark.parametrize("wrong", [{"email": "no address"}, {"email": ""}, {"locale": "xx"}, {"carry": "x" * 8001}, {"role": "admin"}])
async def test_bad_input_is_refused(town: Town, wrong: dict[str, Any]) -> None:
    response = (
        await ask(town, "ana@mail.example", **{key: value for key, value in wrong.items() if key != "email"})
        if "email" not in wrong
        else (await ask(town, wrong["email"]))
    )

    assert response.status_code == 422
    assert "no address" not in response.text


async def test_neither_address_nor_token_lies_readable_in_the_database(town: Town) -> None:
    await ask(town, "ana@mail.example")
    mail = await mailed(town)

    async with town.service.database.reading() as session:
        from services.people.tables import Base

        tables = Base.metadata.sorted_tables
        rows = [str(row) for table in tables for row in (await session.execute(table.select())).all()]

    assert rows and not any("ana@mail.example" in row or mail["link_token"] in row or HERE["hub-source"] in row for row in rows)


async def test_only_notifications_learns_the_address_and_only_for_that_event(town: Town) -> None:
    await ask(town, "ana@mail.example")
    await ask(town, "ben@mail.example")
    await town.bench.run_timer("answer registrations")
    found = await links(town)

    crossed = await town.address("registration", found[0][1].registration_id, found[1][0])
    as_gateway = await town.bench.post(
        Caller(kind="service", id="gateway"),
        "/internal/v1/addresses",
        {"recipient_kind": "registration", "recipient_id": str(found[0][1].registration_id), "event_id": str(found[0][0]), "purpose": "notification"},
    )

    assert (crossed.status_code, as_gateway.status_code) == (403, 403)
