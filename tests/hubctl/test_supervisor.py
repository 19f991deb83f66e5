"""The supervisor with real processes: starting in order, restarting, ending, and saying what is wrong."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chassis.free_ports import free_ports
from hubctl.supervised import Child
from hubctl.supervised_state import read_state
from hubctl.supervisor import Stage, Supervisor, SupervisorError

ROOT = Path(__file__).parents[2]

SERVER = """
import http.server, sys, pathlib
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(503 if pathlib.Path(sys.argv[2]).exists() else 200); self.end_headers()
    def log_message(self, *a): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""

RUN = """
import json, sys, pathlib
from hubctl.supervisor import Child, Supervisor, SupervisorError
spec = json.loads(sys.argv[1])
children = [Child(**{**c, "argv": tuple(c["argv"]), "log": pathlib.Path(c["log"]), "ports": tuple(c.get("ports", ()))}) for c in spec["children"]]
told = lambda name, stage: print(name, stage, flush=True)
try:
    Supervisor(children, pathlib.Path(spec["state"]), progress=told, **spec.get("options", {})).run(lambda: print("all ready", flush=True))
except SupervisorError as error:
    print("refused:", error, flush=True)
    sys.exit(1)
print("ended", flush=True)
"""


def free_port() -> int:
    return free_ports(1)[0]


