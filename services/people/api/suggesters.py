"""Route for leaving an address with a suggestion; there is none to read it."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from chassis.edge import HubRoute
from chassis.web import Body
from services.people.api.doors import SECRET, InOneTransaction
from services.people.schemas.accounts import Done
from services.people.use_cases import suggesters

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["contacts"])


class SuggestionContactCreate(Body):
    """Where the answer to your suggestion goes."""

    suggestion_id: UUID = Field(description="The id that you were given with your suggestion.")
    email: str = Field(min_length=3, max_length=254, description="Used for this one mail, then destroyed.", examples=["ana@mail.example"])
    locale: str = Field("en", min_length=2, max_length=8, description="The language of the mail.", examples=["fr"])


@router.post("/suggestion-contacts", status_code=202, openapi_extra=SECRET)
async def leave_suggestion_contact(body: SuggestionContactCreate, work: InOneTransaction) -> Done:
    """Leave an address, so that you hear what became of your suggestion. It lies encrypted apart from the suggestion, nobody can read it here,
    it is used for one mail, and it is destroyed after that, at the latest after 90 days."""
    await suggesters.leave_address(work, body.suggestion_id, body.email, body.locale)
    return Done()
