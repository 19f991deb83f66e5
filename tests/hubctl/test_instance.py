"""A data directory: its keys, its lock, the settings it renders, and the plan it writes."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from chassis.broker import prepare_broker
from chassis.identity import public_key_of
from hubctl import plan
from hubctl.instance import Instance, Kind
from hubctl.ports import Ports, choose
from hubctl.refusals import BadSettings, InUse, WrongInstance
from hubctl.run import children_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    found = Instance(tmp_path / "a hub")
    found.prepare()
    return found


def test_keys_are_made_once_and_are_private(instance: Instance) -> None:
    first = instance.make_keys()

    second = instance.make_keys()

    assert first == second
    keys = [path for folder in ("keys", "vault-keys") for path in (instance.data / folder).rglob("*") if path.is_file()]
    assert len(keys) == 8
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys} == {0o600}


def test_services_believe_the_gateway_and_people_also_notifications(instance: Instance) -> None:
    found = instance.environment(Kind.DEMO, Ports(), mail=True)

    trusted = {name: set(json.loads(found[name][f"{name.upper()}_TRUSTED_KEYS"])) for name in ("actors", "people", "matching", "notifications")}

    assert trusted == {"actors": {"gateway"}, "people": {"gateway", "notifications"}, "matching": {"gateway"}, "notifications": {"gateway"}}
    assert "GATEWAY_TRUSTED_KEYS" not in found["gateway"]
    gateway_key = instance.signing_key("gateway").read_text(encoding="utf-8")
    assert json.loads(found["actors"]["ACTORS_TRUSTED_KEYS"])["gateway"] == public_key_of(gateway_key.strip())


def test_the_second_factor_is_off_in_the_demo_alone(instance: Instance) -> None:
    demo = instance.environment(Kind.DEMO, Ports(), mail=True)
    live = instance.environment(Kind.LIVE, Ports(), mail=False)

    assert (demo["people"]["PEOPLE_SECOND_FACTOR_REQUIRED"], live["people"]["PEOPLE_SECOND_FACTOR_REQUIRED"]) == ("false", "true")
    assert (demo["gateway"]["GATEWAY_DEMO"], live["gateway"]["GATEWAY_DEMO"]) == ("true", "false")
    assert "NOTIFICATIONS_CATCHER_FOLDER" not in live["notifications"]


def test_the_operators_settings_win_and_replace_the_file(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    instance.settings_file.write_text("# ours\nGATEWAY_INSTANCE_NAME='Our city'\nPEOPLE_DATABASE_URL=postgresql+asyncpg://a\n", encoding="utf-8")
    monkeypatch.setenv("NOTIFICATIONS_WEBHOOK_KEY", "given")

    found = instance.environment(Kind.LIVE, Ports(), mail=False)

    assert found["gateway"]["GATEWAY_INSTANCE_NAME"] == "Our city"
    assert found["people"]["PEOPLE_DATABASE_URL"] == "postgresql+asyncpg://a"
    assert (found["notifications"]["NOTIFICATIONS_WEBHOOK_KEY"], found["notifications"]["NOTIFICATIONS_WEBHOOK_KEY_FILE"]) == ("given", "")


def test_a_line_that_is_no_setting_is_named_by_number(instance: Instance) -> None:
    instance.settings_file.write_text("GATEWAY_COLOUR=#123456\nnonsense\n", encoding="utf-8")

    with pytest.raises(BadSettings, match=r"Line 2 of hub\.env"):
        instance.environment(Kind.LIVE, Ports(), mail=False)


def test_two_hubs_do_not_share_a_directory(instance: Instance) -> None:
    instance.lock()

    with pytest.raises(InUse):
        Instance(instance.data).lock()


def test_demo_and_real_use_do_not_share_a_directory(instance: Instance) -> None:
    instance.make_keys()
    instance.be(Kind.LIVE, ready=True)

    with pytest.raises(WrongInstance):
        instance.require(Kind.DEMO)
    instance.require(Kind.LIVE)


def test_starting_afresh_keeps_the_operators_settings(instance: Instance) -> None:
    instance.settings_file.write_text("GATEWAY_COLOUR=#123456\n", encoding="utf-8")
    instance.make_keys()

    instance.empty()

    assert instance.settings_file.exists()
    assert not (instance.data / "vault-keys").exists()


@pytest.mark.parametrize("apart", [False, True])
def test_the_plan_holds_no_secret_and_the_supervisor_reads_them(instance: Instance, apart: bool) -> None:
    ports = choose(Ports().gateway + 10_000)
    broker = prepare_broker(instance.data, port=ports.broker, monitor_port=ports.monitor)

    plan.write_plan(instance, Kind.DEMO, ports, broker, instance.environment(Kind.DEMO, ports, mail=True), apart=apart)
    written = instance.plan_file.read_text(encoding="utf-8")
    children = children_of(json.loads(written))

    secrets = [
        path.read_text(encoding="utf-8").strip()
        for folder in ("keys", "vault-keys")
        for path in (instance.data / folder).rglob("*")
        if path.is_file()
    ]
    assert len(secrets) == 17
    assert not [secret for secret in secrets if secret in written]
    services = ["mail", "people", "actors", "matching", "notifications", "gateway"] if apart else ["hub"]
    assert [child.name for child in children] == ["broker", "prepare", *services]
    assert children[0].env["HUB_BROKER_STORE_KEY"] == broker.keys.store_key


def test_a_serving_process_loads_no_migrations_and_no_command_line() -> None:
    script = (
        "import sys; import hubctl.serve; hubctl.serve.leave_rich_out(); import hubctl.building, gateway.app\n"
        "import services.people.app, services.actors.app, services.matching.app, services.notifications.app\n"
        "print([name for name in ('alembic', 'typer', 'rich.console', 'highspy', 'numpy') if sys.modules.get(name)])"
    )

    found = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert found.strip() == "[]"


def test_the_supervisor_is_made_of_the_standard_library_alone() -> None:
    script = "import sys; import hubctl.run; print(sorted({name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names)))"

    found = subprocess.run([sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {script}"], capture_output=True, text=True)

    ours = set(json.loads(found.stdout.replace("'", '"')))
    assert {name for name in ours if not name.startswith("_")} <= {"hubctl", "sitecustomize", "usercustomize"}
