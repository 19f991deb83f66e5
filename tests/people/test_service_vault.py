"""The vault at rest, the question of notifications, erasure, and what a restored backup brings back."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import make_url, select, text, update

from chassis.identity import SYSTEM
from chassis.ids import new_id
from chassis.testing import FakeDelivery
from contracts import matching
from contracts.envelope import seal
from contracts.people import PersonErasedV1
from services.people.model.fields import CONTACT as CONTACT_FIELDS
from services.people.model.fields import Field
from services.people.model.keys import MasterKeys, new_key
from services.people.model.persons import PersonRef
from services.people.model.vault import PersonIsErased, SealBroken
from services.people.store.keys import KeyStore, person_key
from services.people.tables import SealedFieldRow
from tests.people import story

CODE, CONTACT = story.CODE, story.CONTACT
EMAIL = "ana.petrova@association.example"
PASSWORD = "tulip canyon marble drift"


def bytes_at_rest(town: Any) -> bytes:
    found = b""
    for url in (town.settings.database_url, town.settings.keys_url):
        for ending in ("", "-wal"):
            path = Path((make_url(url).database or "") + ending)
            found += path.read_bytes() if path.exists() else b""
    return found


async def lived_in(town: Any) -> tuple[Any, Any, Any]:
    coordinator = await town.person("coordinator")
    ana = await town.person("volunteer", email=EMAIL, name="Ana Petrova", phone="+33 6 12 34 56 78", password=PASSWORD)
    told = story.Story(town, UUID(coordinator.id), UUID(ana.id))
    await told.tell(told.case())
    await told.keep_contact(coordinator)
    await told.tell(told.match(2, "accepted", answered_by=UUID(ana.id)))
    assert (await told.disclose(ana)).status_code == (await told.disclose(coordinator)).status_code == 200
    assert (await town.sign_in(EMAIL, headers={"hub-source": "192.0.2.77"})).status_code == 201
    return told, coordinator, ana


async def test_no_contact_lies_in_the_databases_in_the_clear(town: Any) -> None:
    await lived_in(town)

    at_rest = bytes_at_rest(town)

    for canary in (*CONTACT.values(), EMAIL, "Ana Petrova", "+33 6 12 34 56 78", PASSWORD, "192.0.2.77"):
        assert canary.encode() not in at_rest
    assert CODE.encode() in at_rest


async def test_a_ciphertext_moved_to_another_person_or_field_does_not_open(both: Any) -> None:
    _, coordinator, ana = await lived_in(both)
    mine, theirs = f"account:{ana.id}", f"account:{coordinator.id}"
    async with both.service.database.writing() as session:
        stolen = (
            await session.execute(select(SealedFieldRow.value).where(SealedFieldRow.person == mine, SealedFieldRow.field == "email"))
        ).scalar_one()
        await session.execute(update(SealedFieldRow).where(SealedFieldRow.person == theirs, SealedFieldRow.field == "email").values(value=stolen))
        await session.execute(update(SealedFieldRow).where(SealedFieldRow.person == mine, SealedFieldRow.field == "name").values(value=stolen))

    for person in (mine, theirs):
        async with both.service.open_work(SYSTEM, reading=True) as work:
            with pytest.raises(SealBroken):
                await work.vault.open(PersonRef.parse(person), CONTACT_FIELDS)
    assert (await both.bench.get(ana, "/api/v1/me")).status_code == 500


async def test_an_erased_person_is_gone_from_every_table_and_cannot_be_opened(both: Any) -> None:
    _, _, ana = await lived_in(both)
    admin = await both.person("admin")
    async with both.service.database.reading() as session:
        kept = (await session.execute(select(SealedFieldRow.value).where(SealedFieldRow.person == f"account:{ana.id}").limit(1))).scalar_one()

    erased = await both.bench.post(admin, "/api/v1/erasures", {"account_id": ana.id})
    again = await both.bench.post(admin, "/api/v1/erasures", {"account_id": ana.id})
    await both.bench.run_timer("empty the log")

    assert (erased.status_code, erased.json()["id"]) == (201, again.json()["id"])
    with pytest.raises(PersonIsErased):
        await both.service.resources.keys.key_of(PersonRef.of_account(UUID(ana.id)))
    with pytest.raises(PersonIsErased):
        await both.service.resources.keys.key_for_writing(PersonRef.of_account(UUID(ana.id)))
    if both.service.database.is_sqlite:
        assert kept not in bytes_at_rest(both)
    assert (await both.sign_in(EMAIL)).status_code == 401
    assert (await both.bench.get(ana, "/api/v1/me")).status_code == 401
    event = (await both.bench.queued())[-1]
    assert isinstance(event, PersonErasedV1) and (event.subject_kind, str(event.subject_id)) == ("account", ana.id)
    for table in ("sealed_field", "consent"):
        async with both.service.database.reading() as session:
            assert (await session.execute(text(f"SELECT count(*) FROM {table} WHERE person = :p"), {"p": f"account:{ana.id}"})).scalar_one() == 0


async def test_a_case_is_erased_and_later_news_does_not_bring_it_back(town: Any) -> None:
    told, coordinator, ana = await lived_in(town)
    admin = await town.person("admin")

    refused = await town.bench.post(coordinator, "/api/v1/erasures", {"case_code": CODE})
    erased = await town.bench.post(admin, "/api/v1/erasures", {"case_code": CODE.lower()})
    await told.tell(told.case(7), told.match(8, "accepted"))

    assert (refused.status_code, erased.status_code) == (403, 201)
    assert (await town.bench.get(coordinator, f"/api/v1/cases/{CODE}/contact")).status_code == 404
    assert (await told.disclose(ana)).status_code == 404
    assert {(event.subject_kind, event.subject_id) for event in await town.bench.queued() if isinstance(event, PersonErasedV1)} == {
        ("case", told.case_id)
    }


async def test_whoever_wants_to_can_leave_but_the_last_admin(town: Any) -> None:
    admin, volunteer = await town.person("admin"), await town.person("volunteer")

    left = await town.bench.call(volunteer, "DELETE", "/api/v1/me")
    stays = await town.bench.call(admin, "DELETE", "/api/v1/me")

    assert (left.status_code, stays.status_code) == (204, 409)
    assert (await town.bench.get(admin, "/api/v1/me")).json()["name"] == "Somebody"


@pytest.mark.parametrize("body", [{}, {"account_id": str(UUID(int=1)), "case_code": CODE}, {"account_id": "x"}, {"case_code": ""}])
async def test_an_erasure_names_exactly_one_person(town: Any, body: dict[str, Any]) -> None:
    admin = await town.person("admin")

    assert (await town.bench.post(admin, "/api/v1/erasures", body)).status_code == 422
    assert (await town.bench.post(admin, "/api/v1/erasures", {"account_id": str(UUID(int=1))})).status_code == 404
    assert (await town.bench.post(admin, "/api/v1/erasures", {"case_code": CODE})).status_code == 404


async def test_erasures_are_played_again_after_either_database_was_restored(town: Any) -> None:
    _, _, ana = await lived_in(town)
    await town.person("admin")
    person = PersonRef.of_account(UUID(ana.id))
    async with town.service.resources.keys.database.reading() as session:
        wrapped = (await session.execute(select(person_key).where(person_key.c.person == str(person)))).one()

    # The process died between destroying the key and deleting the rows: the next start finishes.
    await town.service.resources.keys.destroy(person, town.service.clock())
    await town.bench.run_timer("replay erasures")
    finished = (await town.bench.audit_actions()).count("person.erased")
    # A backup of the keys from before the erasure is put back, without its tombstone.
    async with town.service.resources.keys.database.writing() as session:
        await session.execute(text("DELETE FROM destroyed_key"))
        await session.execute(person_key.insert().values(person=wrapped.person, master_id=wrapped.master_id, sealed=wrapped.sealed))
    await town.bench.run_timer("replay erasures")
    await town.bench.run_timer("replay erasures")

    assert finished == 1
    assert (await town.bench.audit_actions()).count("person.erased_again") == 1
    with pytest.raises(PersonIsErased):
        await town.service.resources.keys.key_of(person)


async def test_keys_are_wrapped_anew_under_the_new_master_key(both: Any) -> None:
    _, _, ana = await lived_in(both)
    old = both.settings.masters().current
    fresh = type(old).of(new_key())
    keys = KeyStore(both.service.resources.keys.database, MasterKeys(fresh, (old,)))

    while await keys.rewrap_some(2):
        pass

    alone = KeyStore(both.service.resources.keys.database, MasterKeys(fresh))
    async with both.service.database.reading() as session:
        sealed = (
            await session.execute(select(SealedFieldRow.value).where(SealedFieldRow.person == f"account:{ana.id}", SealedFieldRow.field == "email"))
        ).scalar_one()
    key = await alone.key_of(PersonRef.of_account(UUID(ana.id)))
    assert key.open(Field.EMAIL, sealed) == EMAIL


async def hear_with_id(town: Any, event: Any) -> UUID:
    event_id = new_id()
    raw = seal(event, event_id=event_id, occurred_at=town.service.clock(), correlation_id=new_id())
    await town.bench.hear_raw(FakeDelivery(event.type_name, raw))
    return event_id


async def test_the_vault_answers_only_for_an_event_it_has_seen_and_a_recipient_it_concerns(both: Any) -> None:
    told, coordinator, ana = await lived_in(both)
    stranger = await both.person("volunteer")
    event_id = await hear_with_id(both, told.match(3, "accepted", answered_by=UUID(ana.id)))

    right = await both.address("account", ana.id, event_id)
    unseen = await both.address("account", ana.id, new_id())
    wrong = await both.address("account", stranger.id, event_id)
    nobody = await both.address("account", new_id(), event_id)
    muddled = await both.address("invitation", ana.id, event_id)

    assert right.json() == {"email": EMAIL, "locale": "en", "name": "Ana Petrova", "link_token": None}
    assert (unseen.status_code, unseen.json()["code"]) == (409, "not_seen_yet")
    assert (wrong.status_code, nobody.status_code, muddled.status_code) == (403, 404, 409)
    assert (await both.address("account", coordinator.id, event_id)).status_code == 200
    assert (await both.bench.audit_actions()).count("address.given") == 2


async def test_teams_and_coordinators_are_concerned_by_what_is_theirs(town: Any) -> None:
    team = await town.actor()
    member, coordinator, volunteer = await town.person("member", actor=team), await town.person("coordinator"), await town.person("volunteer")
    offer = matching.OfferPostedV1(
        offer_id=new_id(), version=1, state="awaiting_moderation", category="food", provider_actor_id=team, audience="public", unit="person",
        places=1, places_left=1, returns=True, valid_until=date(2027, 1, 1),
    )  # fmt: skip
    event_id = await hear_with_id(town, offer)

    asked = [(await town.address("account", who.id, event_id)).status_code for who in (member, coordinator, volunteer)]

    assert asked == [200, 200, 403]


async def test_a_disabled_or_refused_address_is_not_given(town: Any) -> None:
    told, _, ana = await lived_in(town)
    admin = await town.person("admin")
    event_id = await hear_with_id(town, told.match(3, "accepted"))
    await town.bench.patch(admin, f"/api/v1/accounts/{ana.id}", {"active": False}, version=2)

    assert (await town.address("account", ana.id, event_id)).status_code == 404


async def test_an_export_is_complete_and_only_the_callers_own(town: Any) -> None:
    _, coordinator, ana = await lived_in(town)
    admin = await town.person("admin")

    mine = (await town.bench.get(ana, "/api/v1/me/export")).json()
    of_case = await town.bench.get(admin, f"/api/v1/cases/{CODE}/person-export")
    refused = await town.bench.get(coordinator, f"/api/v1/cases/{CODE}/person-export")

    assert mine["contact"]["email"] == EMAIL and mine["contact"]["phone"] == "+33 6 12 34 56 78"
    assert len(mine["consents"]) == 2 and len(mine["sessions"]) == 1
    assert [one["reader_id"] for one in mine["who_read_your_contact"]] == [coordinator.id]
    assert [one["subject"] for one in mine["contacts_you_read"]] == [CODE]
    assert "contact.read" in {line["action"] for line in mine["trail"]}
    assert CONTACT["name"] not in str(mine)
    assert of_case.json()["contact"]["name"] == CONTACT["name"] and refused.status_code == 403


async def test_events_logs_and_audit_hold_no_contact(town: Any, capfd: Any) -> None:
    await lived_in(town)

    written = " ".join(event.model_dump_json() for event in await town.bench.queued())
    async with town.service.database.reading() as session:
        written += str((await session.execute(select(town.service.ledger.audit))).all())
    output = capfd.readouterr()
    written += output.out + output.err

    for canary in (*CONTACT.values(), EMAIL, "Ana Petrova", "+33 6 12 34 56 78"):
        assert canary not in written


async def test_the_keys_lie_beside_the_data_by_default(make_town: Any, tmp_path: Path) -> None:
    town = await make_town()
    copy = town.settings.model_copy(update={"keys_database_url": None, "database_url": f"sqlite+aiosqlite:///{tmp_path}/x.y/people.db"})

    assert copy.keys_url == f"sqlite+aiosqlite:///{tmp_path}/x.y/people_keys.db"
    assert copy.model_copy(update={"database_url": "postgresql+asyncpg://u:p@db/people"}).keys_url == "postgresql+asyncpg://u:p@db/people_keys"
