"""How the hub stands, part by part, in plain words with what to do: a light and a word for each."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from fastapi import APIRouter, Response

from chassis.service import VERSION
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.formats import number
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
GIGABYTE = 1_000_000_000
MOST_WAITING = timedelta(minutes=2)
LITTLE_DISK, NO_DISK = 0.15, 0.05
SOON, VERY_SOON = 21, 7
ORDER = {"good": 0, "look": 1, "bad": 2}


@dataclass(slots=True)
class Line:
    """One thing that was looked at: a light, what was found, and what to do if it is not well."""

    about: str
    light: str
    words: str
    todo: str = ""


@dataclass(slots=True)
class Part:
    """One part of the hub; its light is the worst of its lines."""

    name: str
    lines: list[Line]
    facts: Record | None = None
    tables: list[Record] = field(default_factory=list)

    @property
    def light(self) -> str:
        """The worst light."""
        return max((line.light for line in self.lines), key=ORDER.__getitem__, default="good")


@router.get("/admin/health")
async def see_health(visit: Here) -> Response:
    """Every part with its light."""
    found = await visit.ask.upkeep.all("/upkeep?sizes=true")
    certificate = await asyncio.to_thread(_certificate, visit)
    parts = [_service(name, told) for name, told in found.items()]
    around = Part("around", [certificate, _disk(list(found.values())), _settings(visit, found), await asyncio.to_thread(_backup, visit)])
    worst = max((part.light for part in (*parts, around)), key=ORDER.__getitem__)
    return visit.page("administration/health.html", parts=parts, around=around, worst=worst, version=VERSION, now=datetime.now(UTC).isoformat())


def _service(name: str, told: Record | None) -> Part:
    if told is None:
        todo = _("Look whether it runs: ./hub doctor. If it was just started, wait a minute and load this page again.")
        return Part(name, [Line(_("Answers"), "bad", _("It does not answer."), todo)])
    checks = told["checks"]
    lines = [
        Line(_("Database"), "good", _("It answers."))
        if checks["database"] == "ok"
        else Line(_("Database"), "bad", _("It does not answer."), _("Look whether the database server runs and the disk is not full.")),
        Line(_("Version of the tables"), "good", _("It fits the program."))
        if checks["migrations"] == "ok"
        else Line(_("Version of the tables"), "bad", _("It is not that of the program."), _("Run: ./hub migrate")),
        _broker(checks["broker"]),
        _outbox(told),
        _letters(told),
        _timers(told),
    ]
    if told["version"] != VERSION:
        lines.append(Line(_("Release"), "look", _("It runs another release than the pages."), _("Finish the upgrade: start all parts again.")))
    return Part(name, lines, told, told["tables"][:12])


def _broker(state: str) -> Line:
    if state == "ok":
        return Line(_("Message broker"), "good", _("Connected."))
    todo = _("Nothing is lost: news waits and goes out when it is back. Look whether the broker runs.")
    return Line(_("Message broker"), "look", _("Not connected."), todo)


def _outbox(told: Record) -> Line:
    waiting, oldest = told["outbox_waiting"], told["outbox_oldest"]
    late = bool(oldest) and datetime.now(UTC) - datetime.fromisoformat(oldest) > MOST_WAITING
    words = _("{count} wait to be told to the other parts.", count=number(waiting)) if waiting else _("Nothing waits.")
    todo = _("They wait longer than they should: look at the message broker.") if late else ""
    return Line(_("News on its way"), "look" if late else "good", words, todo)


def _letters(told: Record) -> Line:
    count = told["dead_letters"]
    if not count:
        return Line(_("Events not handled"), "good", _("None."))
    return Line(_("Events not handled"), "look", number(count), _("Open the page “Events not handled” and try them again."))


def _timers(told: Record) -> Line:
    failed = [timer["name"] for timer in told["timers"] if timer["outcome"] == "failed"]
    now, started = datetime.now(UTC), datetime.fromisoformat(told["started_at"])

    def is_late(timer: Record) -> bool:
        last = datetime.fromisoformat(timer["at"]) if timer["at"] else started
        return now - last > timedelta(seconds=3 * timer["every_seconds"] + 120)

    late = [timer["name"] for timer in told["timers"] if is_late(timer)]
    if not failed and not late:
        return Line(_("Periodic work"), "good", _("All {count} ran in time.", count=number(len(told["timers"]))))
    todo = _("It is tried again by itself. If this stays for an hour, look into the log of this part for “timer failed”.")
    return Line(_("Periodic work"), "look", _("Failed or late: {count}.", count=number(len({*failed, *late}))), todo)


def _disk(found: list[Record | None]) -> Line:
    known = [told for told in found if told and told["disk_total"]]
    if not known:
        return Line(_("Disk"), "good", _("The databases lie on a server of their own; look there how much room is left."))
    free, total = min((told["disk_free"], told["disk_total"]) for told in known)
    share = free / total
    words = _("{free} GB of {total} GB are free.", free=number(round(free / GIGABYTE, 1)), total=number(round(total / GIGABYTE)))
    if share >= LITTLE_DISK:
        return Line(_("Disk"), "good", words)
    todo = _("Make room: old backups and logs first. When the disk is full, the hub refuses to write.")
    return Line(_("Disk"), "bad" if share < NO_DISK else "look", words, todo)


def _certificate(visit: Visit) -> Line:
    path = visit.settings.tls_certificate
    about = _("Certificate of the address")
    if path is None:
        if visit.settings.public_url.startswith("https:"):
            return Line(about, "good", _("It is kept by the proxy in front of the hub; look there how long it holds."))
        return Line(about, "good", _("None is needed: this hub is reached on this machine only."))
    try:
        until = x509.load_pem_x509_certificate(Path(path).read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return Line(about, "bad", _("Its file cannot be read."), _("Put the certificate back where the setting GATEWAY_TLS_CERTIFICATE names it."))
    days = (until - datetime.now(UTC)).days
    light = "bad" if days < VERY_SOON else "look" if days < SOON else "good"
    return Line(about, light, _("It holds {days} more days.", days=number(days)), _("Renew it now.") if light != "good" else "")


def _settings(visit: Visit, found: dict[str, Record | None]) -> Line:
    version = visit.instance.version
    behind = [name for name, told in found.items() if told and told["choices_version"] < version]
    if not behind:
        return Line(_("Settings of the hub"), "good", _("Every part knows the newest."))
    return Line(
        _("Settings of the hub"), "look", _("A part does not know the newest yet."), _("Wait a minute; if it stays, look at the message broker.")
    )


def _backup(visit: Visit) -> Line:
    """When the city's own backup last ended well, as the file says that it touches then. Said plainly where nothing is known."""
    about, path = _("Backup"), visit.settings.backup_mark
    if path is None:
        return Line(
            about,
            "look",
            _("The hub does not make backups itself in this release, and does not know of yours."),
            _("Let your server copy the databases every night, and the vault's keys to another place. Let it touch a file when it has ended "
              "well, and name that file in the setting GATEWAY_BACKUP_MARK: then this page warns you when it stops."),
        )  # fmt: skip
    try:
        ended = datetime.fromtimestamp(Path(path).stat().st_mtime, UTC)
    except OSError:
        return Line(about, "bad", _("No backup has ended yet: its file is not there."), _("Look whether the backup runs, and try it once by hand."))
    hours = max(0, int((datetime.now(UTC) - ended).total_seconds() // 3600))
    light = "good" if hours <= 36 else "look" if hours <= 7 * 24 else "bad"
    words = _("The last one ended {hours} hours ago.", hours=number(hours))
    return Line(about, light, words, _("Look why it stopped, and try it once by hand.") if light != "good" else _("Try a restore twice a year."))
