"""The dashboard and the public statistics: who reads what, the same rows on the page and in the file, and filters that make no sense."""

import csv
import io
import re
from typing import Any

import pytest

from tests.gateway.pages_door import CANARY, SCARCITY, Door, page_of

COUNTS = (
    "needs_posted", "needs_matched", "needs_fulfilled", "needs_withdrawn", "needs_ran_out", "needs_waiting",
    "needs_with_match", "needs_without_place", "requests_made", "requests_accepted", "requests_declined",
    "requests_expired", "requests_called_off", "help_called_off", "outcome_helped", "declined_too_far", "offers_posted",
    "offers_open", "offers_never_asked", "offers_asked", "offers_full", "places", "places_used",
)  # fmt: skip
TIMES = ("time_to_match", "time_to_accept", "time_to_fulfil")
STARTS = ["2026-09-01", "2026-10-01", "2026-11-01"]
HEAD = {"version": 7, "period": "month", "starts": STARTS, "as_of": "2026-11-20", "category": None, "area": None, "language": None}
SPREAD = {"count": 12, "median": 60, "lower": 24, "upper": 120}
ALONE = {"count": 0, "median": None, "lower": None, "upper": None}
SERIES = {
    **HEAD,
    "values": {measure: [3, 11, 7] for measure in COUNTS},
    "total": dict.fromkeys(COUNTS, 21),
    "before": dict.fromkeys(COUNTS, 14),
    "times": {measure: [SPREAD, ALONE, SPREAD] for measure in TIMES},
    "times_total": dict.fromkeys(TIMES, SPREAD),
    "times_before": dict.fromkeys(TIMES, ALONE),
}


def parts(by: str, *keys: str) -> dict[str, Any]:
    items = [{"key": key, "total": dict.fromkeys(COUNTS, 4), "values": [1, 2, 1]} for key in keys]
    return {**HEAD, "by": by, "measure": "needs_posted", "items": items}


QUARTER = {
    "start": "2026-07-01",
    "published_at": "2026-10-01T00:20:00Z",
    "needs": {
        "total": 75, "month": {"2026-07": 25, "2026-08": 30}, "category": {"language": 45, "language.class": 30, "housing.general": 15},
        "area": {"45.20,5.75": 40}, "language": {"ar": 30}, "fate": {"fulfilled": 20, "going_on": 40},
    },
    "requests": {"total": 60, "month": {}, "category": {"language": 30}, "answer": {"accepted": 40, "accepted.fulfilled": 25}},
    "offers": {"total": 390, "category": {"language": 90}, "use": {"offers_asked": 120}},
    "times": {"time_to_match": {"median_days": 3, "lower_days": 1, "upper_days": 8}, "time_to_accept": {"median_days": 1}, "time_to_fulfil": None},
}  # fmt: skip
SMALL = {
    **QUARTER,
    "start": "2026-04-01",
    "needs": {"total": None, "month": {}, "category": {}, "area": {}, "language": {}, "fate": {}},
    "requests": {"total": None, "month": {}, "category": {}, "answer": {}},
    "offers": {"total": None, "category": {}, "use": {}},
    "times": dict.fromkeys(TIMES),
}


@pytest.fixture(autouse=True)
def figures(door: Door) -> None:
    """What the services answer."""
    door.fakes.answers |= {
        "GET /api/v1/statistics/series": SERIES,
        "GET /api/v1/statistics/parts": parts("category", "language", "housing", "45.20,5.75", "=cmd"),
        "GET /api/v1/statistics/keys": {"areas": ["45.20,5.75", "remote", "-"], "languages": ["ar", "-"]},
        "GET /api/v1/statistics/published": page_of(SMALL, QUARTER),
        "GET /api/v1/statistics/measures": page_of(
            *({"code": code, "definition": f"What {code} counts. {CANARY}"} for code in (*COUNTS, *TIMES))
        ),
        "GET /api/v1/statistics": {
            "day": "2026-11-21", "actors": 934, "actors_by_kind": {"municipality": 900, "network": 34}, "open_offers": 385,
            "open_offers_by_category": {"language": 45, "housing": None}, "declarations_by_year": {"2015": 3, "2019": 12},
        },
        "GET /api/v1/scarcity": SCARCITY,
    }  # fmt: skip


def table(answer: Any) -> list[list[str]]:
    """The rows of a file."""
    assert answer.headers["content-type"] == "text/csv; charset=utf-8" and answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def test_a_coordinator_sees_each_figure_with_picture_table_definition_source_and_file(door: Door) -> None:
    text = (await door.get("/dashboard?period=month&from=2026-09-01", "coordinator")).text

    for key in ("needs", "waiting", "categories", "lacking", "areas", "languages", "times", "offers", "answers", "declines", "outcomes"):
        section = re.search(rf'<section class="figure" id="{key}".*?</section>', text, re.S)
        assert section is not None
        assert all(part in section[0] for part in ("<svg", 'role="img"', "<table>", "What is counted", "/api/v1/", f"/dashboard.csv?figure={key}"))
    assert "style=" not in text and CANARY not in text and "Report to print" in text
    assert "median 2.5 days" in text and "14 in the time before" in text


@pytest.mark.parametrize(("role", "status"), [(None, 303), ("volunteer", 403), ("member", 403), ("observer", 303), ("admin", 200)])
@pytest.mark.parametrize("path", ["/dashboard", "/dashboard/report"])
async def test_the_dashboard_opens_to_those_who_may_read_exact_figures(door: Door, role: str | None, status: int, path: str) -> None:
    answer = await door.get(path, role)

    assert answer.status_code == status
    assert role != "observer" or answer.headers["location"] == "/statistics"
    assert role or answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(("role", "status"), [(None, 303), ("volunteer", 403), ("observer", 403)])
