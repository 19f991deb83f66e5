"""Exact figures broken by kind of help, area and language, and what is lacking; and what all figures of the dashboard are made from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gateway.clients.asking import Record
from gateway.pages.charts import bars_of
from gateway.pages.charts_over_time import MOST_SERIES, areas_of, columns_of
from gateway.pages.figures import Figure, Row, largest, period_label, source
from gateway.pages.formats import language_name, number
from gateway.pages.words import label, say

PARTS, LACKING = "/api/v1/statistics/parts", "/api/v1/scarcity"
IN_CHART = 10


def _(sentence: str) -> str:
    """Marks a sentence for the translators."""
    return sentence


@dataclass(frozen=True, slots=True)
class Told:
    """What the services answered, and how things are named."""

    series: Record
    by: Mapping[str, Record]
    lacking: Record
    keys: Record
    definitions: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    category: Callable[[str], str]
    place: Callable[[str], str]

    @property
    def period(self) -> str:
        """The length of a period."""
        return str(self.series["period"])

    @property
    def labels(self) -> list[str]:
        """The periods, as short as they are clear."""
        return [period_label(self.period, start) for start in self.series["starts"]]

    def values(self, measure: str) -> list[int]:
        """A measure over the periods."""
        found: list[int] = self.series["values"][measure]
        return found

    def key_name(self, by: str, key: str) -> str:
        """What a kind of help, an area or a language is called."""
        if key == "-":
            return say(_("Not known"))
        if by == "category":
            return self.category(key)
        if by == "language":
            return language_name(key)
        if key == "remote":
            return say(_("From afar"))
        return self.place(key) if "," in key else key


def defined(told: Told, measures: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Measures under their names, with what each counts."""
    return tuple((label("measure", measure), told.definitions.get(measure, "")) for measure in measures)


def kinds_of_help(told: Told) -> Figure:
    """Needs and places by kind of help."""
    parts = told.by["category"]
    items = [part for part in parts["items"] if any(part["total"].values())]
    measures = ("needs_posted", "needs_fulfilled", "needs_ran_out", "needs_waiting", "needs_without_place", "offers_open", "places", "places_used")
    rows = tuple(Row(part["key"], told.key_name("category", part["key"]), tuple(part["total"][measure] for measure in measures)) for part in items)
    series = largest(
        [(told.key_name("category", part["key"]), part["values"]) for part in items if any(part["values"])], MOST_SERIES, say(_("Other kinds"))
    )
    return Figure(
        "categories",
        say(_("Needs by kind of help")),
        (say(_("Kind of help")), *(label("measure", measure) for measure in measures)),
        ("category", *measures),
        rows,
        defined(told, measures),
        source(PARTS, [("by", "category"), *told.query]),
        words=say(_("Stacked columns of the needs recorded in each period, by kind of help. The table below has every kind.")),
        names=tuple(name for name, _values in series),
        drawn=columns_of(told.labels, series) if series and told.labels else None,
    )


def what_is_lacking(told: Told) -> Figure:
    """Help that somebody waits for and nobody offers yet."""
    items = told.lacking.get("items", [])
    rows = tuple(
        Row(_lacking_code(row), _lacking_words(told, row), (row["served_by_one_more"], row["open_needs"], row["free_places"])) for row in items
    )
    drawn = [(row.label[:36], [int(row.values[0] or 0)]) for row in rows[:IN_CHART] if row.values[0]]
    return Figure(
        "lacking",
        say(_("What is lacking")),
        (say(_("Help")), say(_("Needs that one more would serve")), say(_("Open needs")), say(_("Free places"))),
        ("lacking", "served_by_one_more", "open_needs", "free_places"),
        rows,
        (
            (
                say(_("Needs that one more would serve")),
                say(_("Open needs without a place in the best plan for all, that one more such offer would serve.")),
            ),
            (say(_("Open needs")), say(_("Open needs that such an offer could serve, with or without a place."))),
            (say(_("Free places")), say(_("Places left at open offers of this kind."))),
        ),
        source(LACKING, [(name, value) for name, value in told.query if name in ("category", "language")]),
        says=(say(_("This is the present, not the chosen time: help that somebody waits for and nobody offers yet.")),),
        bars=bars_of(drawn) if drawn else None,
    )


