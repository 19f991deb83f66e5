"""Fills a new demo instance: the registry files, then the synthetic city, through the services' own doors, and hands out the accounts."""

import asyncio
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from chassis.call import Line
from chassis.identity import SYSTEM, Caller, Signer
from contracts.roles import Role
from hubctl.building import Built, transports_to
from hubctl.demo.courier import Courier
from hubctl.demo.history import record
from hubctl.demo.specs import AccountSpec, Body, World
from hubctl.refusals import Refusal
from hubctl.secret_files import write_private
from hubctl.telling import Steps

AT_ONCE = 4
LEFT_TO_MODERATE = 3
"""Volunteers' offers that stay as they came in, so that a coordinator has something to look through."""


class DemoRefused(Refusal):
    """A service refused a part of the demo's data, which is a fault of the program."""


@dataclass(frozen=True, slots=True)
class Someone:
    """An account that exists now."""

    spec: AccountSpec
    id: UUID
    actor_id: UUID | None
    password: str | None

    @property
    def caller(self) -> Caller:
        """As the gateway would name them."""
        return Caller("account", str(self.id), self.spec.role.value, self.actor_id, locale=self.spec.locale)


class Loader:
    """Loads one world into services that run in this process; it speaks as the gateway would, for the account that each record belongs to."""

    def __init__(self, built: dict[str, Built], gateway_key: str, courier: Courier, steps: Steps) -> None:
        signer = Signer("gateway", gateway_key)
        self._built = built
        self._lines = {name: Line(name, transport, signer) for name, transport in transports_to(built).items()}
        self._courier = courier
        self._steps = steps
        self._places = asyncio.Semaphore(AT_ONCE)

    async def load(self, world: World, registry: Path, url: str, accounts_file: Path) -> None:
        """Everything, in the order in which one thing needs the other. Raises DemoRefused."""
        await self._import_registry(registry)
        actors = await self._add_actors(world)
        people = await self._add_accounts(world, actors)
        clients = await self._add_clients(world, actors)
        with self._steps.step("Telling the other services of organisations and accounts"):
            await self._courier.deliver()
        offers = await self._add_offers(world, people, actors)
        await self._approve(offers, people)
        with self._steps.step("Opening the directory of offers"):
            # Before there are needs: otherwise each offer would be weighed against all of them, and each need against all offers once more.
            await self._courier.deliver()
        await self._add_cases_and_needs(world, people)
        with self._steps.step("Looking for proposals"):
            await self._courier.deliver()
        with self._steps.step("Inventing the figures of the past"):
            await record(self._built["matching"].service, self._built["matching"].service.clock().date())
        handed_out = {
            "gateway": url,
            "accounts": [
                {"role": each.spec.role.value, "email": each.spec.email, "password": each.password} for each in people.values() if each.password
            ],
            "clients": clients,
        }
        write_private(accounts_file, json.dumps(handed_out, indent=2) + "\n")

    async def _import_registry(self, folder: Path) -> None:
        from services.actors.app import import_files, read_folder

        with self._steps.step("Importing the registry of welcoming cities and networks"):
            await import_files(self._built["actors"].service, await asyncio.to_thread(read_folder, folder))

    async def _add_actors(self, world: World) -> dict[str, UUID]:
        registrar = Caller("account", str(UUID(int=0)), "admin", locale="en")
        with self._steps.step("Adding the demo's associations", len(world.actors)) as advance:
            found = {}
            for spec in world.actors:
                found[spec.key] = UUID((await self._post("actors", registrar, "/api/v1/actors", spec.body))["id"])
                advance(1)
            return found

    async def _add_accounts(self, world: World, actors: dict[str, UUID]) -> dict[str, Someone]:
        from services.people.use_cases.accounts import create_account

        service = self._built["people"].service
        people: dict[str, Someone] = {}
        with self._steps.step("Making accounts", len(world.accounts)) as advance:
            passwords = {spec.key: secrets.token_urlsafe(12) if spec.signs_in else None for spec in world.accounts}
            known = [(key, password) for key, password in passwords.items() if password]
            hashes = await asyncio.gather(*(service.resources.desk.hash(password) for _, password in known))
            hash_of = dict(zip([key for key, _ in known], hashes, strict=True))
            async with service.open_work(SYSTEM) as work:
                for spec in world.accounts:
                    actor_id = actors[spec.actor_key] if spec.actor_key else None
                    account = await create_account(
                        work,
                        spec.email,
                        spec.display_name,
                        Role(spec.role.value),
                        actor_id,
                        spec.locale,
                        password_hash=hash_of.get(spec.key),
                        text_version="2026-11",
                    )
                    people[spec.key] = Someone(spec, account.id, actor_id, passwords[spec.key])
                    advance(1)
        return people

    async def _add_clients(self, world: World, actors: dict[str, UUID]) -> list[dict[str, object]]:
        from services.people.use_cases.clients import create_client

        clients: list[dict[str, object]] = []
        async with self._built["people"].service.open_work(SYSTEM) as work:
            for spec in world.clients:
                made = await create_client(work, spec.name, spec.scopes, actors[spec.actor_key])
                clients.append({"client_id": str(made.client.id), "client_secret": made.secret, "scopes": list(spec.scopes)})
        return clients

    async def _add_offers(self, world: World, people: dict[str, Someone], actors: dict[str, UUID]) -> list[Body]:
        members: dict[str, Someone] = {each.spec.actor_key: each for each in people.values() if each.spec.actor_key}
        coordinator = next(each for each in people.values() if each.spec.role == "coordinator")
        calls: list[tuple[Caller, Body]] = []
        for spec in world.offers:
            if spec.account_key is not None:
                calls.append((people[spec.account_key].caller, spec.body))
            else:
                giver = members.get(spec.actor_key or "", coordinator)
                calls.append((giver.caller, {**spec.body, "provider": {"actor_id": str(actors[spec.actor_key or ""])}}))
        return await self._post_all("Posting offers", "/api/v1/offers", calls)

    async def _approve(self, offers: Sequence[Body], people: dict[str, Someone]) -> None:
        coordinator = next(each for each in people.values() if each.spec.role == "coordinator")
        waiting = [offer for offer in offers if offer.get("state") == "awaiting_moderation"][LEFT_TO_MODERATE:]
        with self._steps.step("Approving offers", len(waiting)) as advance:
            for offer in waiting:
                await self._post("matching", coordinator.caller, f"/api/v1/offers/{offer['id']}/approve", None)
                advance(1)

    async def _add_cases_and_needs(self, world: World, people: dict[str, Someone]) -> None:
        by_case = {spec.key: people[spec.recorded_by].caller for spec in world.cases}
        cases = await self._post_all("Recording cases", "/api/v1/cases", [(by_case[spec.key], spec.body) for spec in world.cases])
        case_ids = {spec.key: case["id"] for spec, case in zip(world.cases, cases, strict=True)}
        need_ids: dict[str, str] = {}
        with self._steps.step("Recording needs", len(world.needs)) as advance:
            for spec in world.needs:
                body = {**spec.body, "case_id": case_ids[spec.case_key]}
                if spec.links:
                    body["links"] = [{"need_id": need_ids[key], "kind": kind} for key, kind in spec.links]
                need_ids[spec.key] = (await self._post("matching", by_case[spec.case_key], "/api/v1/needs", body))["id"]
                advance(1)

    async def _post_all(self, words: str, path: str, calls: Sequence[tuple[Caller, Body]]) -> list[Body]:
        with self._steps.step(words, len(calls)) as advance:

            async def one(caller: Caller, body: Body) -> Body:
                async with self._places:
                    answer = await self._post("matching", caller, path, body)
                advance(1)
                return answer

            return await asyncio.gather(*(one(caller, body) for caller, body in calls))

    async def _post(self, service: str, caller: Caller, path: str, body: Body | None) -> Body:
        answer = await self._lines[service].ask(caller, "POST", path, body=body)
        if answer.status not in (200, 201):
            reason = answer.body.decode(errors="replace")[:400].replace("{", "(").replace("}", ")")
            raise DemoRefused("The demo's data was refused by {service} at {path}: {reason}", service=service, path=path, reason=reason)
        found: Any = answer.json()
        assert isinstance(found, dict)
        return found
