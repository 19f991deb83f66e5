"""Serves the toy service as a process of its own, for the kill test: `python toy_serve.py '{"name": ..., "port": ..., "settings": {...}}'`."""

import asyncio
import contextlib
import importlib.util
import json
import sys
from pathlib import Path

import uvicorn

spec = importlib.util.spec_from_file_location("toy", Path(__file__).parent.parent / "chassis" / "toy.py")
assert spec and spec.loader
toy = importlib.util.module_from_spec(spec)
sys.modules["toy"] = toy
spec.loader.exec_module(toy)


async def main() -> None:
    plan = json.loads(sys.argv[1])
    service, app = toy.build(plan["name"], plan["settings"])
    await toy.make_tables(service)
    server = uvicorn.Server(uvicorn.Config(app, port=plan["port"], log_level="critical", loop="uvloop"))
    with contextlib.suppress(KeyboardInterrupt):
        await server.serve()


asyncio.run(main())
