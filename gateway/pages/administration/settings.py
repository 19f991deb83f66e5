"""The settings of the hub: one form a page, made from the list in `spec`. What is kept holds at once."""

import base64
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from starlette.datastructures import UploadFile

from chassis.colour import DARK_GROUNDS, ENOUGH, HEX, LIGHT_GROUNDS, WHITE, least_contrast, readable
from chassis.context import LOCALES
from gateway.clients.asking import Record
from gateway.instance import ACCENT, Instance, Reader
from gateway.pages.administration.spec import BY_CODE, DEFAULTS_ELSEWHERE, SECTIONS, Kind, Section, Setting
from gateway.pages.door import Here, PageRoute, Visit, refusal_page
from gateway.pages.forms import Form
from gateway.pages.words import LANGUAGE_NAMES, choices, label
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Code = Annotated[str, Path(max_length=20, pattern="^[a-z]+$")]
MOST_PICTURE = 300_000
YES_NO = {"yes": True, "no": False}


@router.get("/admin/settings")
async def list_settings(visit: Here) -> Response:
    """All pages of settings."""
    visit.asker.require("PATCH", "/api/v1/instance/settings")
    return visit.page("administration/settings.html", sections=SECTIONS)


@router.get("/admin/settings/look.css")
async def preview_style(
    visit: Here,
    colour: Annotated[str, Query(pattern="^[0-9a-fA-F]{6}$")] = "1f4e5f",
    accent: Annotated[str, Query(pattern="^[0-9a-fA-F]{6}$")] = "0b5563",
) -> Response:
    """The colours of a preview, before they are kept."""
    visit.asker.require("PATCH", "/api/v1/instance/settings")
    dark = readable(f"#{accent}", DARK_GROUNDS)
    sheet = f".preview {{ --main: #{colour}; --link: #{accent}; }}\n.preview-dark {{ --link: {dark}; }}\n"
    return Response(sheet, media_type="text/css", headers={"Cache-Control": "no-store"})


@router.get("/admin/settings/{code}")
async def see_section(visit: Here, code: Code) -> Response:
    """One page of settings."""
    visit.asker.require("PATCH", "/api/v1/instance/settings")
    section = BY_CODE.get(code)
    if section is None:
        return refusal_page(visit.request, 404)
    return await _page(visit, section, Form(pointers=_pointers(visit, section)), await visit.ask.instance.settings())


@router.post("/admin/settings/logo")
async def keep_logo(visit: Here) -> Response:
    """Another picture, or none."""
    form = await visit.form({"/image": "logo"})
    section, version = BY_CODE["look"], _version(form)
    if form.text("act") == "drop":
        done = await visit.try_(form, visit.ask.instance.drop_logo(version))
    else:
        sent = (await visit.request.form()).get("logo")
        content = await sent.read(MOST_PICTURE) if isinstance(sent, UploadFile) else b""
        if not content:
            form.wrong("logo", _("Choose a picture first."))
        done = await visit.try_(form, visit.ask.instance.put_logo(base64.b64encode(content).decode(), version))
    if done is None:
        faults = Form(pointers=form.pointers, faults=form.faults)
        return await _page(visit, section, faults, await visit.ask.instance.settings(), 422)
    await _reader(visit).again()
    return visit.go("/admin/settings/look", "logo-gone" if form.text("act") == "drop" else "logo-kept")


@router.post("/admin/settings/{code}")
async def keep_section(visit: Here, code: Code) -> Response:
    """Keep one page of settings, or show what it would look like (or delete) first."""
    section = BY_CODE.get(code)
    visit.asker.require("PATCH", "/api/v1/instance/settings")
    if section is None:
        return refusal_page(visit.request, 404)
    form = await visit.form(_pointers(visit, section))
    present = await visit.ask.instance.settings()
    body = await _body(visit, section, form, present)
    if form.text("act") == "try":
        return await _page(visit, section, form, present, tried=body)
    if await visit.try_(form, visit.ask.instance.change(body, _version(form))) is None:
        return await _page(visit, section, form, present, 422)
    await _reader(visit).again()
    return visit.go(f"/admin/settings/{section.code}", "settings-kept")


def _reader(visit: Visit) -> Reader:
    reader: Reader = visit.request.app.state.keeper.instance
    return reader


def _version(form: Form) -> int:
    version = form.whole("version")
    return version if isinstance(version, int) and version >= 0 else 0


def _languages(visit: Visit) -> list[str]:
    return list(_reader(visit).now.languages)


def _pointers(visit: Visit, section: Section) -> dict[str, str]:
    texts = (Kind.TEXTS, Kind.LONG_TEXTS)
    first = _languages(visit)[0]
    return {f"/{one.name}": f"{one.name}-{first}" if one.kind in texts else one.name for one in section.settings}


async def _body(visit: Visit, section: Section, form: Form, present: Record) -> dict[str, Any]:
    """What the form says, without what is fixed (Any: values of many types). An empty field goes back to the installation's own value."""
    fixed = set(present["fixed"])
    body: dict[str, Any] = {}
    for setting in section.settings:
        if setting.name not in fixed:
            body[setting.name] = await _value(visit, setting, form, present)
    return body


