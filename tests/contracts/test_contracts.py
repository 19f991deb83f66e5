"""Every event: its schema is the file, its example is read for ever, its name says who tells what, and nothing in it says who a person is."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from chassis.topology import CONSUMERS, MAX_MESSAGE_BYTES
from contracts import documents
from contracts.envelope import Event, MalformedEvent, UnknownEvent, open_envelope, seal
from contracts.matching import ConsentStatement, OfferPostedV1, Scored, TopicRange, WeeklyWindow

Message = dict[str, Any]
Example = Callable[[str], Message]

EVENTS = documents.load_all()
PARTS: tuple[type[BaseModel], ...] = (ConsentStatement, Scored, TopicRange, WeeklyWindow)

PUBLIC_TEXT = {
    ("ActorState", "name"),  # of an organisation, in the public registry
    ("ServiceImportedV1", "title"),  # checked for contacts before it travels, and again where it becomes an offer
    ("ServiceImportedV1", "description"),
    ("OfferState", "title"),  # moderated public offers only
    ("OfferState", "description"),
    ("InstanceRules", "name"),  # of the hub itself
    ("InstanceRules", "held_words"),  # words that make an offer wait, written by the administrator
}
"""Free text, by the class that declares it. Free text can say who somebody is, so it is there only where the record is public."""

_NAMES = """
account_id active actor_id answer_by answer_days answered_by archived ask_days ask_id ask_without_name audience audit_days best case_actor_id
case_code case_id category change_id changed channel claim_id closed_case_days code confirmed_by consent corrected count country created day
default_language delivery_id ended expires_at from_level from_minute gone_id household_max household_min import_id instance_id invitation_id
invited_days kept_id kind known languages lat line locale lon match match_id merge_id message_days moderation need_days need_id needs offer_by_mail
offer_id outcome owner_id placed places places_left posted_at prefers provider_account_id provider_actor_id provider_version provides purpose
question_id radius_km reason recipient_id recipient_kind recorded_by registration_id remote requires reset_id returns review_days review_grace_days
review_on role round_id score search_id share_contact shared_with size slug source started_by state subject_id subject_kind suggestion_days
suggestion_id text_version to_level to_minute topic topics trusted_actors unchanged unit until urgency valid_from valid_until version webhook_id
windows
"""
REVIEWED = set(_NAMES.split())
"""Every other field that an event may have. A new one is added here after somebody asked: does it say who a person is, alone or with the
rest? Never: names, addresses, telephone numbers, birth, nationality, status, religion, document numbers, notes."""

EVERY_EVENT = pytest.mark.parametrize("subject", EVENTS)


def _bytes(message: Message) -> bytes:
    return json.dumps(message).encode()


def _checked(schema: Message, message: Message) -> list[str]:
    checker = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.validator}" for error in checker.iter_errors(message)]


def test_every_generated_document_is_the_file_that_lies_there():
    consumers = CONSUMERS

    differing = [path.name for path in documents.differing(consumers)]

    assert differing == [], f"run: {documents.COMMAND}"


@EVERY_EVENT
def test_the_schema_of_an_event_equals_its_file(subject: str):
    path = documents.SCHEMAS / f"{subject}.json"

    schema = documents.schema_of(EVENTS[subject])

    assert path.is_file() and json.loads(path.read_text(encoding="utf-8")) == schema, f"run: {documents.COMMAND}"


@EVERY_EVENT
def test_the_example_of_an_event_fits_its_schema_formats_included(subject: str, an_example: Example):
    message = an_example(subject)
    schema = documents.schema_of(EVENTS[subject])

    Draft202012Validator.check_schema(schema)
    faults = _checked(schema, message)

    assert faults == []


def test_the_format_checks_are_really_made(an_example: Example):
    message = an_example("hub.people.invitation.issued.v1")
    message["time"] = "2026-01-19"
    message["data"]["expires_at"] = "2026-01-19T08:00:00"
    message["data"]["invitation_id"] = "not an id"

    faults = _checked(documents.schema_of(EVENTS["hub.people.invitation.issued.v1"]), message)

    assert sorted(faults) == ["$.data.expires_at: format", "$.data.invitation_id: format", "$.time: format"]


@EVERY_EVENT
def test_an_example_is_still_read_by_the_code_of_today(subject: str, an_example: Example):
    message = an_example(subject)

    envelope, event = open_envelope(_bytes(message))

    assert type(event) is EVENTS[subject]
    assert _holds(event.model_dump(mode="json"), message["data"]), "a field that was released is gone, or is read as something else"
    assert envelope.type == subject and envelope.source == f"/hospitium/{documents.service_of(subject)}"
    assert envelope.subject == event.about_id


@EVERY_EVENT
def test_what_is_sealed_is_opened_the_same(subject: str, an_example: Example):
    envelope, event = open_envelope(_bytes(an_example(subject)))

    raw = seal(event, event_id=envelope.id, occurred_at=envelope.time, correlation_id=envelope.correlationid)
    reopened, again = open_envelope(raw)

    assert (reopened, again) == (envelope.model_copy(update={"data": reopened.data}), event)
    assert _checked(documents.schema_of(EVENTS[subject]), json.loads(raw)) == []


@EVERY_EVENT
def test_unknown_fields_are_ignored_everywhere(subject: str, an_example: Example):
    plain = an_example(subject)
    extended = an_example(subject) | {"traceparent": "00-1-1-01"}
    for part in _objects(extended["data"], EVENTS[subject]):
        part["of_a_later_release"] = {"deep": [1]}

    _, event = open_envelope(_bytes(extended))

    assert event == open_envelope(_bytes(plain))[1]
    assert _checked(documents.schema_of(EVENTS[subject]), extended) == []


@EVERY_EVENT
def test_a_missing_required_field_is_a_malformed_event(subject: str, an_example: Example):
    schema = documents.schema_of(EVENTS[subject])
    in_envelope, in_data = schema["required"], schema["properties"]["data"]["required"]
    broken = [{key: value for key, value in an_example(subject).items() if key != name} for name in in_envelope if name != "specversion"]
    for name in in_data:
        message = an_example(subject)
        del message["data"][name]
        broken.append(message)

    for message in broken:
        with pytest.raises(MalformedEvent):
            open_envelope(_bytes(message))

    assert in_data and all(_checked(schema, message) for message in broken)


@EVERY_EVENT
def test_another_major_version_is_an_unknown_event(subject: str, an_example: Example):
    message = an_example(subject) | {"type": re.sub(r"v\d+$", "v99", subject)}

    with pytest.raises(UnknownEvent) as refusal:
        open_envelope(_bytes(message))

    assert "v99" not in str(refusal.value)


def test_every_example_and_every_schema_belongs_to_an_event():
    subjects = set(EVENTS)

    examples = {path.stem for path in documents.EXAMPLES.glob("*.json")}
    schemas = {path.stem for path in documents.SCHEMAS.glob("*.json")}

    assert examples == subjects, "a new event needs contracts/examples/<subject>.json; an event with an example is never dropped in silence"
    assert schemas == subjects


@EVERY_EVENT
def test_the_class_is_named_after_its_subject(subject: str):
    event = EVENTS[subject]

    form = re.fullmatch(r"hub\.([a-z]+)\.([a-z]+)\.([a-z]+(?:_[a-z]+)*)\.v([1-9]\d*)", subject)

    assert form is not None
    service, noun, verb, major = form.groups()
    assert event.__name__ == noun.capitalize() + "".join(word.capitalize() for word in verb.split("_")) + f"V{major}"
    assert event.__module__.split(".")[:2] == ["contracts", service]
    assert service in CONSUMERS and service in documents.SERVICE_WORDS
    assert event.about in event.model_fields
    assert event.__doc__ is not None and event.__doc__.startswith("Emitted when ")


@EVERY_EVENT
def test_no_field_says_who_a_person_is(subject: str):
    declared = {
        (owner.__name__, name) for owner in _owners(EVENTS[subject]) for name in vars(owner).get("__annotations__", {}) if name in owner.model_fields
    }

    unknown = {(owner, name) for owner, name in declared if name not in REVIEWED} - PUBLIC_TEXT

    assert unknown == set(), "a new field: ask whether it says who a person is, then add it to REVIEWED"


def test_the_reviewed_names_are_those_in_use():
    used = {name for event in EVENTS.values() for owner in _owners(event) for name in owner.model_fields}

    left_over = REVIEWED - used

    assert left_over == set(), "remove what no event has any more"


@EVERY_EVENT
def test_times_on_the_wire_say_their_offset_and_places_are_coarse(subject: str, an_example: Example):
    _, event = open_envelope(_bytes(an_example(subject)))

    values = event.model_dump()

    assert all(value.tzinfo is not None for value in values.values() if isinstance(value, datetime))
    assert all(round(values[name], 2) == values[name] for name in ("lat", "lon") if values.get(name) is not None)


SENTENCES = {
    "en": "Two evenings a week near the railway station; no papers needed, and children can stay in the playroom next door. ",
    "fr": "Deux soirs par semaine près de la gare ; aucun papier n’est demandé, et les enfants restent dans la salle de jeux. ",
    "de": "Zwei Abende in der Woche nahe am Bahnhof; keine Papiere nötig, und Kinder können nebenan im Spielzimmer bleiben. ",
    "es": "Dos tardes por semana cerca de la estación; no se piden papeles y los niños pueden quedarse en la sala de juegos. ",
    "it": "Due sere a settimana vicino alla stazione; non servono documenti e i bambini possono restare nella sala giochi. ",
    "uk": "Два вечори на тиждень біля вокзалу; документи не потрібні, а діти можуть побути в ігровій кімнаті поруч. ",
    "ar": "أمسيتان في الأسبوع قرب محطة القطار؛ لا حاجة إلى أوراق، ويمكن للأطفال البقاء في غرفة اللعب المجاورة. ",
}


def test_a_long_offer_in_seven_languages_fits_into_a_message(an_example: Example):
    state = an_example("hub.matching.offer.posted.v1")["data"] | {
        "title": {language: (sentence * 2)[:120] for language, sentence in SENTENCES.items()},
        "description": {language: (sentence * 20)[:900] for language, sentence in SENTENCES.items()},
        "languages": ["en", "fr", "de", "es", "it", "uk", "ar", "fa", "ps", "ti"],
        "topics": [{"topic": f"topic_{number}", "from_level": "a1", "to_level": "c2"} for number in range(10)],
        "windows": [{"day": number % 7, "from_minute": 1080, "to_minute": 1200} for number in range(20)],
        "provides": [f"a_tag_of_usual_length_{number}" for number in range(15)],
        "requires": [f"a_tag_of_usual_length_{number}" for number in range(15)],
    }

    raw = seal(OfferPostedV1.model_validate(state), event_id=UUID(int=1), occurred_at=datetime.now(UTC), correlation_id=UUID(int=2))

    assert len(raw) < MAX_MESSAGE_BYTES == 32 * 1024


def _owners(event: type[Event]) -> Iterator[type[BaseModel]]:
    """The classes that declare an event's fields: itself, the state that it extends, and the parts inside."""
    yield from (base for base in event.__mro__ if issubclass(base, Event) and base is not Event)
    schema = event.model_json_schema()
    named = {part.__name__: part for part in PARTS}
    for name in schema.get("$defs", {}):
        assert name in named, f"{name} is a new part of an event: add it to PARTS"
        yield named[name]


def _holds(read: Any, released: Any) -> bool:
    """Whether everything that was released is still read as it was; fields that came later may be there too."""
    if isinstance(released, dict):
        return isinstance(read, dict) and all(key in read and _holds(read[key], value) for key, value in released.items())
    if isinstance(released, list):
        return isinstance(read, list) and len(read) == len(released) and all(map(_holds, read, released))
    return bool(read == released)


def _objects(data: Message, event: type[Event]) -> list[Message]:
    """The event's data and every part inside it; texts per language are maps of any key, and so are left alone."""
    parts = [item for value in data.values() if isinstance(value, list) for item in value if isinstance(item, dict)]
    single = [data["consent"]] if "consent" in event.model_fields else []
    return [data, *parts, *single]
