"""All that the hub keeps about the holder of an account (GDPR, Articles 15 and 20): each service's part, put together into one document."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from chassis.call import Answer, Line, ServiceAway
from chassis.identity import Caller
from gateway.session import Visitor

router = APIRouter()
PART = "/internal/v1/accounts/{}/data"


@router.get("/api/v1/me/data", include_in_schema=False)
async def read_own_data(request: Request) -> Response:
    """All that is kept about the caller."""
    visitor: Visitor = request.state.visitor
    return JSONResponse(await own_data(request.app.state.lines, visitor.caller), headers={"Cache-Control": "no-store"})


async def own_data(lines: dict[str, Line], caller: Caller) -> dict[str, Any]:
    """What all services keep about an account, asked in its own name. Raises ServiceAway where one of them gives no part: half is not all."""
    answers = await asyncio.gather(*(line.ask(caller, "GET", PART.format(caller.id)) for line in lines.values()))
    parts = {name: _part(answer) for name, answer in zip(lines, answers, strict=True)}
    return {"account": caller.id, "made_at": datetime.now(UTC).isoformat(timespec="seconds"), "services": parts}


def _part(answer: Answer) -> dict[str, Any]:
    if answer.status != 200:
        raise ServiceAway("A part of the hub does not answer just now; please try again in a moment.")
    found: dict[str, Any] = answer.json()
    return {name: found[name] for name in ("kept", "trail", "shortened")}