async def _value(visit: Visit, setting: Setting, form: Form, present: Record) -> Any:  # Any: as above
    name, kind = setting.name, setting.kind
    if kind in (Kind.TEXTS, Kind.LONG_TEXTS):
        shown = _languages(visit)
        kept = {code: text for code, text in (present.get(name) or {}).items() if code not in shown}
        return {**kept, **{code: form.text(f"{name}-{code}") for code in shown if form.text(f"{name}-{code}")}} or None
    if kind is Kind.COLOUR:
        return None if form.ticked(f"{name}-standard") else form.text(name) or None
    if kind is Kind.YES_NO:
        return YES_NO.get(form.text(name))
    if kind is Kind.DAYS:
        return form.whole(name)
    if kind is Kind.WORDS:
        return [word.strip() for word in form.text(name).splitlines() if word.strip()] or None
    if kind is Kind.LANGUAGES:
        chosen = [code for code in LOCALES if code in form.many(name)]
        if not chosen:
            form.wrong(name, _("Choose one language at least."))
        first = form.text("default_language")
        return sorted(chosen, key=lambda code: code != first)
    if kind is Kind.ACTORS:
        return await _actors(visit, form, name)
    return form.text(name) or None


async def _actors(visit: Visit, form: Form, name: str) -> list[str] | None:
    """The organisations that a text names, one a line."""
    found = []
    for line in [line.strip() for line in form.text(name).splitlines() if line.strip()][:100]:
        rows = (await visit.ask.registry.actors([("q", line[:100]), ("limit", "5")])).items
        exact = [row for row in rows if line.casefold() in (row["slug"], row["id"], row["name"].casefold())]
        if len(exact) != 1:
            form.wrong(name, _("Each line names one organisation of the registry, by its key or its whole name."))
            return None
        found.append(str(exact[0]["id"]))
    return found or None


async def _page(visit: Visit, section: Section, form: Form, present: Record, status: int = 200, tried: Record | None = None) -> Response:
    instance = _reader(visit).now
    defaults = await _defaults(visit) if section.code in DEFAULTS_ELSEWHERE else {}
    would_go = await _would_go(visit, section, tried) if tried is not None and section.code == "retention" else None
    return visit.page(
        "administration/section.html",
        status,
        section=section,
        form=form,
        present={**present, "trusted_actors": await _names(visit, present)} if section.code == "doors" else present,
        fixed=set(present["fixed"]),
        defaults=defaults,
        languages=[(code, LANGUAGE_NAMES[code]) for code in instance.languages],
        all_languages=[(code, LANGUAGE_NAMES[code]) for code in LOCALES],
        look=_look(form, instance) if section.code == "look" else None,
        would_go=would_go,
        yes_no=_yes_no(defaults),
        moderation=choices("moderation"),
    )


def _look(form: Form, instance: Instance) -> Record:
    """The colours to be shown, with their contrasts."""

    def shown(name: str, present: str, standard: str) -> str:
        if form.values and form.ticked(f"{name}-standard"):
            return standard
        typed = form.text(name, present)
        return typed.lower() if HEX.match(typed) else present

    colour = shown("colour", instance.colour, "#1f4e5f")
    accent = shown("accent", instance.accent, ACCENT)
    dark = readable(accent, DARK_GROUNDS)
    checks = (
        (_("White text on the main colour"), "colour", least_contrast(colour, (WHITE,)), readable(colour, (WHITE,))),
        (_("Links on light grounds"), "accent", least_contrast(accent, LIGHT_GROUNDS), readable(accent, LIGHT_GROUNDS)),
        (_("Links on dark grounds, in a lighter shade"), "dark", least_contrast(dark, DARK_GROUNDS), dark),
    )
    rows = [{"about": about, "name": name, "ratio": ratio, "enough": ratio >= ENOUGH, "nearest": nearest} for about, name, ratio, nearest in checks]
    return {"colour": colour, "accent": accent, "rows": rows}


def _yes_no(defaults: Record) -> dict[str, list[tuple[str, str]]]:
    def options(name: str) -> list[tuple[str, str]]:
        given = defaults.get(name)
        own = _("As the installation says") if given is None else _("As the installation says: yes") if given else _("As the installation says: no")
        return [("", own), ("yes", _("Yes")), ("no", _("No"))]

    return {name: options(name) for name in ("ask_without_name", "offer_by_mail")}


async def _defaults(visit: Visit) -> Record:
    """What the environment of the services says."""
    found = await visit.ask.upkeep.all("/defaults")
    merged: Record = {}
    for answer in found.values():
        merged.update(answer or {})
    if "moderate_volunteers" in merged:
        merged["moderation"] = label("moderation", "volunteers" if merged["moderate_volunteers"] else "none")
    return merged


async def _names(visit: Visit, present: Record) -> list[str]:
    ids = [str(actor_id) for actor_id in present.get("trusted_actors") or ()][:100]
    return [(await visit.ask.registry.actor(actor_id))["slug"] for actor_id in ids]


async def _would_go(visit: Visit, section: Section, tried: Record) -> list[tuple[str, int | None]]:
    """How many records each period would end now."""
    wanted = {setting.name: tried.get(setting.name) for setting in section.settings}
    query = "&".join(f"{name}={days}" for name, days in wanted.items() if isinstance(days, int) and 1 <= days <= 4000)
    found = await visit.ask.upkeep.all(f"/retention?{query}")
    counts: Record = {}
    for answer in found.values():
        for name, count in (answer or {}).items():
            counts[name] = counts.get(name, 0) + count
    return [(_(setting.label), counts.get(setting.name)) for setting in section.settings if isinstance(wanted[setting.name], int)]
