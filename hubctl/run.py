"""Runs a plan: the long-lived parent of a hub, made of the standard library alone so that it stays small.

`python -m hubctl.run plan.json` keeps the plan's processes running until Ctrl-C or SIGTERM, and says in plain words what happens.
"""

import json
import sys
from pathlib import Path
from typing import Any

from hubctl.supervised import Child, Stage, SupervisorError
from hubctl.supervisor import Supervisor

WORDS = {
    "broker": "the message broker",
    "prepare": "streams and databases",
    "mail": "the mail catcher",
    "hub": "the hub",
    "gateway": "the gateway",
}
READY_SECONDS = 90.0


def children_of(plan: dict[str, Any]) -> list[Child]:
    """The plan's processes (Any: JSON). A variable that holds a secret is named by file and read only now."""
    return [
        Child(
            name=each["name"],
            argv=tuple(each["argv"]),
            log=Path(each["log"]),
            env={**each["env"], **{name: Path(path).read_text(encoding="utf-8").strip() for name, path in each.get("env_files", {}).items()}},
            ready_url=each["ready_url"],
            ports=tuple(each["ports"]),
            once=each.get("once", False),
        )
        for each in plan["children"]
    ]


def banner(plan: dict[str, Any]) -> str:
    """What to tell whoever started the hub (Any: JSON)."""
    lines = ["", f"The hub is ready: {plan['url']}"]
    if plan["kind"] == "demo":
        lines.append("This is a demonstration: nobody and nothing in it exists, and the second factor is off.")
    if plan["accounts"]:
        written = json.loads(Path(plan["accounts"]).read_text(encoding="utf-8"))
        lines += ["", "Sign in as:"]
        lines += [f"  {each['role']:<12} {each['email']:<32} {each['password']}" for each in written["accounts"]]
        lines += [f"  {'API client':<12} {each['client_id']:<38} {each['client_secret']}" for each in written["clients"]]
        lines.append(f"  (also in {plan['accounts']})")
    if plan["mail"]:
        lines.append(f"Mails are not sent; they are kept in {plan['mail']}, and the admin reads them in the hub.")
    lines += [f"Logs: {plan['logs']}", "Ctrl-C stops everything.", ""]
    return "\n".join(lines)


def tell(name: str, stage: Stage) -> None:
    """One line for what happens to a process."""
    words = WORDS.get(name, f"the service {name}")
    if stage is Stage.STARTING:
        _say(f"Starting {words} ...")
    elif stage is Stage.DIED:
        _say(f"{words[0].upper()}{words[1:]} ended unexpectedly; it is started again.")
    elif stage is Stage.UNHEALTHY:
        _say(f"{words[0].upper()}{words[1:]} does not answer; it is started again.")
    elif stage is Stage.RESTARTED:
        _say(f"{words[0].upper()}{words[1:]} was started again.")
    elif stage is Stage.STOPPING:
        _say(f"Stopping {words} ...")


def main() -> None:
    """Run the plan named on the command line."""
    plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    supervisor = Supervisor(children_of(plan), Path(plan["state"]), ready_seconds=READY_SECONDS, progress=tell)
    try:
        supervisor.run(lambda: _say(banner(plan)))
    except SupervisorError as error:
        sys.exit(str(error))
    _say("Stopped.")


def _say(words: str) -> None:
    try:
        print(words, flush=True)
    except BrokenPipeError:
        # Whoever listened is gone; the hub goes on.
        sys.stdout = open("/dev/null", "w", encoding="utf-8")  # noqa: SIM115


if __name__ == "__main__":
    main()
