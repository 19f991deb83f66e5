"""Serves matching as one replica in a process of its own: `python -m tests.chaos.matching_serve '{"port": ..., "settings": {...}}'`."""

import asyncio
import contextlib
import json
import sys

import uvicorn

from services.matching.app import build
from services.matching.settings import Settings


async def main() -> None:
    plan = json.loads(sys.argv[1])
    _, app = build(Settings(**plan["settings"]))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=plan["port"], log_level="critical", access_log=False, loop="uvloop"))
    with contextlib.suppress(KeyboardInterrupt):
        await server.serve()


if __name__ == "__main__":
    asyncio.run(main())
