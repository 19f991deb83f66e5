"""What the routes share: the transaction, query parameters, and how a place is read from them."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query

from chassis.edge import edge_work, if_match
from chassis.errors import invalid_field
from services.actors.model.vocabulary import ActorKind, Theme
from services.actors.store.actors import Around, Box
from services.actors.work import Work

InOneTransaction = Annotated[Work, Depends(edge_work)]
"""The request's Work."""
Version = Annotated[int, Depends(if_match)]
"""The version that the caller read."""

KEY_PATTERN = "^[A-Za-z0-9-]{1,80}$"
Key = Annotated[str, Path(pattern=KEY_PATTERN, description="UUID, or readable key.", examples=["grenoble-fr"])]
RecordId = Annotated[UUID, Path(description="The record's id.")]

Words = Annotated[str | None, Query(min_length=1, max_length=100, description="Words to find; case and accents do not matter.")]
OfKind = Annotated[ActorKind | None, Query(description="Only actors of this kind.")]
InCountry = Annotated[str | None, Query(pattern="^[A-Z]{2}$", description="Only of this country (ISO 3166-1 alpha-2).")]
InNetwork = Annotated[str | None, Query(pattern=KEY_PATTERN, description="Only members of this network: UUID or readable key.")]
OfActor = Annotated[str | None, Query(pattern=KEY_PATTERN, description="Only of this actor: UUID or readable key.")]
OfTheme = Annotated[Theme | None, Query(description="Only of this theme.")]
BoxText = Annotated[
    str | None,
    Query(
        pattern=r"^-?[0-9]{1,3}(\.[0-9]{1,12})?(,-?[0-9]{1,3}(\.[0-9]{1,12})?){3}$",
        description="Only in this box: west,south,east,north in degrees (RFC 7946); west > east crosses the antimeridian.",
        examples=["5.6,45.1,5.8,45.3"],
    ),
]
NearText = Annotated[
    str | None,
    Query(
        pattern=r"^-?[0-9]{1,2}(\.[0-9]{1,12})?,-?[0-9]{1,3}(\.[0-9]{1,12})?$",
        description="Only near this point: lat,lon in degrees.",
        examples=["45.1885,5.7245"],
    ),
]
WithinKm = Annotated[float, Query(gt=0, le=500, description="With `near`: how far, in kilometres.")]


def box_of(text: str | None) -> Box | None:
    """The box that a query names; 422 outside the globe."""
    if text is None:
        return None
    west, south, east, north = (float(part) for part in text.split(","))
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90 or south > north:
        raise invalid_field("/query/bbox", "coordinate", "Use west,south,east,north in degrees, south not above north.")
    return Box(west, south, east, north)


def around_of(text: str | None, km: float) -> Around | None:
    """The point and distance that a query names; 422 outside the globe."""
    if text is None:
        return None
    lat, lon = (float(part) for part in text.split(","))
    if abs(lat) > 90 or abs(lon) > 180:
        raise invalid_field("/query/near", "coordinate", "Use lat,lon in degrees.")
    return Around(lat, lon, km)


async def id_of(work: Work, key: str | None) -> UUID | None:
    """The id of the actor that a filter names by UUID or readable key; 404 when there is none."""
    return None if key is None else (await work.actors.get(key)).id