def alive(pid: int | None) -> bool:
    if pid is None:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(holds: Callable[[], bool], seconds: float = 8.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


class Hub:
    """A supervisor in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "state.json"
        self.output = folder / "output"
        self.process: subprocess.Popen[bytes] | None = None

    def sleeper(self, name: str, code: str = "import time; time.sleep(60)", **more: object) -> dict[str, object]:
        return {"name": name, "argv": [sys.executable, "-c", code], "log": str(self.folder / f"{name}.log"), **more}

    def server(self, name: str) -> dict[str, object]:
        port = free_port()
        argv = [sys.executable, "-c", SERVER, str(port), str(self.folder / "ill")]
        return {"name": name, "argv": argv, "log": str(self.folder / f"{name}.log"), "ready_url": f"http://127.0.0.1:{port}/healthz", "ports": [port]}

    def start(self, *children: dict[str, object], ready: bool = True, **options: object) -> "Hub":
        spec = json.dumps({"children": children, "state": str(self.state), "options": options})
        with self.output.open("wb") as output:
            self.process = subprocess.Popen([sys.executable, "-c", RUN, spec], cwd=ROOT, stdout=output, stderr=output)
        if ready:
            until(lambda: "all ready" in self.said())
        return self

    def said(self) -> str:
        return self.output.read_text()

    def pid(self, name: str) -> int | None:
        return read_state(self.state).get(name)

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def wait(self) -> int:
        assert self.process is not None
        return self.process.wait(15)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    made = Hub(tmp_path)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()


def test_children_start_in_order_each_when_the_one_before_is_ready(hub: Hub) -> None:
    hub.start(hub.server("broker"), hub.sleeper("setup", "print('done')", once=True), hub.sleeper("app"))

    told = [line for line in hub.said().splitlines() if line != "all ready"]

    assert told == ["broker starting", "broker ready", "setup starting", "setup ready", "app starting", "app ready"]
    assert alive(hub.pid("broker")) and alive(hub.pid("app"))
    assert hub.pid("setup") is None
    assert hub.process is not None and hub.pid("supervisor") == hub.process.pid


def test_ctrl_c_ends_everything_in_reverse_order(hub: Hub) -> None:
    hub.start(hub.sleeper("first"), hub.sleeper("second"))
    pids = [hub.pid("first"), hub.pid("second")]

    hub.signal(signal.SIGINT)
    code = hub.wait()

    assert code == 0
    assert hub.said().splitlines()[-5:] == ["second stopping", "second stopped", "first stopping", "first stopped", "ended"]
    assert not any(alive(pid) for pid in pids)
    assert not hub.state.exists()


def test_a_child_that_ignores_the_request_to_end_is_killed_with_its_own_children(hub: Hub) -> None:
    stubborn = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True); time.sleep(60)"
    )
    hub.start(hub.sleeper("stubborn", stubborn), stop_seconds=0.5)
    until(lambda: (hub.folder / "stubborn.log").read_text().strip() != "")
    grandchild = int((hub.folder / "stubborn.log").read_text())

    hub.signal(signal.SIGTERM)
    code = hub.wait()

    assert code == 0
    until(lambda: not alive(grandchild))


def test_a_child_that_dies_is_started_again(hub: Hub) -> None:
    hub.start(hub.sleeper("app"))
    first = hub.pid("app")
    assert first is not None

    killed = time.monotonic()
    os.kill(first, signal.SIGKILL)
    until(lambda: hub.pid("app") not in (first, None))

    assert time.monotonic() - killed < 1.0
    assert alive(hub.pid("app"))
    assert json.loads(hub.state.read_text())["children"][0]["restarts"] == 1


def test_a_child_that_keeps_dying_is_started_ever_less_often(hub: Hub) -> None:
    flag = hub.folder / "fail"
    starts = hub.folder / "starts"
    code = (
        f"import pathlib, sys, time; open({str(starts)!r}, 'a').write(str(time.monotonic()) + '\\n');"
        f"sys.exit(1) if pathlib.Path({str(flag)!r}).exists() else time.sleep(60)"
    )
    hub.start(hub.sleeper("app", code))
    until(lambda: starts.exists() and starts.read_text().endswith("\n"))
    flag.touch()
    first = hub.pid("app")
    assert first is not None

    os.kill(first, signal.SIGKILL)
    until(lambda: len(starts.read_text().split()) >= 4)

    times = [float(line) for line in starts.read_text().split()]
    assert times[2] - times[1] >= 0.5
    assert times[3] - times[2] >= 1.0


def test_a_child_that_answers_503_for_long_is_started_again(hub: Hub) -> None:
    hub.start(hub.server("broker"), unhealthy_seconds=1.0)
    first = hub.pid("broker")
    until(lambda: json.loads(hub.state.read_text())["children"][0]["ready"])

    (hub.folder / "ill").touch()
    until(lambda: "broker unhealthy" in hub.said())
    (hub.folder / "ill").unlink()
    until(lambda: "broker restarted" in hub.said())

    until(lambda: hub.said().splitlines()[-1] == "broker ready")
    assert hub.pid("broker") != first


def test_a_frozen_child_is_killed_and_started_again(hub: Hub) -> None:
    hub.start(hub.server("broker"), unhealthy_seconds=0.5)
    first = hub.pid("broker")
    assert first is not None

    os.kill(first, signal.SIGSTOP)
    until(lambda: "broker restarted" in hub.said(), 12)

    assert not alive(first)


@pytest.mark.skipif(sys.platform != "linux", reason="only the Linux kernel ends children with their parent")
def test_children_die_with_a_supervisor_that_is_killed(hub: Hub) -> None:
    hub.start(hub.sleeper("first"), hub.sleeper("second"))
    pids = [hub.pid("first"), hub.pid("second")]

    hub.signal(signal.SIGKILL)
    hub.wait()

    until(lambda: not any(alive(pid) for pid in pids))


def test_after_a_kill_the_hub_starts_again_and_a_second_one_is_refused(hub: Hub) -> None:
    hub.start(hub.sleeper("app"))
    hub.signal(signal.SIGKILL)
    hub.wait()

    hub.start(hub.sleeper("app"))

    with pytest.raises(SupervisorError, match="already runs"):
        Supervisor([], hub.state).run()
    assert hub.state.exists()


def test_a_busy_port_is_named_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        child = Child(name="the web server", argv=("true",), log=tmp_path / "log", ports=(port,))

        with pytest.raises(SupervisorError) as refusal:
            Supervisor([child], tmp_path / "state").run()

    assert str(refusal.value) == f"Port {port}, which the web server needs, is used by another program. Stop that program or choose another port."


def test_a_full_disk_is_told_before_and_after_the_start(tmp_path: Path) -> None:
    complaint = "import sys; sys.exit('write: no space left on device')"
    child = Child(name="broker", argv=(sys.executable, "-c", complaint), log=tmp_path / "log")

    with pytest.raises(SupervisorError, match=r"^The disk is full\."):
        Supervisor([child], tmp_path / "state", needed_bytes=10**18).run()
    with pytest.raises(SupervisorError, match=r"^The disk is full\."):
        Supervisor([Child(**{**_fields(child), "ready_url": "http://127.0.0.1:1/"})], tmp_path / "state").run()


def test_a_child_that_cannot_start_is_given_up_with_the_place_of_its_log(tmp_path: Path) -> None:
    stages: list[tuple[str, Stage]] = []
    fine = Child(name="fine", argv=(sys.executable, "-c", "import time; time.sleep(60)"), log=tmp_path / "fine")
    broken = Child(name="app", argv=(sys.executable, "-c", "raise SystemExit(3)"), log=tmp_path / "app", ready_url="http://127.0.0.1:1/")

    with pytest.raises(SupervisorError, match=r"app ended at once \(code 3\)"):
        Supervisor([fine, broken], tmp_path / "state", progress=lambda name, stage: stages.append((name, stage))).run()

    assert stages[-1] == ("fine", Stage.STOPPED)
    assert not (tmp_path / "state").exists()


def test_a_child_that_never_gets_ready_ends_the_start(tmp_path: Path) -> None:
    child = Child(name="app", argv=(sys.executable, "-c", "import time; time.sleep(60)"), log=tmp_path / "app", ready_url="http://127.0.0.1:1/")

    with pytest.raises(SupervisorError, match="not ready within"):
        Supervisor([child], tmp_path / "state", ready_seconds=0.4).run()


def test_a_step_that_fails_ends_the_start_and_a_missing_program_is_named(tmp_path: Path) -> None:
    step = Child(name="setup", argv=(sys.executable, "-c", "raise SystemExit(2)"), log=tmp_path / "log", once=True)
    missing = Child(name="broker", argv=("no-such-program-anywhere",), log=tmp_path / "log")

    with pytest.raises(SupervisorError, match="setup ended"):
        Supervisor([step], tmp_path / "state").run()
    with pytest.raises(SupervisorError, match="broker cannot start, because its program is not installed"):
        Supervisor([missing], tmp_path / "state").run()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_watching_costs_little_memory(hub: Hub) -> None:
    hub.start(hub.sleeper("app"))
    assert hub.process is not None

    status = Path(f"/proc/{hub.process.pid}/status").read_text()

    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    assert resident < 20 * 1024


def _fields(child: Child) -> dict[str, object]:
    return {name: getattr(child, name) for name in Child.__dataclass_fields__}
