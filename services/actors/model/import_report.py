"""What an import answers: counts per kind, or faults by file and line. A fault names the place and the rule, never the content of a cell."""

from dataclasses import dataclass, field

from chassis.errors import FieldError, Invalid

KINDS = ("actors", "memberships", "initiatives", "declarations", "resources", "practices", "capacities")
"""The kinds of files, in the order in which they are read and written."""
MOST_FAULTS = 100
"""After so many faults reading stops; the file needs a look anyway."""


class ImportRefused(Invalid):
    """The files hold faults; nothing was written."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. Lines count from 1, the header line; line 0 is the file as a whole."""

    file: str
    line: int
    code: str
    message: str
    column: str | None = None
    params: tuple[tuple[str, str | int], ...] = ()

    def as_field(self) -> FieldError:
        """As the problem document shows it: `/actors.csv/12/lat`."""
        pointer = f"/{self.file}/{self.line}" + (f"/{self.column}" if self.column else "")
        return FieldError(pointer, self.code, self.message, self.params)


@dataclass(slots=True)
class Faults:
    """Gathers faults while files are read."""

    found: list[Fault] = field(default_factory=list)

    def add(self, file: str, line: int, code: str, message: str, column: str | None = None, **params: str | int) -> None:
        """One more fault, up to MOST_FAULTS."""
        if not self.full:
            self.found.append(Fault(file, line, code, message, column, tuple(params.items())))

    @property
    def full(self) -> bool:
        """Whether reading on is of no use."""
        return len(self.found) >= MOST_FAULTS

    def refuse(self) -> None:
        """Raise ImportRefused if there is any fault, in the order of files and lines."""
        if self.found:
            ordered = sorted(self.found, key=lambda fault: (KINDS.index(fault.file.removesuffix(".csv")), fault.line))
            raise ImportRefused(
                "The files were refused and nothing was written; correct the lines named here and send them again.",
                fields=tuple(fault.as_field() for fault in ordered),
            )


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows of one kind."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import wrote, or in a dry run would write."""

    dry_run: bool
    kinds: dict[str, Counts]

    @property
    def created(self) -> int:
        """New records of all kinds."""
        return sum(counts.created for counts in self.kinds.values())

    @property
    def changed(self) -> int:
        """Changed records of all kinds."""
        return sum(counts.changed for counts in self.kinds.values())

    @property
    def unchanged(self) -> int:
        """Records of all kinds that were the same."""
        return sum(counts.unchanged for counts in self.kinds.values())
