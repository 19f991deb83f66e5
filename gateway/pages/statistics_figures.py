"""The figures that everybody may read, made from published quarters, the day's published snapshot of the registry, and nothing else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from gateway.clients.asking import Record
from gateway.pages.charts import bars_of
from gateway.pages.charts_over_time import MOST_SERIES, areas_of, columns_of, lines_of, ranges_of
from gateway.pages.figures import Figure, Row, Value, period_label, period_name, source
from gateway.pages.formats import language_name, number
from gateway.pages.words import label, say

PUBLISHED, REGISTRY = "/api/v1/statistics/published", "/api/v1/statistics"
FATES = ("fulfilled", "ended", "going_on")
ANSWERS = ("accepted", "declined", "expired", "called_off", "waiting")
USES = ("offers_asked", "offers_full", "offers_never_asked")
TIMES = ("time_to_match", "time_to_accept", "time_to_fulfil")
IN_CHART = 12


def _(sentence: str) -> str:
    """Marks a sentence for the translators."""
    return sentence


@dataclass(frozen=True, slots=True)
class Open:
    """What is published, which quarters are looked at, and how things are named. `narrowed`: a list and a code of it, over the quarters."""

    quarters: Sequence[Record]
    chosen: Record | None
    registry: Record
    definitions: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    category: Callable[[str], str]
    place: Callable[[str], str]
    narrowed: tuple[str, str] | None = None

    @property
    def labels(self) -> list[str]:
        """The quarters, as short as they are clear."""
        return [period_label("quarter", quarter["start"]) for quarter in self.quarters]

    @property
    def chosen_name(self) -> str:
        """The quarter whose lists are told."""
        return period_name("quarter", self.chosen["start"]) if self.chosen else ""

    def key_name(self, by: str, key: str) -> str:
        """What a code of a list is called."""
        if key == "-":
            return say(_("Not known"))
        if by == "category":
            return (
                say(_("{kind}, not told more closely"), kind=self.category(key.removesuffix(".general")))
                if key.endswith(".general")
                else self.category(key)
            )
        if by == "language":
            return language_name(key)
        if by == "area":
            return self.place(key) if "," in key else key
        return label({"use": "measure", "answer": "request_answer"}.get(by, by), key)


def open_figures(told: Open) -> list[Figure]:
    """Every published figure, in the order of the page."""
    found: list[Figure] = []
    if told.quarters:
        found = [_needs(told), _months(told), *_lists(told), _parts(told, "fate", "needs", say(_("What became of the needs")), FATES)]
        found += [_parts(told, "answer", "requests", say(_("How requests were answered")), ANSWERS)]
        found += [_parts(told, "use", "offers", say(_("How offers were used")), USES), _times(told)]
    return found + _registry(told)


def _value(quarter: Record, population: str, by: str | None = None, key: str | None = None) -> Value:
    found: Value = quarter[population]["total"] if by is None else quarter[population][by].get(key)
    return found


def _rounding(told: Open) -> tuple[str, str]:
    return say(_("Rounded")), say(
        _("Groups under ten are left out, with what would give them away; the rest is rounded to 5. A quarter is published once and never changed.")
    )


def _needs(told: Open) -> Figure:
    by, key = told.narrowed or (None, None)
    populations = ("needs", "requests") if by in (None, "category") else ("needs",)
    rows = tuple(
        Row(
            quarter["start"],
            period_name("quarter", quarter["start"]),
            tuple(_value(quarter, name, by, key) for name in populations),
        )
        for quarter in told.quarters
    )
    names = tuple(label("measure", {"needs": "needs_posted", "requests": "requests_made"}[name]) for name in populations)
    return Figure(
        "needs",
        say(_("Needs and requests over time")),
        (say(_("Quarter")), *names),
        ("quarter_start", *(f"{name}_count" for name in populations)),
        rows,
        (
            (names[0], told.definitions.get("needs_posted", "")),
            *([(names[1], told.definitions.get("requests_made", ""))] if len(names) > 1 else []),
            _rounding(told),
        ),
        source(PUBLISHED, told.query),
        words=say(_("Lines of the quarters. The table below has each quarter; a dash stands for a figure that is left out.")),
        names=names,
        drawn=lines_of(told.labels, [(name, [row.values[at] for row in rows]) for at, name in enumerate(names)]),
    )


def _months(told: Open) -> Figure:
    months = [(month, quarter) for quarter in told.quarters for month in sorted({*quarter["needs"]["month"], *quarter["requests"]["month"]})]
    rows = tuple(
        Row(month, period_name("month", f"{month}-01"), (quarter["needs"]["month"].get(month), quarter["requests"]["month"].get(month)))
        for month, quarter in months
    )
    names = (label("measure", "needs_posted"), label("measure", "requests_made"))
    labels = [period_label("month", f"{month}-01") for month, _quarter in months]
    return Figure(
        "months",
        say(_("The same by month")),
        (say(_("Month")), *names),
        ("month", "needs_count", "requests_count"),
        rows,
        ((names[0], told.definitions.get("needs_posted", "")), (names[1], told.definitions.get("requests_made", "")), _rounding(told)),
        source(PUBLISHED, told.query),
        says=() if rows else (say(_("No month has enough needs to be told by itself.")),),
        words=say(_("Lines of the months that may be told. The table below has each of them.")),
        names=names if rows else (),
        drawn=lines_of(labels, [(name, [row.values[at] for row in rows]) for at, name in enumerate(names)]) if rows else None,
    )


def _lists(told: Open) -> list[Figure]:
    assert told.chosen is not None
    found = []
    titles = {
        "category": say(_("Needs by kind of help, {quarter}"), quarter=told.chosen_name),
        "area": say(_("Needs by area, {quarter}"), quarter=told.chosen_name),
        "language": say(_("Needs by language, {quarter}"), quarter=told.chosen_name),
    }
    heads = {"category": say(_("Kind of help")), "area": say(_("Area")), "language": say(_("Language"))}
    for by, title in titles.items():
        counts: dict[str, int] = told.chosen["needs"][by]
        rows = tuple(Row(key, told.key_name(by, key), (counts[key],)) for key in _ordered(by, counts))
        shown = [(row.label, [int(row.values[0] or 0)]) for row in rows if by != "category" or "." not in row.code][:IN_CHART]
        cells = [
            (*_point(row.code), row.values[0], row.shown[0], "", f"{row.label}: {row.shown[0]}") for row in rows if by == "area" and "," in row.code
        ]
        drawn = areas_of(cells) if cells else None
        found.append(
            Figure(
                f"by-{by}",
                title,
                (heads[by], label("measure", "needs_posted")),
                (by, "needs_count"),
                rows,
                ((label("measure", "needs_posted"), told.definitions.get("needs_posted", "")), _rounding(told)),
                source(PUBLISHED, told.query),
                says=_said_of_list(rows, bool(cells)),
                words=say(_("A map of squares of about 5 by 5 kilometres. The table below has every area that may be told.")) if cells else "",
                drawn=drawn if drawn is not None and drawn.cells else None,
                bars=bars_of(shown) if shown and not cells else None,
            )
        )
    return found


def _said_of_list(rows: Sequence[Row], on_map: bool) -> tuple[str, ...]:
    if not rows:
        return (say(_("No group of this quarter is large enough to be told.")),)
    return (say(_("Each square is about 5 by 5 kilometres, with the needs recorded there. North is above.")),) if on_map else ()


def _ordered(by: str, counts: Mapping[str, int]) -> list[str]:
    """Kinds of help as in their tree, all else the largest first."""
    if by == "category":
        return sorted(counts, key=lambda key: key.replace(".general", "."))
    return sorted(counts, key=lambda key: (-counts[key], key))


def _point(key: str) -> tuple[float, float]:
    lat, lon = key.split(",")
    return float(lat), float(lon)


def _parts(told: Open, by: str, population: str, title: str, keys: Sequence[str]) -> Figure:
    below = ("accepted.fulfilled", "accepted.not_fulfilled", "accepted.going_on") if by == "answer" else ()
    names = tuple(told.key_name(by, key) for key in keys)
    columns = (*keys, *below)
    rows = tuple(
        Row(
            quarter["start"],
            period_name("quarter", quarter["start"]),
            (_value(quarter, population), *(_value(quarter, population, by, key) for key in columns)),
        )
        for quarter in told.quarters
    )
    values = [(name, [row.values[at + 1] for row in rows]) for at, name in enumerate(names)][:MOST_SERIES]
    said = {
        "fate": _("How things stood when the quarter ended."),
        "answer": _("How things stood when the quarter ended."),
        "use": _("At the end of the quarter."),
    }
    return Figure(
        {"fate": "fates", "answer": "answers", "use": "offers"}[by],
        title,
        (say(_("Quarter")), say(_("All")), *names, *(told.key_name(by, key) for key in below)),
        ("quarter_start", "all", *columns),
        rows,
        (
            *((name, told.definitions[key]) for name, key in zip(names, keys, strict=True) if key in told.definitions),
            (say(_("When")), say(said[by])),
            _rounding(told),
        ),
        source(PUBLISHED, told.query),
        words=say(_("Stacked columns of the quarters. The table below has each quarter; a dash stands for a figure that is left out.")),
        names=names,
        drawn=columns_of(told.labels, values) if any(value for _name, series in values for value in series) else None,
    )


def _times(told: Open) -> Figure:
    rows = []
    for quarter in told.quarters:
        values: list[Value] = []
        for name in TIMES:
            one = quarter["times"].get(name) or {}
            values += [one.get("median_days"), one.get("lower_days"), one.get("upper_days")]
        rows.append(Row(quarter["start"], period_name("quarter", quarter["start"]), tuple(values)))
    spreads = [(row.values[0], row.values[1], row.values[2]) for row in rows]
    words = [say(_("{period}: median {median} days"), period=name, median=number(one[0])) for name, one in zip(told.labels, spreads, strict=True)]
    heads = [
        head
        for name in TIMES
        for head in (
            say(_("{time}: median, days"), time=label("measure", name)),
            say(_("{time}: lower quartile"), time=label("measure", name)),
            say(_("{time}: upper quartile"), time=label("measure", name)),
        )
    ]
    return Figure(
        "times",
        say(_("How long it took")),
        (say(_("Quarter")), *heads),
        ("quarter_start", *(f"{name}_{part}" for name in TIMES for part in ("median_days", "lower_days", "upper_days"))),
        tuple(rows),
        (
            *((label("measure", name), told.definitions.get(name, "")) for name in TIMES),
            (say(_("Rounded")), say(_("In whole days. The median is told of ten or more, the quartiles of forty or more."))),
        ),
        source(PUBLISHED, told.query),
        says=(say(_("The picture shows the days from need to match: a line at the median of each period, and a box around the middle half.")),),
        words=say(_("Median days from need to match in each quarter, with the range of the middle half where it may be told.")),
        drawn=ranges_of(told.labels, spreads, words) if any(one[0] is not None for one in spreads) else None,
    )


def _registry(told: Open) -> list[Figure]:
    registry = told.registry
    offers: dict[str, Any] = registry.get("open_offers_by_category") or {}
    kinds: dict[str, int] = registry.get("actors_by_kind") or {}
    dated: dict[str, int] = registry.get("declarations_by_year") or {}
    known = [int(year) for year in dated if year.isdecimal()]
    years = {str(year): dated.get(str(year), 0) for year in range(min(known), max(known) + 1)} if known and max(known) - min(known) < 200 else dated
    as_of = (say(_("When")), say(_("As published for the day; the same for every reader until the next day.")))
    tables = (
        ("open-offers", say(_("Open offers today")), say(_("Kind of help")), "category", dict(sorted(offers.items())), told.category,
         say(_("Public offers that take requests. Groups under ten are left out, with what would give them away; the rest is rounded to 5."))),
        ("organisations", say(_("Organisations in the registry")), say(_("Kind of organisation")), "kind", kinds, partial(label, "actor_kind"),
         say(_("Records of the registry that are not archived. The registry is public, so they are told exactly."))),
        ("declarations", say(_("Declarations of solidarity by year")), say(_("Year")), "year", years, str,
         say(_("Declarations in the registry by the year of their date; those without a date are left out."))),
    )  # fmt: skip
    found = []
    for key, title, head, code, counts, name_of, definition in tables:
        if not counts:
            continue
        rows = tuple(Row(each, name_of(each), (count,)) for each, count in counts.items())
        drawn = None
        bars = bars_of([(row.label, [int(row.values[0] or 0)]) for row in rows if row.values[0]][:20])
        if key == "declarations":
            drawn = columns_of([row.label for row in rows], [(title, [row.values[0] for row in rows])])
        found.append(
            Figure(
                key,
                title,
                (head, say(_("Number"))),
                (code, "count"),
                rows,
                ((title, definition), as_of),
                REGISTRY,
                words=say(_("A column for each year. The table below has each year.")) if drawn else "",
                drawn=drawn,
                bars=None if drawn else bars,
            )
        )
    return found
