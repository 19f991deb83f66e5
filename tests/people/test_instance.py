"""The settings of the hub: kept, bounded, told, and applied where they hold."""

import base64
import struct
import zlib
from typing import Any

import pytest

from chassis.colour import LIGHT_GROUNDS, contrast, least_contrast, readable
from chassis.identity import Caller
from chassis.ids import new_id
from chassis.testing import anonymous
from contracts.people import InstanceChangedV1
from tests.people.conftest import MakeTown, Town

SETTINGS = "/api/v1/instance/settings"


def png(width: int = 40, height: int = 30) -> bytes:
    """A picture."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x20\x60\x80" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", rows) + part(b"IEND", b"")


async def change(town: Town, who: Caller, version: int = 0, **chosen: Any) -> Any:
    """Change settings."""
    return await town.bench.patch(who, SETTINGS, chosen, version=version)


async def put_logo(town: Town, who: Caller, content: bytes, version: int = 0) -> Any:
    """Choose a picture."""
    body = {"image": base64.b64encode(content).decode()}
    return await town.bench.call(who, "PUT", "/api/v1/instance/logo", json=body, headers={"if-match": f'"{version}"'})


async def test_a_changed_setting_is_kept_told_and_written_down(both: Town) -> None:
    admin = await both.person("admin")

    answer = await change(both, admin, name="Welcome hub", home_title={"fr": " Bonjour ", "en": ""}, answer_days=5)

    assert answer.status_code == 200 and answer.json()["version"] == 1 and answer.headers["etag"] == '"1"'
    assert (await both.bench.get(anonymous(), "/api/v1/instance")).json()["home_title"] == {"fr": "Bonjour"}
    told = [event for event in await both.bench.queued() if isinstance(event, InstanceChangedV1)]
    assert [(event.version, event.name, event.answer_days) for event in told] == [(1, "Welcome hub", 5)]
    assert "instance.changed" in await both.bench.audit_actions()


async def test_what_is_left_out_stays_and_null_goes_back(both: Town) -> None:
    admin = await both.person("admin")
    await change(both, admin, name="Welcome hub", answer_days=5)

    answer = await change(both, admin, 1, name=None)

    assert answer.json()["name"] is None and answer.json()["answer_days"] == 5


async def test_of_two_changes_at_once_the_second_is_told_so(town: Town) -> None:
    admin = await town.person("admin")

    first, second = await change(town, admin, name="One"), await change(town, admin, name="Two")

    assert (first.status_code, second.status_code) == (200, 412)
    assert (await town.bench.call(admin, "PATCH", SETTINGS, json={"name": "Three"})).status_code == 428


async def test_what_the_environment_fixed_cannot_be_changed_and_is_shown_as_fixed(make_town: MakeTown) -> None:
    town = await make_town("sqlite", instance_fixed=["name"])
    admin = await town.person("admin")

    refused, taken = await change(town, admin, name="Other"), await change(town, admin, answer_days=9)

    assert refused.status_code == 422 and refused.json()["errors"][0]["pointer"] == "/name"
    assert taken.json()["fixed"] == ["name"] and taken.json()["name"] is None


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"colour": "#ffcc00"}, "/colour"),
        ({"accent": "#88ccdd"}, "/accent"),
        ({"colour": "red; } body { display: none"}, "/colour"),
        ({"name": "Two\nlines"}, "/name"),
        ({"languages": []}, "/languages"),
        ({"languages": ["fr", "fr"]}, ""),
        ({"languages": ["fr"], "default_language": "de"}, "/default_language"),
        ({"office_email": "a@b@c"}, "/office_email"),
        ({"audit_days": 30}, "/audit_days"),
        ({"closed_case_days": 4000}, "/closed_case_days"),
        ({"answer_days": 0}, "/answer_days"),
        ({"held_words": ["x"]}, "/held_words"),
        ({"home_title": {"xx": "?"}}, "/home_title/xx/?"),
        ({"home_title": {"fr": "x" * 121}}, "/home_title"),
        ({"moderation": "nobody"}, "/moderation"),
        ({"trusted_actors": [str(new_id())]}, "/trusted_actors"),
        ({"unknown": 1}, "/unknown"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field(town: Town, body: dict[str, Any], pointer: str) -> None:
    admin = await town.person("admin")

    answer = await change(town, admin, **body)

    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert (await town.bench.get(admin, SETTINGS)).json()["version"] == 0


async def test_a_pale_colour_is_answered_with_the_nearest_that_can_be_read(town: Town) -> None:
    admin = await town.person("admin")

    words = (await change(town, admin, colour="#ff9900")).json()["errors"][0]["message"]

    nearest = words.rstrip(".").split()[-1]
    assert contrast(nearest, "#ffffff") >= 4.5 and (await change(town, admin, colour=nearest)).status_code == 200


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#777777", "#ff0000", "#00ff00", "#0000ff", "#0b5563"])
def test_every_colour_has_a_shade_that_can_be_read(colour: str) -> None:
    shade = readable(colour, LIGHT_GROUNDS)

    assert least_contrast(shade, LIGHT_GROUNDS) >= 4.5
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


async def test_texts_and_addresses_of_the_office_are_read_and_never_travel(town: Town) -> None:
    admin = await town.person("admin")
    texts = dict.fromkeys(("en", "fr", "de", "es", "it", "uk", "ar"), "ї" * 1000)

    answer = await change(town, admin, imprint=texts, privacy=texts, office_email="office@city.example")

    assert answer.status_code == 200 and answer.json()["office_email"] == "office@city.example"
    [told] = [event for event in await town.bench.queued() if isinstance(event, InstanceChangedV1)]
    assert "office_email" not in told.model_dump() and "imprint" not in told.model_dump()


async def test_a_picture_is_known_by_its_bytes_and_given_to_the_gateway(both: Town) -> None:
    admin = await both.person("admin")

    kept = (await put_logo(both, admin, png())).json()["logo"]

    gateway = Caller(kind="service", id="gateway")
    given = await both.bench.get(gateway, f"/internal/v1/instance/logo/{kept['sha256']}")
    assert (kept["media_type"], kept["width"], kept["height"]) == ("image/png", 40, 30)
    assert given.content == png() and given.headers["content-type"] == "image/png"
    gone = await both.bench.call(admin, "DELETE", "/api/v1/instance/logo", headers={"if-match": '"1"'})
    assert gone.json()["logo"] is None and (await both.bench.get(gateway, f"/internal/v1/instance/logo/{kept['sha256']}")).status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"\x89PNG\r\n\x1a\n<script>alert(1)</script>",
        b"GIF89a" + b"\0" * 100,
        b"\xff\xd8\xff" + b"\0" * 100,
        b"\xff\xd8\xff\xe0\x00\x00",
        b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 4,
        png(8, 8),
        png(40, 30) + b"\0" * 200_000,
        b"",
    ],
)
async def test_what_is_no_picture_is_refused(town: Town, content: bytes) -> None:
    admin = await town.person("admin")

    answer = await put_logo(town, admin, content)

    assert answer.status_code == 422 and answer.json()["errors"][0]["pointer"] == "/image"


@pytest.mark.parametrize("role", ["volunteer", "member", "coordinator", "observer"])
async def test_only_administrators_read_the_rules_and_change_them(town: Town, role: str) -> None:
    other = await town.person(role)

    answers = [await town.bench.get(other, SETTINGS), await change(town, other, name="Mine"), await put_logo(town, other, png())]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert (await town.bench.get(anonymous(), SETTINGS)).status_code == 401
    assert (await town.bench.get(anonymous(), "/internal/v1/instance")).status_code == 403


async def test_everybody_reads_what_the_hub_is_and_nothing_of_its_rules(town: Town) -> None:
    admin = await town.person("admin")
    await change(town, admin, held_words=["loan"], moderation="new", publisher="City of Grenoble")

    read = (await town.bench.get(anonymous(), "/api/v1/instance")).json()

    assert read["publisher"] == "City of Grenoble"
    assert "held_words" not in read and "moderation" not in read and "trusted_actors" not in read


async def test_offering_by_mail_closes_without_a_restart(town: Town) -> None:
    admin = await town.person("admin")
    before = (await town.bench.get(anonymous(), "/api/v1/registrations/terms")).json()["allowed"]

    await change(town, admin, offer_by_mail=False)

    after = (await town.bench.get(anonymous(), "/api/v1/registrations/terms")).json()["allowed"]
    asked = await town.bench.post(anonymous(), "/api/v1/registrations", {"email": "a@b.example", "locale": "en", "carry": "x" * 20})
    assert (before, after, asked.status_code) == (True, False, 403)
