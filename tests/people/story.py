"""A case and a match as matching tells of them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from contracts import matching
from contracts.matching import ConsentStatement

CODE = "K7QX-9M2D-04TB-ZRHW"
CONTACT = {"name": "Canary Nomdefamille", "phone": "+33 7 99 88 77 66", "email": "canary.person@demo.example", "note": "Ring at the blue door"}


@dataclass
class Story:
    """One case with one match."""

    town: Any
    recorded_by: UUID | None
    provider: UUID | None
    actor: UUID | None = None
    provider_actor: UUID | None = None
    code: str = CODE
    case_id: UUID = field(default_factory=new_id)
    match_id: UUID = field(default_factory=new_id)
    shared: list[UUID] = field(default_factory=list)

    def case(self, version: int = 1, *, state: str = "open", match: bool = True, share: bool = True, until: date | None = None) -> Any:
        """An event about the case."""
        kind = matching.CaseRecordedV1 if version == 1 else matching.CaseChangedV1
        return kind(
            case_id=self.case_id,
            version=version,
            code=self.code,
            state=state,
            recorded_by=self.recorded_by,
            actor_id=self.actor,
            shared_with=self.shared,
            consent=ConsentStatement(match=match, share_contact=share, purpose="matching", until=until, text_version="2026-11"),
        )

    def match(self, version: int, state: str, *, answered_by: UUID | None = None) -> Any:
        """An event about the match."""
        kinds = {"confirmed": matching.MatchConfirmedV1, "accepted": matching.MatchAcceptedV1, "fulfilled": matching.MatchFulfilledV1}
        return kinds[state](
            match_id=self.match_id,
            version=version,
            state=state,
            need_id=new_id(),
            offer_id=new_id(),
            case_id=self.case_id,
            case_code=self.code,
            category="language.class",
            size=1,
            provider_actor_id=self.provider_actor,
            provider_account_id=self.provider,
            recorded_by=self.recorded_by,
            case_actor_id=self.actor,
            shared_with=self.shared,
            answered_by=answered_by,
        )

    async def tell(self, *events: Any) -> None:
        """Let people hear them."""
        for event in events:
            await self.town.bench.hear(event)

    async def disclose(self, caller: Any) -> Any:
        """Ask for the other side's contact."""
        return await self.town.bench.post(caller, "/api/v1/disclosures", {"match_id": str(self.match_id)})

    async def keep_contact(self, caller: Any, **contact: Any) -> Any:
        """Record the contact."""
        return await self.town.bench.call(caller, "PUT", f"/api/v1/cases/{self.code}/contact", json=contact or CONTACT)
