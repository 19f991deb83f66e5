"""schemathesis on the merged contract of a whole running hub: no input may cause a 500, and every answer is one that the contract declares."""

import asyncio
import importlib.util
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

JOURNEYS = Path(__file__).parent.parent / "journeys"
if "journeys_hub" not in sys.modules:
    spec = importlib.util.spec_from_file_location("journeys_hub", JOURNEYS / "hub.py")
    assert spec and spec.loader
    sys.modules["journeys_hub"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["journeys_hub"])
hubs = sys.modules["journeys_hub"]

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance"
ENDLESS = ["/api/v1/events"]
SELF_ENDING = ["/api/v1/sessions/current", "/api/v1/me", "/api/v1/sessions/{session_id}", "/api/v1/me/password", "/api/v1/me/second-factor/confirm"]
"""Routes that would end the session which the fuzzer uses; tests of `people` cover them."""
SCOPES = ["read", "offers", "needs", "matches", "statistics"]


async def partner_token(client: httpx2.AsyncClient, admin: str) -> str:
    body = {"name": "partner", "scopes": SCOPES, "actor_id": str(hubs.CLUB)}
    made = (await client.post("/api/v1/clients", json=body, headers={"Authorization": f"Bearer {admin}"})).json()
    form = {"grant_type": "client_credentials"}
    return str((await client.post("/oauth2/token", data=form, auth=(made["client_id"], made["client_secret"]))).json()["access_token"])


def fuzz(url: str, token: str | None, examples: int, phases: str, folder: Path) -> str:
    """Run schemathesis as one caller; raises with its report where it found something."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json", "-c", CHECKS, "-n", str(examples), "--phases", phases]
    command += ["--continue-on-failure", "--no-shrink", "--no-color", "--generation-deterministic", "--warnings", "off"]
    for path in [*ENDLESS, *SELF_ENDING]:
        command += ["--exclude-path", path]
    if token:
        command += ["-H", f"Authorization: Bearer {token}"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=1500, cwd=folder)
    assert result.returncode == 0, result.stdout[-6000:]
    return result.stdout


async def fuzz_as(tmp_path: Path, roles: list[str], examples: int, phases: str) -> None:
    async with hubs.running_hub(tmp_path) as hub:
        async with httpx2.AsyncClient(base_url=hub.url, timeout=20) as client:
            # The first reader of the contract waits until it is made, longer than the fuzzer would.
            await client.get("/openapi.json", timeout=120)
            tokens: dict[str, str | None] = {"anonymous": None}
            for role in ("admin", "volunteer", "member", "coordinator"):
                tokens[role] = await hubs.sign_in(client, hub, role)
            tokens["partner"] = await partner_token(client, tokens["admin"] or "")
        for role in roles:
            report = await asyncio.to_thread(fuzz, hub.url, tokens[role], examples, phases, tmp_path)
            print(role, [line for line in report.splitlines() if "generated" in line or "passed" in line][-2:])


async def test_no_input_breaks_the_hub_and_every_answer_is_declared(tmp_path: Path) -> None:
    await fuzz_as(tmp_path, ["anonymous", "coordinator"], 2, "examples,fuzzing")


@pytest.mark.storm
async def test_no_input_of_any_caller_breaks_the_hub(tmp_path: Path) -> None:
    await fuzz_as(tmp_path, ["anonymous", "volunteer", "member", "coordinator", "admin", "partner"], 20, "examples,coverage,fuzzing")
