"""A form on its way: what was filled in, what a service found wrong with it, and where each fault is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from starlette.datastructures import FormData, ImmutableMultiDict

from chassis.errors import HubError
from gateway.pages.words import say


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of the summary on top: the field it leads to, and what to do."""

    field: str | None
    message: str


@dataclass(slots=True)
class Form:
    """The values of a form, kept when it comes back with faults. `pointers` says which field shows the fault of which part of the body:
    JSON pointer -> field name; the longest pointer that fits wins."""

    values: Mapping[str, list[str]] = field(default_factory=dict)
    pointers: Mapping[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    once: str = field(default_factory=lambda: f"form-{uuid4().hex}")
    """A new word for each form shown; sent back, it makes a second click the same request."""
    shown: bool = False
    """Whether the page shows it already: the buttons of the languages belong to the first form that does."""

    @classmethod
    def sent(cls, data: FormData | ImmutableMultiDict[str, str], pointers: Mapping[str, str]) -> "Form":
        """A form as it came in. Uploads are no text and are left out."""
        values: dict[str, list[str]] = {}
        for name, value in data.multi_items():
            if isinstance(value, str):
                values.setdefault(name, []).append(value)
        return cls(values, pointers)

    def begin(self) -> bool:
        """Whether this is the page's first form with these values."""
        first, self.shown = not self.shown, True
        return first

    def text(self, name: str, default: str = "") -> str:
        """What is in a field, trimmed."""
        found = self.values.get(name)
        return found[0].strip() if found else default

    def raw(self, name: str) -> str:
        """What is in a field as it stands (passwords)."""
        found = self.values.get(name)
        return found[0] if found else ""

    def many(self, name: str) -> list[str]:
        """All choices of a field."""
        return [value for value in self.values.get(name, []) if value]

    def ticked(self, name: str, value: str = "yes", default: bool = False) -> bool:
        """Whether a box is ticked; `default` where the form was not sent yet."""
        return value in self.values.get(name, []) if self.values else default

    def whole(self, name: str) -> int | str | None:
        """A whole number; what is none stays text, so that the service says what is wrong with it."""
        text = self.text(name)
        return (int(text) if text.lstrip("-").isdecimal() and len(text) < 12 else text) if text else None

    def decimal(self, name: str) -> float | str | None:
        """A number, with a point or a comma."""
        text = self.text(name)
        try:
            return float(text.replace(",", ".")) if text else None
        except ValueError:
            return text

    def refused(self, error: HubError) -> None:
        """Show what a service refused: each fault at its field, the rest on top."""
        self.once = f"form-{uuid4().hex}"
        if not error.fields:
            self.faults.append(Fault(None, say(error.message, **error.params)))
        for fault in error.fields:
            self.faults.append(Fault(self._field_of(fault.pointer), say(fault.message, **dict(fault.params))))

    def require(self, name: str, message: str) -> None:
        """Ask for a field that is empty."""
        if not self.text(name):
            self.wrong(name, message)

    def wrong(self, name: str, message: str) -> None:
        """Note a fault of our own; `message` is in the reader's language."""
        self.faults.append(Fault(name, message))

    def faults_of(self, name: str) -> list[str]:
        """What is wrong with one field."""
        return [fault.message for fault in self.faults if fault.field == name]

    def _field_of(self, pointer: str) -> str | None:
        fitting = [known for known in self.pointers if pointer == known or pointer.startswith(f"{known}/")]
        return self.pointers[max(fitting, key=len)] if fitting else None
