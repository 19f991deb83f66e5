"""A registry of any size behind a gateway that a browser can ask: the real service and the real gateway, in this process."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from starlette.responses import JSONResponse

from bench.registry.hub import filled
from bench.registry.world import Size
from bench.report import progress
from chassis.call import AsgiTransport, Transport
from chassis.testing import GATEWAY_KEY
from gateway.app import SERVICES, build
from gateway.settings import GatewaySettings


def _nothing() -> FastAPI:
    """The services that these pages do not need: they know nothing."""
    app = FastAPI(openapi_url=None)

    @app.api_route("/{path:path}", methods=["GET", "POST"])
    async def anything(path: str) -> JSONResponse:
        return JSONResponse({} if path.endswith("instance") else {"active": False, "items": []})

    return app


async def _answers(port: int) -> None:
    """Come back when somebody listens there."""
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise TimeoutError("the gateway does not answer")


@asynccontextmanager
async def served(size: Size) -> AsyncIterator[str]:
    """The address of a hub with that registry, drawn."""
    async with filled("sqlite", size) as hub:
        progress("drawing the network")
        await hub.bench.run_timer("draw the network")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        address = f"http://127.0.0.1:{port}"
        nothing = AsgiTransport(_nothing())
        transports: dict[str, Transport] = {name: AsgiTransport(hub.bench.app) if name == "actors" else nothing for name in SERVICES}
        app = build(GatewaySettings(signing_key=GATEWAY_KEY, public_url=address, anonymous_per_minute=1_000_000), transports, check=False)
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
        running = asyncio.create_task(server.serve())
        try:
            await _answers(port)
            yield address
        finally:
            server.should_exit = True
            await running
