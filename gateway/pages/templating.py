"""The templates, with the few functions that they may call. Everything that is shown is escaped."""

from functools import cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import ChainableUndefined, Environment, FileSystemLoader

from chassis.context import locale
from gateway.pages import formats
from gateway.pages.registry.shapes import organisation_shapes
from gateway.pages.words import LANGUAGE_NAMES, choices, household_text, label, say, say_count

FOLDER = Path(__file__).parent.parent / "templates"


@cache
def environment(zone: str) -> Environment:
    """The one environment of an instance; `zone` is its time zone. `_` gives a sentence in the reader's language."""
    env = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=ChainableUndefined, trim_blocks=True, lstrip_blocks=True)
    env.globals.update(
        _=say,
        _n=say_count,
        choices=choices,
        direction=formats.direction,
        household=household_text,
        label=label,
        language_names=LANGUAGE_NAMES,
        locale=locale,
        organisation_shapes=organisation_shapes,
        text_language=formats.text_language,
    )
    env.filters.update(
        clock=formats.clock,
        country=formats.country_name,
        day=formats.day,
        hour=formats.hour,
        kilometres=formats.kilometres,
        is_newer=formats.is_newer,
        language=formats.language_name,
        listed=formats.listed,
        moment=partial(formats.moment, zone=ZoneInfo(zone)),
        number=formats.number,
        since=formats.since,
        sentence=formats.sentence_of,
        text=formats.text_in,
    )
    return env
