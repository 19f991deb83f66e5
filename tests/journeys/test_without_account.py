"""Two people without an account on a whole hub, by its pages alone: one offers help by a mailed link, one asks for it and follows it."""

import asyncio
import re
import time
from html import unescape
from pathlib import Path
from typing import Any

import httpx2

from tests.journeys.hub import CITY, RunningHub, running_hub, sign_in

SETTINGS = {"MATCHING_ASK_WITHOUT_NAME": "true", "MATCHING_ASK_PLACE": "Reception office, town hall"}
PLACE = {"place": "", "lat": "45.19", "lon": "5.72"}
ADDRESS = "ana.without.account@mail.example"


class Browser:
    """A browser without scripts: pages are loaded, forms are sent as they stand, loads are counted."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client
        self.loads: list[str] = []
        self.text = ""

    async def load(self, path: str) -> str:
        answer = await self.client.get(path, follow_redirects=True)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:2000])
        self.loads.append(str(answer.url))
        self.text = answer.text
        return self.text

    async def send(self, path: str, **fields: Any) -> str:
        answer = await self.client.post(path, data=fields)
        assert answer.status_code == 303, (path, answer.status_code, re.findall(r'role="alert".*?</ul>', answer.text, re.S))
        return await self.load(answer.headers["location"])

    def hidden(self, name: str) -> str:
        return unescape(self.text.split(f'name="{name}" value="', 1)[1].split('"', 1)[0])


async def api(hub: RunningHub, who: str, method: str, path: str, body: Any = None) -> Any:
    async with httpx2.AsyncClient(base_url=hub.url, timeout=20) as client:
        token = await sign_in(client, hub, who)
        answer = await client.request(method, path, json=body, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code in (200, 201), answer.text
        return answer.json()


async def until(act: Any, seconds: float = 45) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := await act():
            return found
        await asyncio.sleep(0.3)
    raise AssertionError("it did not happen in time")


async def mailed_link(hub: RunningHub) -> str:
    async def look() -> str | None:
        mails = (await api(hub, "admin", "GET", "/api/v1/messages/caught"))["items"]
        found = [re.search(r"/offer/confirm/[\w-]+", mail["text"]) for mail in mails if mail["recipient"] == ADDRESS]
        return next((link.group(0) for link in found if link), None)

    return str(await until(look))


async def test_an_offer_and_an_ask_of_people_without_an_account_meet(tmp_path: Path) -> None:
    async with running_hub(tmp_path, settings=SETTINGS) as hub:
        async with httpx2.AsyncClient(base_url=hub.url, timeout=20, headers={"Accept": "text/html"}) as client:
            ana = Browser(client)
            assert 'href="/offer"' in await ana.load("/")
            await ana.load("/offer")
            await ana.load("/offer/what?category=language.class")
            await ana.send("/offer/what", category="language.class", title="French in the evening", text_language="en", places="2", languages="fr")
            await ana.send("/offer/where", **PLACE, radius_km="8")
            await ana.send("/offer/check", email=ADDRESS)
            link = await mailed_link(hub)
            await ana.load(link)
            done = await ana.send(link, name="Ana")
            assert len(ana.loads) == 8 and "French in the evening" in done
        waiting = (await api(hub, "coordinator", "GET", "/api/v1/offers?state=awaiting_moderation"))["items"]
        assert [offer["title"] for offer in waiting] == [{"en": "French in the evening"}]
        await api(hub, "coordinator", "POST", f"/api/v1/offers/{waiting[0]['id']}/approve")

        async with httpx2.AsyncClient(base_url=hub.url, timeout=20, headers={"Accept": "text/html"}) as client:
            asker = Browser(client)
            await asker.load("/ask")
            first = {"step": "what", "kinds": "language.class", "opened": asker.hidden("opened")}
            asker.text = (await client.post("/ask", data=first)).text
            again = {**first, "step": "who", "opened": asker.hidden("opened"), "once": asker.hidden("once")}
            await asyncio.sleep(3)
            noted = await asker.send("/ask", **again, **PLACE, adults="1", children="1", languages="fr", max_travel_km="5", consent="yes")
            code, words = re.findall(r'<dd dir="ltr" lang="zxx">([^<]+)</dd>', noted)
            ask_id = (await api(hub, "coordinator", "GET", "/api/v1/asks"))["items"][0]["id"]
            case = await api(hub, "coordinator", "POST", f"/api/v1/asks/{ask_id}/take", {"urgency": "high"})
            assert case["code"] == code and case["actor_id"] == str(CITY)
            need = (await api(hub, "coordinator", "GET", f"/api/v1/needs?case_id={case['id']}"))["items"][0]

            async def proposals() -> Any:
                return (await api(hub, "coordinator", "GET", f"/api/v1/needs/{need['id']}/proposals"))["items"]

            assert [proposal["offer_id"] for proposal in await until(proposals)] == [waiting[0]["id"]]
            await api(hub, "coordinator", "POST", "/api/v1/matches", {"need_id": need["id"], "offer_id": waiting[0]["id"]})
            await api(hub, "coordinator", "POST", f"/api/v1/asks/{ask_id}/messages", {"sentence": "found_come"})

        async with httpx2.AsyncClient(base_url=hub.url, timeout=20, headers={"Accept": "text/html"}) as client:
            elsewhere = Browser(client)
            await elsewhere.load("/follow")
            page = await elsewhere.send("/follow", code=code.lower(), words=words.upper())
            assert "asks whether it can be given" in page and "We have found help for you." in page and "Reception office, town hall" in page
            assert "French in the evening" not in page and "Ana" not in page and words not in page
            over = await elsewhere.send("/follow/withdraw", sure="yes")
            assert "Not looked for any more" in over
        assert (await api(hub, "coordinator", "GET", f"/api/v1/cases/{case['id']}"))["state"] == "closed"

        logs = "".join(path.read_text(encoding="utf-8", errors="replace") for path in hub.instance.logs.glob("*.log"))
        assert logs and words not in logs and words.replace(" ", "-") not in logs and ADDRESS not in logs
        stored = b"".join(path.read_bytes() for path in hub.instance.data.rglob("*") if path.is_file() and path.suffix in (".db", ".db-wal", ".blk"))
        assert words.encode() not in stored and ADDRESS.encode() not in stored
