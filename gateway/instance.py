"""What the city chose for its hub, as pages show it: asked from `people` every few seconds, kept while `people` is away.

Templates read the object `instance`: its name, texts, languages, colours, picture and contacts, already with the environment's defaults.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chassis.call import Line, ServiceAway
from chassis.colour import DARK_GROUNDS, HEX, readable
from chassis.context import LOCALES, locale
from chassis.identity import Caller
from chassis.telemetry import log_for
from gateway.settings import GatewaySettings

GATEWAY = Caller(kind="service", id="gateway")
SECONDS = 5.0
"""How long a state is believed without asking again."""
FIRST_SECONDS = 2.0
"""How long the first reader waits for it."""
ACCENT = "#0b5563"
"""Links, where the city chose no colour of its own."""
MEDIA_TYPES = frozenset({"image/png", "image/jpeg", "image/webp"})


@dataclass(frozen=True, slots=True)
class Picture:
    """The city's picture; `path` is its address here."""

    sha256: str
    media_type: str
    width: int
    height: int

    @property
    def path(self) -> str:
        """The address changes with the picture, so that browsers may keep it for good."""
        return f"/logo/{self.sha256}"


@dataclass(frozen=True, slots=True)
class Instance:
    """The hub as pages show it. A text that was never written is empty."""

    version: int
    name: str
    colour: str
    accent: str
    languages: tuple[str, ...]
    default_language: str
    logo: Picture | None = None
    publisher: str = ""
    publisher_address: str = ""
    office_email: str = ""
    office_phone: str = ""
    accessibility_email: str = ""
    data_protection_email: str = ""
    supervisor: str = ""
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    chosen: Mapping[str, Any] = field(default_factory=dict)
    """All that was chosen, by name (Any: values of many types); `fixed` among it names what only the environment decides."""

    def text(self, name: str) -> str:
        """A text of the city (home_title, home_lead, imprint, privacy, accessibility) in the reader's language, else in the first language of
        the hub, else in any; empty where none was written."""
        written = self.texts.get(name) or {}
        return written.get(locale()) or written.get(self.default_language) or written.get("en") or next(iter(written.values()), "")

    def text_language(self, name: str) -> str:
        """The language in which `text` answers, for the attribute `lang`."""
        written = self.texts.get(name) or {}
        return next((code for code in (locale(), self.default_language, "en", *written) if written.get(code)), locale())

    @property
    def stylesheet(self) -> str:
        """The city's colours as custom properties; in the dark look links take the nearest shade that can be read there."""
        sheet = f":root {{ --main: {self.colour}; }}\n"
        if self.accent != ACCENT:
            dark = readable(self.accent, DARK_GROUNDS)
            sheet += f":root {{ --link: {self.accent}; }}\n@media (prefers-color-scheme: dark) {{ :root {{ --link: {dark}; }} }}\n"
        return sheet


def instance_of(settings: GatewaySettings, state: Mapping[str, Any]) -> Instance:  # Any: JSON of people
    """The hub as pages show it, from what was chosen and the environment. What is not as expected counts as never chosen."""

    def word(name: str, default: str = "") -> str:
        value = state.get(name)
        return value if isinstance(value, str) and value else default

    def colour(name: str, default: str) -> str:
        value = word(name, default)
        return value if HEX.match(value) else default

    languages = tuple(code for code in _list(state.get("languages")) if code in LOCALES) or tuple(settings.languages)
    default = word("default_language", settings.default_locale)
    texts = {name: state[name] for name in ("home_title", "home_lead", "imprint", "privacy", "accessibility") if isinstance(state.get(name), dict)}
    version = state.get("version")
    return Instance(
        version=version if isinstance(version, int) else 0,
        name=word("name", settings.instance_name),
        colour=colour("colour", settings.colour),
        accent=colour("accent", ACCENT),
        languages=languages,
        default_language=default if default in languages else languages[0],
        logo=_picture(state.get("logo")),
        **{name: word(name) for name in CONTACTS},
        texts=texts,
        chosen=state,
    )


CONTACTS = ("publisher", "publisher_address", "office_email", "office_phone", "accessibility_email", "data_protection_email", "supervisor")


def _list(value: object) -> Sequence[Any]:  # Any: JSON
    return value if isinstance(value, list) else ()


def _picture(found: object) -> Picture | None:
    if not isinstance(found, dict) or found.get("media_type") not in MEDIA_TYPES:
        return None
    sizes = [found.get(name) for name in ("width", "height")]
    return Picture(str(found.get("sha256")), found["media_type"], *[size if isinstance(size, int) else 1 for size in sizes])


class Reader:
    """Knows the present state: reads it at the first visit, and again beside the visits that follow."""

    def __init__(self, people: Line, settings: GatewaySettings) -> None:
        self._people = people
        self._settings = settings
        self._asked = 0.0
        self._asking: asyncio.Task[None] | None = None
        self._logo: tuple[str, str, bytes] | None = None
        self._known = False
        self.now = instance_of(settings, {})

    async def fresh(self) -> Instance:
        """The hub as it is now, at most some seconds old; while `people` is away, as it was last."""
        if time.monotonic() - self._asked > SECONDS or not self._asked:
            if self._asking is None or self._asking.done():
                self._asked = time.monotonic()
                self._asking = asyncio.create_task(self._read())
            if not self._known:
                await asyncio.wait({self._asking}, timeout=FIRST_SECONDS)
        return self.now

    async def again(self) -> Instance:
        """Ask now, after a change that was made here."""
        await self._read()
        return self.now

    async def logo(self, sha256: str) -> tuple[str, bytes] | None:
        """Media type and bytes of the present picture; None for any other. Raises ServiceAway."""
        present = self.now.logo
        if present is None or present.sha256 != sha256:
            return None
        if self._logo is None or self._logo[0] != sha256:
            answer = await self._people.ask(GATEWAY, "GET", f"/internal/v1/instance/logo/{sha256}")
            if answer.status != 200:
                return None
            self._logo = sha256, present.media_type, answer.body
        return self._logo[1], self._logo[2]

    async def _read(self) -> None:
        self._asked = time.monotonic()
        try:
            answer = await self._people.ask(GATEWAY, "GET", "/internal/v1/instance")
            if answer.status == 200:
                found = answer.json()
                self.now, self._known = instance_of(self._settings, found if isinstance(found, dict) else {}), True
        except (ServiceAway, ValueError) as error:
            log_for("gateway").warning("the settings of the hub cannot be read", error=type(error).__name__)