def _lacking_code(row: Record) -> str:
    area = f"{row['area']['lat']:.2f},{row['area']['lon']:.2f}" if row["area"] else ""
    day = "" if row["weekday"] is None else f"weekday {row['weekday']} {row['part'] or ''}".strip()
    return " / ".join(filter(None, (row["category"], " ".join(row["languages"]), day, area)))


def needs_against_supply(told: Told) -> Figure:
    """Needs that wait and places that are free, on a map of areas."""
    items = [part for part in told.by["area"]["items"] if any(part["total"].values())]
    measures = ("needs_posted", "needs_waiting", "needs_with_match", "offers_open", "places", "places_used")
    rows = tuple(
        Row(
            part["key"],
            told.key_name("area", part["key"]),
            (*(part["total"][name] for name in measures), part["total"]["places"] - part["total"]["places_used"]),
        )
        for part in items
    )
    cells = []
    for part in items:
        if "," not in part["key"]:
            continue
        lat, lon = (float(each) for each in part["key"].split(","))
        waiting, free = part["total"]["needs_waiting"], part["total"]["places"] - part["total"]["places_used"]
        words = say(
            _("{place}: {needs} needs waiting, {places} free places"), place=told.place(part["key"]), needs=number(waiting), places=number(free)
        )
        cells.append((lat, lon, waiting, number(waiting), f"({number(free)})", words))
    drawn = areas_of(cells)
    return Figure(
        "areas",
        say(_("Needs against supply, by area")),
        (say(_("Area")), *(label("measure", name) for name in measures), say(_("Free places"))),
        ("area", *measures, "places_free"),
        rows,
        (
            *defined(told, measures),
            (say(_("Area")), say(_("A square of about 5 by 5 kilometres, named after a place of the city near its middle, or by the middle."))),
        ),
        source(PARTS, [("by", "area"), *told.query]),
        says=(say(_("Each square is about 5 by 5 kilometres: the needs that wait there, and in brackets the free places. North is above.")),),
        words=say(
            _("A map of squares. The darker and the more heavily framed a square is, the more needs wait there. The table below has every area.")
        ),
        drawn=drawn if drawn.cells else None,
    )


def languages_needed(told: Told) -> Figure:
    """Needs and places by language."""
    items = [part for part in told.by["language"]["items"] if any(part["total"].values())]
    measures = ("needs_posted", "needs_waiting", "needs_fulfilled", "offers_open", "places")
    rows = tuple(Row(part["key"], told.key_name("language", part["key"]), tuple(part["total"][name] for name in measures)) for part in items)
    drawn = [(row.label, [int(row.values[0] or 0), int(row.values[1] or 0)]) for row in rows[:IN_CHART] if row.values[0] or row.values[1]]
    names = (label("measure", "needs_posted"), label("measure", "needs_waiting"))
    return Figure(
        "languages",
        say(_("Needs by language")),
        (say(_("Language")), *(label("measure", name) for name in measures)),
        ("language", *measures),
        rows,
        (
            *defined(told, measures),
            (
                say(_("Language")),
                say(_("Of a need the first language of the household. An offer counts in each of its languages, so these add up to more than all.")),
            ),
        ),
        source(PARTS, [("by", "language"), *told.query]),
        names=names,
        bars=bars_of(drawn) if drawn else None,
    )


def _lacking_words(told: Told, row: Record) -> str:
    """The lacking offer in a few words: what, in which languages, when, around where."""
    said = [told.category(row["category"]), ", ".join(language_name(code) for code in row["languages"])]
    if row["weekday"] is not None:
        said.append(" ".join(filter(None, (label("weekday", row["weekday"]), label("day_part", row["part"]) if row["part"] else ""))))
    if row["area"]:
        said.append(told.place(f"{row['area']['lat']:.2f},{row['area']['lon']:.2f}"))
    return " · ".join(filter(None, said))
