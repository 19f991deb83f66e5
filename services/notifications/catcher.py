"""The demo's mail server: it keeps every mail on this machine, so that a demo can be tried without writing to anybody.

`python -m services.notifications.catcher --host 127.0.0.1 --port 1025 --folder ...` runs it alone; each mail is a file that only
its owner may read.
"""

import argparse
import contextlib
import email
import os
import signal
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

MOST = 500
"""Mails that are kept; older ones are deleted."""
MAX_BYTES = 1_000_000
MAX_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """A mail that was kept."""

    id: str
    recipient: str
    subject: str
    text: str
    message_id: str
    caught_at: datetime


def _read(path: Path) -> CaughtMail:
    raw = email.message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(raw, EmailMessage)
    body = raw.get_body(("plain",))
    text = str(body.get_content()) if body is not None else ""
    caught_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return CaughtMail(
        path.name,
        str(raw["X-RcptTo"] or raw["To"] or ""),
        str(raw["Subject"] or ""),
        text[:MAX_TEXT],
        str(raw["Message-ID"] or ""),
        caught_at,
    )


def _files(folder: Path) -> list[Path]:
    return sorted((path for path in folder.glob("*.eml") if path.is_file()), key=lambda path: path.name)


def read_folder(folder: Path) -> list[CaughtMail]:
    """The mails in a catcher's folder, newest first. One that is deleted or damaged meanwhile is left out."""
    found = []
    for path in reversed(_files(folder)[-MOST:]):
        with contextlib.suppress(OSError, ValueError, LookupError, AssertionError):
            found.append(_read(path))
    return found


class _Keeper:
    """What the SMTP server does with a mail (method names and types are aiosmtpd's)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._count = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # Any: aiosmtpd is untyped
        """Keep it."""
        header = "".join(f"X-RcptTo: {recipient}\r\n" for recipient in envelope.rcpt_tos[:1] if recipient.isprintable())
        self._keep(header.encode("utf-8", "replace") + bytes(envelope.original_content or b""))
        return "250 Kept on this machine"

    def _keep(self, raw: bytes) -> None:
        with self._lock:
            self._count += 1
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
            name = f"{stamp}-{os.getpid()}-{self._count}"
            draft = self._folder / f"{name}.part"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(raw)
            draft.rename(self._folder / f"{name}.eml")
            for old in _files(self._folder)[:-MOST]:
                old.unlink(missing_ok=True)


class MailCatcher:
    """A mail server on this machine; its folder keeps the last mails over restarts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._controller: Any = None  # Any: aiosmtpd is untyped

    def start(self, host: str, port: int) -> None:
        """Listen, in a thread of its own; raises OSError when the port is taken."""
        from aiosmtpd.controller import Controller  # loaded only where a catcher runs

        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._controller = Controller(_Keeper(self.folder), hostname=host, port=port, data_size_limit=MAX_BYTES, enable_SMTPUTF8=True)
        self._controller.start()

    def stop(self) -> None:
        """Stop listening; the mails stay."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def messages(self) -> list[CaughtMail]:
        """What was caught, newest first."""
        return read_folder(self.folder)


def main() -> None:
    """Run until asked to stop."""
    parser = argparse.ArgumentParser(description="Keep every mail on this machine instead of sending it.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=1025, help="port to listen on")
    parser.add_argument("--folder", type=Path, required=True, help="where the mails are kept")
    wanted = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    catcher = MailCatcher(wanted.folder)
    catcher.start(wanted.host, wanted.port)
    stop.wait()
    catcher.stop()


if __name__ == "__main__":
    main()
