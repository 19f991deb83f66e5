"""Files that are the same for everybody travel small and are not fetched twice."""

from tests.gateway.pages_door import Door


async def test_a_script_travels_compressed_and_is_not_sent_again_to_who_has_it(door: Door) -> None:
    first = await door.get("/static/hub.css", **{"Accept-Encoding": "gzip"})
    again = await door.get("/static/hub.css", **{"Accept-Encoding": "gzip", "If-None-Match": first.headers["etag"]})
    plain = await door.get("/static/hub.css", **{"Accept-Encoding": "identity"})

    assert (first.status_code, first.headers["content-encoding"], first.headers["content-type"]) == (200, "gzip", "text/css; charset=utf-8")
    assert (again.status_code, again.content) == (304, b"")
    assert "content-encoding" not in plain.headers
    assert plain.text == first.text
    assert "Accept-Encoding" in first.headers["vary"] and "Accept-Encoding" in plain.headers["vary"]


async def test_what_carries_its_version_in_its_name_is_kept_and_the_rest_is_asked_after(door: Door) -> None:
    leaflet = await door.get("/static/vendor/leaflet-1.9.4.js", **{"Accept-Encoding": "gzip"})
    own = await door.get("/static/map.js", **{"Accept-Encoding": "gzip"})

    assert "immutable" in leaflet.headers["cache-control"]
    assert own.headers["cache-control"] == "public, no-cache"
    assert (await door.get("/static/none.js")).status_code == 404
