"""The small readings of text, and the OpenAPI document."""

import pytest
from openapi_spec_validator import validate

from chassis.testing import Bench
from services.actors.model.directory import language_keys, weekdays_of
from services.actors.model.texts import folded, is_citation, is_date, is_slug, is_web_address, slug_of


@pytest.mark.parametrize(
    ("name", "found"),
    [("Málaga (ES)", "malaga es"), ("Łódź", "lodz"), ("STRASSE Straße", "strasse strasse"), ("Київ", "киів"), ("  ", ""), ("Ærø", "aero")],
)
def test_names_are_found_without_accents_and_case(name: str, found: str) -> None:
    assert folded(name) == found


def test_keys_are_made_from_latin_names_alone() -> None:
    assert slug_of("Saint-Étienne", ending="FR") == "saint-etienne-fr"
    assert slug_of("Київ") is None
    assert len(slug_of("x" * 200, ending="FR") or "") == 80


@pytest.mark.parametrize(("text", "right"), [("grenoble-fr", True), ("a--b", False), ("-a", False), ("A", False), ("a" * 81, False), ("a\n", False)])
def test_a_key_has_small_letters_digits_and_single_hyphens(text: str, right: bool) -> None:
    assert is_slug(text) is right


@pytest.mark.parametrize(
    ("text", "right"),
    [("2015", True), ("2016-02-29", True), ("2015-02-29", False), ("2015-00", False), ("20150904", False), ("0999", False), ("2015-9", False)],
)
def test_a_date_exists_or_is_refused(text: str, right: bool) -> None:
    assert is_date(text) is right


def test_addresses_are_http_and_sources_are_words_or_http() -> None:
    assert is_web_address("https://example.org/a?b=c#d")
    assert not any(is_web_address(text) for text in ("ftp://x.org", "https://", "https://a b", "http://[::1", "https://u@x.org", "//x.org"))
    assert is_citation("Dreher 2024: a report") and is_citation("Seed 001.txt") and is_citation("https://x.org (list)")
    assert not any(is_citation(text) for text in ("javascript:alert(1)", "data:text/html,x", " vbscript:x"))


def test_an_offer_is_found_under_its_main_languages_and_weekdays() -> None:
    assert language_keys(("pt-BR", "fr")) == ("pt-br", "pt", "fr")
    assert (weekdays_of([0, 2, 2]), weekdays_of([])) == (0b101, 0b1111111)


async def test_the_openapi_document_declares_the_routes_of_the_records(bench: Bench) -> None:
    document = bench.app.openapi()
    validate(document)

    paths = {path for path in document["paths"] if path.startswith("/api/")}
    ids = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]

    parts = {f"/api/v1/{kind}{tail}" for kind, name in PARTS for tail in ("", f"/{{{name}_id}}")}
    assert paths >= parts | {
        "/api/v1/actors", "/api/v1/actors/{actor}", "/api/v1/actors/{actor}/archive", "/api/v1/actors.geojson", "/api/v1/network",
        "/api/v1/imports", "/api/v1/directory", "/api/v1/directory/{offer_id}", "/api/v1/statistics",
    }  # fmt: skip
    assert len(ids) == len(set(ids))


PARTS = [("memberships", "membership"), ("declarations", "declaration"), ("initiatives", "initiative"), ("resources", "resource")]