async def test_files_of_exact_figures_are_for_the_same_people(door: Door, role: str | None, status: int) -> None:
    assert (await door.get("/dashboard.csv?figure=needs", role)).status_code == status


async def test_a_file_holds_the_rows_of_the_page_and_nothing_that_a_spreadsheet_runs(door: Door) -> None:
    over_time = table(await door.get("/dashboard.csv?figure=needs&period=month", "admin"))
    kinds = table(await door.get("/dashboard.csv?figure=categories", "admin"))

    assert over_time[0][:2] == ["period_start", "needs_posted"] and over_time[1:] == [
        [start, *[value] * 5] for start, value in zip(STARTS, ("3", "11", "7"), strict=True)
    ]
    assert [row[0] for row in kinds[1:]] == ["language", "housing", "45.20,5.75", "'=cmd"]


@pytest.mark.parametrize(("query", "lists"), [("period=month", 3), ("period=day", 3), ("period=day&category=language", 1), ("area=45.20,5.75", 2)])
async def test_what_would_be_broken_too_finely_is_not_asked(door: Door, query: str, lists: int) -> None:
    answer = await door.get(f"/dashboard?{query}", "admin")

    assert answer.status_code == 200
    assert [path for path, _, _ in door.fakes.asked].count("GET /api/v1/statistics/parts") == lists


@pytest.mark.parametrize(
    "query", [f"from={CANARY}", "period=year&to=x", "quarter=x&category=a&language=b", f"area={CANARY}", "from=2026-13-45", "figure=none"]
)
@pytest.mark.parametrize("path", ["/statistics", "/statistics.csv", "/dashboard", "/dashboard.csv", "/dashboard/report"])
async def test_a_filter_that_makes_no_sense_is_said_and_never_breaks_the_page(door: Door, path: str, query: str) -> None:
    answer = await door.get(f"{path}?{query}", "admin")

    assert answer.status_code in (200, 404, 422) and CANARY not in answer.text


async def test_a_refusal_of_the_service_stands_at_the_filter(door: Door) -> None:
    fault = {"pointer": "/query/from", "code": "too_long", "message": "Choose a later first day."}
    door.fakes.answers["GET /api/v1/statistics/series"] = (422, {"code": "invalid", "title": "x", "detail": "x", "errors": [fault]})

    answer = await door.get("/dashboard?from=2001-01-01&period=day", "admin")

    assert answer.status_code == 422 and 'href="#from"' in answer.text and "Choose a later first day." in answer.text


async def test_before_the_first_day_is_counted_the_page_says_when_figures_come(door: Door) -> None:
    nothing: dict[str, Any] = {**SERIES, "starts": [], "as_of": None, "values": {}, "total": {}, "before": {}, "times": {}}
    door.fakes.answers["GET /api/v1/statistics/series"] = nothing
    door.fakes.answers["GET /api/v1/statistics/published"] = page_of()

    pages = [(await door.get(path, "admin")).text for path in ("/dashboard", "/dashboard/report", "/statistics")]

    assert "Nothing is counted yet." in pages[0] and "Nothing is counted yet." in pages[1] and "No quarter is published yet" in pages[2]


async def test_everybody_reads_published_figures_and_a_dash_for_what_is_left_out(door: Door) -> None:
    text = (await door.get("/statistics")).text

    assert all(
        f'id="{key}"' in text
        for key in ("needs", "months", "by-category", "by-area", "by-language", "fates", "answers", "offers", "times", "declarations")
    )
    assert "–" in text and "Language, not told more closely" not in text and "75" in text and "style=" not in text and CANARY not in text
    assert not any("/series" in path or "/parts" in path for path, _, _ in door.fakes.asked)


async def test_a_published_file_leaves_withheld_cells_empty(door: Door) -> None:
    needs = table(await door.get("/statistics.csv?figure=needs"))
    narrowed = table(await door.get("/statistics.csv?figure=needs&language=ar"))

    assert needs == [["quarter_start", "needs_count", "requests_count"], ["2026-04-01", "", ""], ["2026-07-01", "75", "60"]]
    assert narrowed == [["quarter_start", "needs_count"], ["2026-04-01", ""], ["2026-07-01", "30"]]


async def test_two_filters_at_once_are_not_published(door: Door) -> None:
    answer = await door.get("/statistics?category=language&language=ar")

    assert answer.status_code == 422 and "Choose one of kind of help, area and language." in answer.text


async def test_the_page_stands_while_a_service_is_away_and_files_explain_themselves(door: Door) -> None:
    readme = await door.get("/statistics/readme.txt")
    for route in ("published", "measures"):
        door.fakes.answers[f"GET /api/v1/statistics/{route}"] = (503, {"code": "away", "title": "Away", "detail": "Away"})

    answer = await door.get("/statistics")

    assert answer.status_code == 200 and 'id="organisations"' in answer.text
    assert "needs_posted: What needs_posted counts." in readme.text and readme.headers["content-type"].startswith("text/plain")


async def test_pictures_run_the_way_one_reads(door: Door) -> None:
    pages = {locale: (await door.get("/statistics", **{"accept-language": locale})).text for locale in ("en", "ar")}

    found = {locale: re.search(r'id="fates".*?<rect class="part" x="([\d.]+)%" y="[\d.]+em" width', text, re.S) for locale, text in pages.items()}
    newest = {locale: float(match[1]) for locale, match in found.items() if match}
    assert newest["ar"] < 40 < newest["en"]
