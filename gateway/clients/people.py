"""Questions to `people`: signing in, one's own account, others' accounts, API clients, contacts and consents."""

from gateway.clients.asking import Asker, Json, Listing, Query, Record, path_of


class SessionsClient:
    """Signing in and out, invitations and new passwords."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def sign_in(self, email: str, password: str, code: str | None) -> Record:
        """A session, with its token."""
        body = {"email": email, "password": password, **({"code": code} if code else {})}
        return await self._ask.send("POST", "/api/v1/sessions", body)

    async def sign_out(self) -> None:
        """End the present session."""
        await self._ask.send("DELETE", "/api/v1/sessions/current")

    async def sessions(self) -> Listing:
        """The caller's sessions."""
        return await self._ask.list("/api/v1/sessions")

    async def end(self, session_id: str) -> None:
        """End one of them."""
        await self._ask.send("DELETE", path_of("/api/v1/sessions/{}", session_id))

    async def accept_invitation(self, body: Json) -> Record:
        """Make an account of an invitation."""
        return await self._ask.send("POST", "/api/v1/invitations/accept", body)

    async def ask_reset(self, email: str) -> Record:
        """Ask for a link to choose a new password."""
        return await self._ask.send("POST", "/api/v1/password-resets", {"email": email})

    async def complete_reset(self, token: str, password: str) -> Record:
        """Choose a new password with that link."""
        return await self._ask.send("POST", "/api/v1/password-resets/complete", {"token": token, "password": password})


class MeClient:
    """The caller's own account."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def profile(self) -> Record:
        """Name, address, language, role."""
        return await self._ask.get("/api/v1/me")

    async def change(self, body: Json, version: int) -> Record:
        """Change name, telephone number or language."""
        return await self._ask.send("PATCH", "/api/v1/me", body, version=version)

    async def change_password(self, current: str, new: str) -> Record:
        """Another password; other sessions end."""
        return await self._ask.send("POST", "/api/v1/me/password", {"current_password": current, "new_password": new})

    async def begin_second_factor(self, code: str | None) -> Record:
        """What an authenticator needs."""
        return await self._ask.send("POST", "/api/v1/me/second-factor", {"code": code} if code else {})

    async def confirm_second_factor(self, code: str) -> Record:
        """Recovery codes and a new session."""
        return await self._ask.send("POST", "/api/v1/me/second-factor/confirm", {"code": code})

    async def remove_second_factor(self, code: str) -> None:
        """Give it up."""
        await self._ask.send("DELETE", "/api/v1/me/second-factor", {"code": code})

    async def consents(self) -> Listing:
        """What the caller allowed."""
        return await self._ask.list("/api/v1/me/consents")

    async def consent(self, share_contact: bool, text_version: str) -> Record:
        """Share the contact with the other side of accepted matches, or no longer."""
        return await self._ask.send("POST", "/api/v1/me/consents", {"share_contact": share_contact, "text_version": text_version})


class AccountsClient:
    """People and invitations, for those who may invite."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def accounts(self, query: Query = ()) -> Listing:
        """Accounts that the caller may see."""
        return await self._ask.list("/api/v1/accounts", query)

    async def account(self, account_id: str) -> Record:
        """One of them."""
        return await self._ask.get(path_of("/api/v1/accounts/{}", account_id))

    async def change(self, account_id: str, body: Json, version: int) -> Record:
        """Another role, or disabled."""
        return await self._ask.send("PATCH", path_of("/api/v1/accounts/{}", account_id), body, version=version)

    async def invitations(self) -> Listing:
        """Open invitations."""
        return await self._ask.list("/api/v1/invitations")

    async def invite(self, body: Json, once: str | None) -> Record:
        """Invite somebody by mail."""
        return await self._ask.send("POST", "/api/v1/invitations", body, once=once)

    async def take_back(self, invitation_id: str) -> None:
        """Take an invitation back."""
        await self._ask.send("DELETE", path_of("/api/v1/invitations/{}", invitation_id))


class ApiClientsClient:
    """Partners' systems, for administrators."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def clients(self) -> Listing:
        """All of them."""
        return await self._ask.list("/api/v1/clients", [("limit", "200")])

    async def register(self, body: Json) -> Record:
        """A new one, with its secret."""
        return await self._ask.send("POST", "/api/v1/clients", body)

    async def shut_out(self, client_id: str) -> None:
        """Shut one out for good."""
        await self._ask.send("DELETE", path_of("/api/v1/clients/{}", client_id))


class ContactsClient:
    """Contacts and consents of cases, and the disclosure in a match."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def contact(self, code: str) -> Record:
        """The contact behind a case; the reading is written down."""
        return await self._ask.get(path_of("/api/v1/cases/{}/contact", code))

    async def keep(self, code: str, body: Json) -> Record:
        """Keep a contact in place of the one before."""
        return await self._ask.send("PUT", path_of("/api/v1/cases/{}/contact", code), body)

    async def delete(self, code: str) -> None:
        """Delete it."""
        await self._ask.send("DELETE", path_of("/api/v1/cases/{}/contact", code))

    async def consents(self, code: str) -> Listing:
        """What the person behind a case allowed."""
        return await self._ask.list("/api/v1/consents", [("case", code)])

    async def record_consent(self, code: str, body: Json) -> Record:
        """Record what they allow now."""
        return await self._ask.send("POST", path_of("/api/v1/cases/{}/consents", code), body)

    async def withdraw_consent(self, code: str) -> None:
        """Withdraw all that they allowed."""
        await self._ask.send("DELETE", path_of("/api/v1/cases/{}/consents", code))

    async def disclose(self, match_id: str) -> Record:
        """The other side's contact in an accepted match; the reading is written down."""
        return await self._ask.send("POST", "/api/v1/disclosures", {"match_id": match_id})
