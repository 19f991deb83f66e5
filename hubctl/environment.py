"""Makes `.venv` from the lock file (once, and again when the lock changes), then hands over to hubctl. Runs on the system's Python alone.

What is half made is made again: the stamp is written last. Two hubs that start together wait for one another.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMP = "hub-stamp.json"
NEEDED_BYTES = 600 * 1024 * 1024
"""A finished environment takes about 350 MB, and downloads need room beside it."""


class NotMade(Exception):
    """The environment cannot be made; the message is one sentence for the operator."""


def wanted_stamp(root: Path, *, dev: bool) -> dict[str, str]:
    """What a right environment was made from: the lock files' hashes, Python's version and the place (an environment cannot be moved)."""
    stamp = {"lock": _digest(root / "requirements.lock"), "python": f"{sys.version_info[0]}.{sys.version_info[1]}", "root": str(root)}
    if dev:
        stamp["dev"] = _digest(root / "requirements-dev.lock")
    return stamp


def is_made(venv: Path, wanted: dict[str, str]) -> bool:
    """Whether the environment holds all that is wanted."""
    try:
        found = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return all(found.get(name) == value for name, value in wanted.items()) and (venv / "bin" / "python").exists()


def ensure(root: Path, *, dev: bool = False) -> Path:
    """The environment's Python, made first if need be. Raises NotMade."""
    venv = root / ".venv"
    wanted = wanted_stamp(root, dev=dev)
    if is_made(venv, wanted):
        return venv / "bin" / "python"
    with (root / ".venv.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Another hub is preparing the environment; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_made(venv, wanted):
            _make(root, venv, wanted, dev=dev)
    return venv / "bin" / "python"


def _make(root: Path, venv: Path, wanted: dict[str, str], *, dev: bool) -> None:
    plain = wanted_stamp(root, dev=False)
    if not is_made(venv, plain):
        if shutil.disk_usage(root).free < NEEDED_BYTES:
            raise NotMade("There is too little free space on the disk: the first start needs about 600 MB.")
        _say("Making the Python environment in .venv (once, about a minute).")
        shutil.rmtree(venv, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(venv)], total=0)
        _install(root, venv, "requirements.lock")
        _stamp(venv, plain)
    if dev:
        _say("Adding the tools that the tests need.")
        _install(root, venv, "requirements-dev.lock")
        _stamp(venv, wanted)


def _install(root: Path, venv: Path, lock: str) -> None:
    total = len(re.findall(r"^[A-Za-z0-9]", (root / lock).read_text(encoding="utf-8"), re.MULTILINE))
    # The lock file names everything, so pip need not resolve; Python compiles what is used at first use.
    words = "--require-hashes --no-deps --no-compile --only-binary :all: --progress-bar off --disable-pip-version-check --no-input"
    # nkeys is published as source alone (pure Python); nothing else may run a build on the city's machine.
    options = [*words.split(), "--no-binary", "nkeys"]
    _run([str(venv / "bin" / "python"), "-m", "pip", "install", *options, "-r", str(root / lock)], total=total)


def _run(command: list[str], *, total: int) -> None:
    """Run a step, counting pip's packages as they come; raises NotMade with the cause in plain words."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environment)
    assert process.stdout is not None
    lines: list[str] = []
    seen = 0
    try:
        for line in process.stdout:
            lines.append(line.strip())
            if line.startswith("Collecting "):
                seen += 1
                _progress(f"  fetching packages: {min(seen, total)} of {total}")
            elif line.startswith("Installing collected"):
                _progress("  unpacking packages                    ")
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise
    code = process.wait()
    _progress(None)
    if code:
        raise NotMade(_cause("\n".join(lines)))


def _cause(output: str) -> str:
    lowered = output.lower()
    if "no space left on device" in lowered:
        return "The disk is full. Free some space, then start again."
    if "do not match the hashes" in lowered:
        return "A downloaded package is not the one that the lock file names, so nothing was installed. Check your package index."
    if "no matching distribution" in lowered or "could not find a version" in lowered:
        return "The package index does not offer a package of requirements.lock for this machine; the last words were: " + _last_error(output)
    if any(word in lowered for word in ("connection", "timed out", "temporary failure", "name resolution", "network is unreachable")):
        return "The packages cannot be fetched: the package index does not answer. Check the network, then start again."
    return "The Python environment cannot be made; the last words were: " + _last_error(output)


def _last_error(output: str) -> str:
    errors = [line for line in output.splitlines() if line.startswith("ERROR")] or output.splitlines()[-1:] or ["nothing"]
    return errors[-1][:300]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _stamp(venv: Path, stamp: dict[str, str]) -> None:
    draft = venv / (STAMP + ".new")
    draft.write_text(json.dumps(stamp), encoding="utf-8")
    os.replace(draft, venv / STAMP)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _progress(words: str | None) -> None:
    if sys.stderr.isatty():
        print(f"\r{words}" if words is not None else "\r" + " " * 60 + "\r", end="", file=sys.stderr, flush=True)


def main() -> None:
    """Make the environment, then become hubctl."""
    arguments = sys.argv[1:]
    try:
        python = ensure(ROOT, dev=arguments[:1] == ["test"])
    except NotMade as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Interrupted; the next start makes the environment anew.")
    except OSError as error:
        sys.exit(f"The Python environment cannot be made: {os.strerror(error.errno or 0).lower()}.")
    # -P: a file in the caller's folder must not stand in for one of our modules.
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    os.execve(python, [str(python), "-P", "-m", "hubctl", *arguments], environment)  # noqa: S606  # our own program


if __name__ == "__main__":
    main()
