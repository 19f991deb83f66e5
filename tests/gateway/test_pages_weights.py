"""The page of weights: the presets, a new one that sums to 100, and the use of one after a word of what will happen."""

import pytest

from tests.gateway.pages_door import CANARY, PART_NAMES, Door

TENS = {f"part-{name}": "10" for name in PART_NAMES}


async def test_presets_are_shown_with_how_to_try_them_and_which_is_in_use(door: Door) -> None:
    text = (await door.get("/admin/weights", "admin")).text

    assert text.count("In use</span>") == 1 and "./hub replay --weights near-first-1" in text
    assert 'href="/admin/weights/near-first-1/use"' in text and 'href="/admin/weights/default-1/use"' not in text
    assert CANARY not in text and "&lt;script&gt;" in text


async def test_new_weights_are_made_of_ten_numbers(door: Door) -> None:
    response = await door.post("/admin/weights", "admin", version="less-travel-1", note="Nearer.", once="form-4", **TENS)

    assert response.headers["location"] == "/admin/weights?done=weights-made"
    assert door.bodies("POST /api/v1/weights") == [{"version": "less-travel-1", "parts": dict.fromkeys(PART_NAMES, 10), "note": "Nearer."}]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"version": "a-1", **TENS, "part-distance": "9"}, "The weights must sum to 100; these sum to 99."),
        ({"version": "a-1", **TENS, "part-times": "-10"}, "Give a whole number from 0 to 100."),
        ({"version": "a-1", **TENS, "part-times": CANARY}, "Give a whole number from 0 to 100."),
        ({**TENS}, "Give the weights a name."),
    ],
)
async def test_weights_that_cannot_be_are_explained_and_not_sent(door: Door, form: dict[str, str], words: str) -> None:
    response = await door.post("/admin/weights", "admin", **form)

    assert response.status_code == 422 and words in response.text and CANARY not in response.text
    assert door.bodies("POST /api/v1/weights") == []


async def test_a_name_that_is_taken_is_told_at_its_field(door: Door) -> None:
    fault = {"pointer": "/version", "code": "taken", "message": "This name is taken."}
    door.fakes.answers["POST /api/v1/weights"] = (422, {"code": "invalid", "detail": "Look again.", "errors": [fault]})

    response = await door.post("/admin/weights", "admin", version="default-1", **TENS)

    assert response.status_code == 422 and '<a href="#version">This name is taken.' in response.text


async def test_weights_are_used_after_a_word_of_what_will_happen(door: Door) -> None:
    page = await door.get("/admin/weights/near-first-1/use", "admin")
    asked = door.bodies("POST /api/v1/weights/near-first-1/use")
    response = await door.post("/admin/weights/near-first-1/use", "admin")

    assert "The proposals of every open need are computed anew." in page.text and asked == []
    assert response.headers["location"] == "/admin/weights?done=weights-used" and len(door.bodies("POST /api/v1/weights/near-first-1/use")) == 1


@pytest.mark.parametrize("path", ["/admin/weights", "/admin/weights/near-first-1/use"])
@pytest.mark.parametrize(("role", "status"), [(None, 303), ("volunteer", 403), ("member", 403), ("coordinator", 403), ("observer", 403)])
async def test_only_an_administrator_chooses_weights(door: Door, path: str, role: str | None, status: int) -> None:
    read, sent = await door.get(path, role), await door.post(path, role, version="a-1", **TENS)

    assert read.status_code == sent.status_code == status
    assert not [asked for asked, _, _ in door.fakes.asked if asked.startswith("POST")]


@pytest.mark.parametrize("name", ["Near", "..%2f..", "a" * 61])
async def test_a_name_that_is_none_leads_nowhere(door: Door, name: str) -> None:
    response = await door.post(f"/admin/weights/{name}/use", "admin")

    assert response.status_code in (404, 405)
    assert not [asked for asked, _, _ in door.fakes.asked if asked.startswith("POST")]


async def test_everybody_reads_the_weights_in_use_in_plain_words(door: Door) -> None:
    text = (await door.get("/matching-explained")).text

    assert "The weights in use here are called “default-1”. A balance." in text and "What fair_load asks." in text and CANARY not in text


async def test_the_page_stands_while_matching_is_away(door: Door) -> None:
    door.fakes.answers.clear()

    response = await door.get("/matching-explained")

    assert response.status_code == 200 and "The weights cannot be read at this moment." in response.text
