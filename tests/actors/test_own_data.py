"""What actors keeps about the holder of an account: kept searches, claims, and which records they entered."""

from chassis.ids import new_id
from chassis.testing import Bench, account, anonymous


async def test_an_account_gets_its_searches_claims_and_entries_and_nobody_else_does(either_bench: Bench) -> None:
    bench, mine = either_bench, account("coordinator", account_id=new_id())
    actor = (await bench.post(mine, "/api/v1/actors", {"kind": "civil_society", "name": "Club", "source": "https://example.org"})).json()
    volunteer = account("volunteer", account_id=new_id())
    search = {"name": "Halls", "query": {"q": "hall"}, "language": "en", "digest": "never"}
    kept_search = await bench.post(volunteer, "/api/v1/searches", search)
    claimed = await bench.post(volunteer, f"/api/v1/actors/{actor['id']}/claims", {"text": "I am on the board since 2020."})

    helper = await bench.get(volunteer, f"/internal/v1/accounts/{volunteer.id}/data")
    editor = await bench.get(mine, f"/internal/v1/accounts/{mine.id}/data")
    refused = [await bench.get(who, f"/internal/v1/accounts/{volunteer.id}/data") for who in (mine, account("admin"), anonymous())]

    assert (kept_search.status_code, claimed.status_code) == (201, 201), kept_search.text + claimed.text
    kept = helper.json()["kept"]
    assert [row["name"] for row in kept["saved_searches"]] == ["Halls"]
    assert [row["text"] for row in kept["claims"]] == ["I am on the board since 2020."]
    assert [(row["record_id"], row["act"]) for row in editor.json()["kept"]["entered"]] == [(actor["id"], "entered")]
    assert [answer.status_code for answer in refused] == [403, 403, 403]
