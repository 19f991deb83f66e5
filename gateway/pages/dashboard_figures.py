"""The exact figures of the dashboard, made from what `matching` answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.pages.charts import bars_of
from gateway.pages.charts_over_time import columns_of, lines_of, ranges_of
from gateway.pages.dashboard_parts import Told, defined, kinds_of_help, languages_needed, needs_against_supply, what_is_lacking
from gateway.pages.figures import Figure, Row, period_name, source
from gateway.pages.formats import number
from gateway.pages.words import label, say

SERIES = "/api/v1/statistics/series"


def _(sentence: str) -> str:
    """Marks a sentence for the translators."""
    return sentence


def figures_of(told: Told) -> list[Figure]:
    """Every figure of the dashboard, in the order of the page."""
    return [
        _over_time(
            told, "needs", say(_("Needs over time")), ("needs_posted", "needs_matched", "needs_fulfilled", "needs_ran_out"), ("needs_withdrawn",)
        ),
        _over_time(told, "waiting", say(_("Needs that wait")), ("needs_waiting", "needs_with_match", "needs_without_place"), ()),
        kinds_of_help(told),
        what_is_lacking(told),
        needs_against_supply(told),
        languages_needed(told),
        _times(told),
        _places(told),
        _answers(told),
        _reasons(told, "declines", say(_("Why providers said no")), "declined_"),
        _reasons(told, "outcomes", say(_("How the help ended")), "outcome_", ("help_called_off",)),
    ]


def tiles_of(told: Told) -> list[dict[str, Any]]:  # Any: what the template shows
    """The few figures that one looks at first, each with that of before."""
    total, before = told.series["total"], told.series["before"]
    found: list[dict[str, Any]] = []
    for measure in ("needs_posted", "needs_fulfilled", "needs_waiting", "offers_open"):
        found.append({"name": label("measure", measure), "value": number(total[measure]), "before": number(before[measure])})
    now, then = told.series["times_total"]["time_to_match"], told.series["times_before"]["time_to_match"]
    found.append({"name": say(_("Days from need to match, median")), "value": _days(now["median"]), "before": _days(then["median"])})
    found.append({"name": say(_("Answered in time")), "value": _share(total), "before": _share(before)})
    return found


def _days(hours: int | None) -> str:
    return "–" if hours is None else number(round(hours / 24, 1))


def _share(total: Mapping[str, int]) -> str:
    answered = total["requests_accepted"] + total["requests_declined"]
    asked = answered + total["requests_expired"]
    return say(_("{percent} %"), percent=number(round(100 * answered / asked))) if asked else "–"


def _rows_over_time(told: Told, measures: Sequence[str]) -> tuple[Row, ...]:
    starts = told.series["starts"]
    return tuple(
        Row(start, period_name(told.period, start), tuple(told.values(measure)[at] for measure in measures)) for at, start in enumerate(starts)
    )


def _over_time(told: Told, key: str, title: str, drawn: Sequence[str], others: Sequence[str]) -> Figure:
    measures = (*drawn, *others)
    # A line that lies at nothing all the time is left to the table.
    drawn = [measure for measure in drawn if told.labels and any(told.values(measure))] or drawn[:1]
    names = tuple(label("measure", measure) for measure in drawn)
    total = told.series["total"]
    words = ". ".join(f"{label('measure', measure)}: {number(total[measure])}" for measure in measures)
    return Figure(
        key,
        title,
        (say(_("Period")), *(label("measure", measure) for measure in measures)),
        ("period_start", *measures),
        _rows_over_time(told, measures),
        defined(told, measures),
        source(SERIES, told.query),
        words=say(_("Lines over time. {figures}. The table below has each period."), figures=words),
        names=names,
        drawn=lines_of(told.labels, [(name, told.values(measure)) for name, measure in zip(names, drawn, strict=True)]) if told.labels else None,
    )


def _times(told: Told) -> Figure:
    measures = ("time_to_match", "time_to_accept", "time_to_fulfil")
    spreads = told.series["times"]
    rows = []
    for at, start in enumerate(told.series["starts"]):
        values: list[float | None] = []
        for measure in measures:
            one = spreads[measure][at]
            values += [one["count"], *(None if one[part] is None else round(one[part] / 24, 1) for part in ("median", "lower", "upper"))]
        rows.append(Row(start, period_name(told.period, start), tuple(values)))
    drawn = [
        tuple(None if one[part] is None else round(one[part] / 24, 1) for part in ("median", "lower", "upper"))
        for one in spreads.get("time_to_match", [])
    ]
    words = [
        say(
            _("{period}: median {median} days, half of them between {lower} and {upper}"),
            period=name,
            median=number(one[0]),
            lower=number(one[1]),
            upper=number(one[2]),
        )
        for name, one in zip(told.labels, drawn, strict=True)
    ]
    heads = [
        head
        for measure in measures
        for head in (
            say(_("{time}: number"), time=label("measure", measure)),
            say(_("{time}: median, days"), time=label("measure", measure)),
            say(_("{time}: lower quartile"), time=label("measure", measure)),
            say(_("{time}: upper quartile"), time=label("measure", measure)),
        )
    ]
    total = told.series["times_total"]
    says = tuple(
        say(_("{time}: median {days} days."), time=label("measure", measure), days=_days(total[measure]["median"]))
        for measure in measures
        if total.get(measure, {}).get("median") is not None
    )
    return Figure(
        "times",
        say(_("How long it takes")),
        (say(_("Period")), *heads),
        ("period_start", *(f"{measure}_{part}" for measure in measures for part in ("count", "median_days", "lower_days", "upper_days"))),
        tuple(rows),
        (
            *defined(told, measures),
            (
                say(_("Median and quartiles")),
                say(_("Half of them took at most the median; the middle half lies between the quartiles. Hours are told as days with one decimal.")),
            ),
        ),
        source(SERIES, told.query),
        says=(*says, say(_("The picture shows the days from need to match: a line at the median of each period, and a box around the middle half."))),
        words=say(_("Median days from need to match in each period, with the range of the middle half. The table below has all three times.")),
        drawn=ranges_of(told.labels, drawn, words) if any(one[0] is not None for one in drawn) else None,  # type: ignore[arg-type]
    )


def _places(told: Told) -> Figure:
    drawn = ("offers_asked", "offers_full", "offers_never_asked")
    measures = ("offers_posted", "offers_open", *drawn, "places", "places_used")
    total = told.series["total"]
    share = round(100 * total["places_used"] / total["places"]) if total.get("places") else None
    names = tuple(label("measure", name) for name in drawn)
    says = (say(_("{percent} % of the places of open offers are used."), percent=number(share)),) if share is not None else ()
    return Figure(
        "offers",
        say(_("How offers are used")),
        (say(_("Period")), *(label("measure", name) for name in measures)),
        ("period_start", *measures),
        _rows_over_time(told, measures),
        defined(told, measures),
        source(SERIES, told.query),
        says=says,
        words=say(_("Stacked columns of the offers that were open when each period ended: asked, full, and never asked.")),
        names=names,
        drawn=columns_of(told.labels, [(name, told.values(code)) for name, code in zip(names, drawn, strict=True)]) if told.labels else None,
    )


def _answers(told: Told) -> Figure:
    drawn = ("requests_accepted", "requests_declined", "requests_expired", "requests_called_off")
    measures = ("requests_made", *drawn)
    names = tuple(label("measure", name) for name in drawn)
    return Figure(
        "answers",
        say(_("How requests are answered")),
        (say(_("Period")), *(label("measure", name) for name in measures)),
        ("period_start", *measures),
        _rows_over_time(told, measures),
        (
            *defined(told, measures),
            (
                say(_("Answered in time")),
                say(_("Of the requests that were accepted, declined or expired in the period, those that were accepted or declined.")),
            ),
        ),
        source(SERIES, told.query),
        says=(say(_("Answered in time: {share}."), share=_share(told.series["total"])),) if told.labels else (),
        words=say(_("Stacked columns of the answers to requests in each period. The table below has each answer.")),
        names=names,
        drawn=columns_of(told.labels, [(name, told.values(code)) for name, code in zip(names, drawn, strict=True)]) if told.labels else None,
    )


def _reasons(told: Told, key: str, title: str, beginning: str, others: Sequence[str] = ()) -> Figure:
    total, before = told.series["total"], told.series["before"]
    measures = [*(code for code in told.definitions if code.startswith(beginning)), *others] if total else []
    rows = tuple(Row(code, label("measure", code), (total[code], before[code])) for code in measures)
    drawn = [(row.label, [int(row.values[0] or 0)]) for row in rows]
    return Figure(
        key,
        title,
        (say(_("What was said")), say(_("Chosen time")), say(_("Time before"))),
        ("code", "count", "count_before"),
        rows,
        defined(told, measures),
        source(SERIES, told.query),
        bars=bars_of(drawn) if any(values[0] for _name, values in drawn) else None,
    )
