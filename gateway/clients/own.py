"""Questions about one's own help: what came of it, what is asked about a request, the calendar's address, another e-mail address, one's team."""

from uuid import UUID

from chassis.errors import HubError
from chassis.identity import Caller
from gateway.clients.asking import Asker, Listing, ProblemFromService, Record, path_of
from gateway.session import GATEWAY, Visitor


class LinkIsOver(HubError):
    """The link was used, replaced, or its time is over; one answer for all."""

    status = 410


class OwnClient:
    """What volunteers and members ask about their own help and account."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def results(self, whose: str) -> Record:
        """Households, hours and places, by kind and month; `whose` is me or actor."""
        return await self._ask.get("/api/v1/results", [("of", whose)])

    async def questions(self, match_id: str) -> Listing:
        """What was asked about a match, oldest first."""
        return await self._ask.list(path_of("/api/v1/matches/{}/questions", match_id))

    async def ask(self, match_id: str, text: str, once: str | None) -> Record:
        """Ask the coordinator something about a request."""
        return await self._ask.send("POST", path_of("/api/v1/matches/{}/questions", match_id), {"text": text}, once=once)

    async def answer(self, match_id: str, question_id: str, text: str, once: str | None) -> Record:
        """Answer a question."""
        return await self._ask.send("POST", path_of("/api/v1/matches/{}/questions/{}/answer", match_id, question_id), {"text": text}, once=once)

    async def feed(self) -> Record:
        """Whether the calendar has a secret address."""
        return await self._ask.get("/api/v1/me/calendar-feed")

    async def make_feed(self) -> Record:
        """A new secret address."""
        return await self._ask.send("POST", "/api/v1/me/calendar-feed")

    async def end_feed(self) -> None:
        """No address any more."""
        await self._ask.send("DELETE", "/api/v1/me/calendar-feed")

    async def email_change(self) -> Record:
        """Whether another address waits to be confirmed."""
        return await self._ask.get("/api/v1/me/email-change")

    async def change_email(self, email: str) -> Record:
        """Ask for another address."""
        return await self._ask.send("POST", "/api/v1/me/email-change", {"email": email})

    async def keep_email(self) -> None:
        """Take that back."""
        await self._ask.send("DELETE", "/api/v1/me/email-change")

    async def confirm_email(self, token: str) -> Record:
        """One of the two addresses is confirmed."""
        return await self._ask.send("POST", "/api/v1/email-changes/confirm", {"token": token})

    async def erase_me(self) -> None:
        """Delete the own account, for good."""
        await self._ask.send("DELETE", "/api/v1/me")

    async def leave_team(self, account_id: str) -> Record:
        """Take a member out of the own organisation."""
        return await self._ask.send("POST", path_of("/api/v1/accounts/{}/leave-team", account_id))


class LinkClient:
    """What the gateway itself asks about secret links, for somebody who is not signed in. Tries are counted by address, as signing in is."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def open_answer(self, token: str) -> Record:
        """Who may answer which request with this token. Raises LinkIsOver."""
        return await self._inside("/internal/v1/answer-links/open", token)

    async def use_answer(self, token: str) -> Record:
        """It was answered. Raises LinkIsOver."""
        return await self._inside("/internal/v1/answer-links/use", token)

    async def open_feed(self, token: str) -> Record:
        """Whose calendar has this address; not counted, for calendar services ask for many people from one place. Raises LinkIsOver."""
        return await self._inside("/internal/v1/calendar-feeds/open", token, counted=False)

    async def answer_match(self, caller: Caller, match_id: str, verb: str, reason: str | None) -> Record:
        """Accept or decline as the holder of a link. Raises ProblemFromService."""
        body = {"verb": verb, **({"reason": reason} if reason else {})}
        answer = await self._ask.lines["matching"].ask(caller, "POST", path_of("/internal/v1/matches/{}/answer", match_id), body=body)
        found: Record = answer.json()
        if answer.status >= 400:
            raise ProblemFromService(answer.status, found)
        return found

    async def _inside(self, path: str, token: str, *, counted: bool = True) -> Record:
        if counted:
            await self._ask.limits.take("sign-in", self._ask.address)
        answer = await self._ask.lines["people"].ask(GATEWAY, "POST", path, body={"token": token})
        if answer.status in (404, 410, 422):
            raise LinkIsOver("This link does not work any more.")
        found: Record = answer.json()
        if answer.status >= 400:
            raise ProblemFromService(answer.status, found)
        return found


def caller_of_link(link: Record) -> Caller:
    """The account that holds a link, as the services know callers."""
    actor = link.get("actor_id")
    return Caller("account", str(link["account_id"]), str(link["role"]), UUID(str(actor)) if actor else None, frozenset(), str(link["locale"]))


def visitor_of_link(link: Record) -> Visitor:
    """The holder of a link at the door, for that one answer."""
    return Visitor(caller_of_link(link))
