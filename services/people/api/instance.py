"""The settings of the hub: what everybody may know, and what administrators change."""

import base64
import binascii
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from chassis.edge import HubRoute, if_match
from chassis.errors import invalid_field
from services.people.api.doors import SECRET, InOneTransaction
from services.people.api.internal import require_issuer
from services.people.model.logo import picture_of
from services.people.schemas import instance as schemas
from services.people.store.instance import Kept
from services.people.use_cases import instance
from services.people.work import Work

router = APIRouter(prefix="/api/v1/instance", route_class=HubRoute, tags=["instance"])
internal = APIRouter(prefix="/internal/v1/instance", route_class=HubRoute, include_in_schema=False)
Version = Annotated[int, Depends(if_match)]


def _read(work: Work, kept: Kept) -> schemas.InstanceRead:
    fixed = sorted(work.settings.instance_fixed)
    return schemas.InstanceRead.model_validate({**kept.state, "version": kept.version, "updated_at": kept.updated_at, "fixed": fixed})


@router.get("")
async def read_instance(work: InOneTransaction) -> schemas.InstancePublic:
    """Name, languages, contacts and periods of this hub. What is null was never chosen: the installation's own value holds."""
    kept = await instance.read_settings(work)
    return schemas.InstancePublic.model_validate({**kept.state, "version": kept.version})


@router.get("/settings")
async def read_settings(work: InOneTransaction) -> schemas.InstanceRead:
    """All settings, with the rules of moderation: for administrators."""
    return _read(work, await instance.see_settings(work))


@router.patch("/settings")
async def change_settings(body: schemas.InstanceUpdate, version: Version, work: InOneTransaction) -> schemas.InstanceRead:
    """Change settings: for administrators. They hold at once, without a restart; null goes back to the installation's own value."""
    chosen = {name: getattr(body, name) for name in body.model_fields_set}
    return _read(work, await instance.change_settings(work, version, chosen))


@router.put("/logo", openapi_extra=SECRET)
async def put_logo(body: schemas.LogoUpdate, version: Version, work: InOneTransaction) -> schemas.InstanceRead:
    """Another picture: PNG, JPEG or WebP, 200 kB at most, told by its bytes. For administrators."""
    try:
        content = base64.b64decode(body.image, validate=True)
    except (binascii.Error, ValueError):
        raise invalid_field("/image", "no_picture", "This is no PNG, JPEG or WebP picture. Save it as one of these, then choose it again.") from None
    return _read(work, await instance.change_logo(work, version, picture_of(content)))


@router.delete("/logo")
async def delete_logo(version: Version, work: InOneTransaction) -> schemas.InstanceRead:
    """No picture any more. For administrators."""
    return _read(work, await instance.change_logo(work, version, None))


@internal.get("")
async def tell_instance(request: Request, work: InOneTransaction) -> schemas.InstanceRead:
    """The settings for the gateway's pages."""
    require_issuer(request, "gateway")
    return _read(work, await instance.read_settings(work))


@internal.get("/logo/{sha256}")
async def give_logo(request: Request, work: InOneTransaction, sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]) -> Response:
    """The picture's bytes."""
    require_issuer(request, "gateway")
    media_type, content = await work.instance.logo(sha256)
    return Response(content, media_type=media_type)
