"""The page of the open data: files, licence, how to cite, how to keep a copy; for everybody, linked from every page."""

from typing import Any

from tests.gateway.pages_door import CANARY, Door

INDEX: dict[str, Any] = {
    "title": "Registry of welcome", "publisher": CANARY, "licence_name": "CC-BY-4.0", "licence_url": "https://creativecommons.org/licenses/by/4.0/",
    "citation": "Ville de Grenoble: Registry of welcome, as of 2026-11-21.", "changed_at": "2026-11-21T09:00:00Z", "harvest_overlap_seconds": 600,
    "remembered_days": 30,
    "datasets": [
        {
            "name": name, "title": name, "description": name,
            "files": [{"name": f"{name}.csv", "address": f"/api/v1/export/{name}.csv", "format": "csv", "media_type": "text/csv", "bytes": None}],
        }
        for name in ("actors", "memberships", "declarations", "initiatives", "resources", "capacities", "practices", "offers", "all")
    ],
}  # fmt: skip


async def test_everybody_reads_what_can_be_taken_and_how(door: Door) -> None:
    door.fakes.answers["GET /api/v1/export"] = INDEX

    text = (await door.get("/open-data")).text

    assert 'href="/api/v1/export/offers.csv" type="text/csv" download' in text
    assert 'href="https://creativecommons.org/licenses/by/4.0/" rel="license"' in text
    assert "as of 2026-11-21" in text and "at least every 30 days" in text
    assert "modified_after=1970-01-01T00:00:00Z&amp;limit=200" in text
    assert CANARY not in text and "style=" not in text and "<script>" not in text


async def test_a_hub_without_data_says_so(door: Door) -> None:
    door.fakes.answers["GET /api/v1/export"] = {**INDEX, "changed_at": None}

    assert "There are no data yet." in (await door.get("/open-data")).text


async def test_every_page_leads_there(door: Door) -> None:
    assert '<a href="/open-data">Open data</a>' in (await door.get("/privacy")).text
