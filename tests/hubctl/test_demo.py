"""`./hub demo` as a newcomer meets it: what it prints, what stands in it, what survives, what it says when it cannot."""

import os
import signal
import stat
from pathlib import Path

import httpx2

from tests.hubctl.running import Hub, is_well, run, until


def test_it_hands_out_an_account_for_each_role_in_a_private_file(demo: Hub) -> None:
    found = demo.handed_out

    roles = sorted(account["role"] for account in found["accounts"])

    assert roles == ["admin", "coordinator", "member", "member", "observer", "volunteer"]
    assert found["gateway"] == demo.url
    assert set(found["clients"][0]) == {"client_id", "client_secret", "scopes"}
    assert stat.S_IMODE((demo.data / "demo-accounts.json").stat().st_mode) == 0o600
    assert all(account["password"] in demo.output for account in found["accounts"])


def test_everybody_can_sign_in_and_the_client_gets_a_token(demo: Hub) -> None:
    client = demo.handed_out["clients"][0]

    answers = [
        httpx2.post(f"{demo.url}/api/v1/sessions", json={"email": each["email"], "password": each["password"]}, timeout=20)
        for each in demo.handed_out["accounts"]
    ]
    form = {"grant_type": "client_credentials", "client_id": client["client_id"], "client_secret": client["client_secret"]}
    token = httpx2.post(f"{demo.url}/oauth2/token", data=form, timeout=20)

    assert [answer.status_code in (200, 201) for answer in answers] == [True] * 6
    assert token.status_code == 200, token.text


def test_the_city_has_the_published_scale(demo: Hub) -> None:
    coordinator = demo.sign_in("coordinator")

    totals = {name: coordinator.get(f"/api/v1/{name}", params={"limit": 1, "total": "true"}).json().get("total") for name in ("actors", "offers")}
    cases = coordinator.get("/api/v1/cases", params={"limit": 1})

    assert cases.status_code == 200, cases.text
    assert totals["actors"] in (946, None)
    assert totals["offers"] in (400, None)


def test_it_stays_small(demo: Hub) -> None:
    used = demo.memory_mb()

    assert used < 400, f"{used} MB"


def test_a_killed_hub_and_a_killed_broker_come_back_with_their_data(demo: Hub) -> None:
    before = demo.handed_out
    for name in ("hub", "broker"):
        os.kill(demo.children[name]["pid"], signal.SIGKILL)

        until(lambda name=name: demo.children[name].get("restarts", 0) >= 1 and is_well(demo), f"the return of {name}")

    assert demo.handed_out == before
    assert demo.sign_in("admin").get("/api/v1/accounts").status_code == 200


def test_a_second_hub_on_the_same_data_or_port_is_refused_in_a_sentence(demo: Hub, tmp_path: Path) -> None:
    same_data = run("demo", "--data", str(demo.data))
    same_port = run("demo", "--data", str(tmp_path / "other"), "--port", str(demo.port))
    real_use = run("up", "--data", str(demo.data))

    for refused in (same_data, same_port, real_use):
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr and refused.stderr.count("\n") == 1
    assert "already runs" in same_data.stderr
    assert f"Port {demo.port} is used" in same_port.stderr


def test_commands_of_the_operator_work_beside_the_running_hub(demo: Hub) -> None:
    answer = demo.sign_in("admin").get("/api/v1/accounts")
    data = ("--data", str(demo.data))

    made = run("user", "create", "--email", "second-admin@demo.example", "--name", "Second (demo)", "--role", "admin", *data)
    password = made.stdout.strip().rpartition(" ")[2]
    signed_in = httpx2.post(f"{demo.url}/api/v1/sessions", json={"email": "second-admin@demo.example", "password": password}, timeout=20)
    reset = run("user", "reset", "--email", "second-admin@demo.example", *data)
    old = httpx2.post(f"{demo.url}/api/v1/sessions", json={"email": "second-admin@demo.example", "password": password}, timeout=20)
    again = run("import", str(Path(__file__).parents[2] / "data" / "welcoming-europe"), *data)

    assert answer.status_code == 200
    assert signed_in.status_code in (200, 201), (made.stdout, made.stderr, signed_in.text)
    assert reset.returncode == 0, reset.stderr
    assert old.status_code == 401
    assert "actors: 0 new, 0 changed" in again.stdout, again.stdout + again.stderr
    assert run("events", "dead", *data).stdout.strip() == "No event is dead."
    assert run("verify-audit", *data).returncode == 0
    assert run("doctor", *data).returncode == 0
    assert "already runs" in run("rebuild-broker", *data).stderr


def test_one_correlation_id_shows_all_its_stops(demo: Hub) -> None:
    coordinator = demo.sign_in("coordinator")
    offers = coordinator.get("/api/v1/offers", params={"limit": 200}).json()["items"]
    offer = next(offer for offer in offers if offer["state"] == "open")

    paused = coordinator.post(f"/api/v1/offers/{offer['id']}/pause")
    assert paused.status_code == 200, paused.text
    correlation = paused.headers["hub-correlation-id"]

    until(lambda: "hears hub.matching.offer.paused" in run("trace", correlation, "--data", str(demo.data)).stdout, "the hearing of the news")
    stops = run("trace", correlation, "--data", str(demo.data)).stdout

    assert "tells hub.matching.offer.paused" in stops
    assert "offer.paused on offer" in stops


def test_ctrl_c_ends_everything_and_the_next_start_keeps_the_data_apart_too(demo: Hub) -> None:
    before, children = demo.handed_out, demo.children

    code = demo.interrupt()
    left = [name for name, child in children.items() if Path(f"/proc/{child['pid']}/cmdline").exists()]
    demo.start("demo", "--processes")

    assert code == 0
    assert left == []
    assert demo.handed_out == before
    assert set(demo.children) == {"supervisor", "broker", "mail", "people", "actors", "matching", "notifications", "gateway"}
    os.kill(demo.children["people"]["pid"], signal.SIGKILL)
    until(lambda: demo.children["people"]["restarts"] == 1 and is_well(demo), "the return of people")
    assert demo.sign_in("volunteer").get("/api/v1/offers").status_code == 200


def test_a_rebuilt_broker_is_filled_from_the_outboxes(demo: Hub) -> None:
    demo.interrupt()

    rebuilt = run("rebuild-broker", "--data", str(demo.data))
    demo.start("demo")

    assert rebuilt.returncode == 0
    until(lambda: is_well(demo), "a hub that is well")
    assert run("events", "dead", "--data", str(demo.data)).stdout.strip() == "No event is dead."
