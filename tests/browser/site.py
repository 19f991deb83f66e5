"""Walks a hub's pages as a reader would, by their links, without a browser: finds every kind of page, every link and every form."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx2

from tests.browser.conftest import Hub
from tests.browser.reader import PATIENCE

EACH = 2
"""So many pages of one kind are looked at."""
MOST = 400
NOT_FOLLOWED = ("/language/", "/static/", "/api/", "/hsds/", "/openapi.json", "/catalog", "/metrics", "/sign-out")
ID = re.compile(r"^[0-9a-f]{8}-[0-9a-f-]{27}$")
EVENT = re.compile(r"^on[a-z]+$")
FIXED = frozenset(("actors", "offers", "help", "categories", "weights"))
"""After these steps of an address comes the key of one thing."""


@dataclass
class Field:
    """A field of a form as the page shows it."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    chosen: bool = False


@dataclass
class FoundForm:
    """A form, and the page that it stands on."""

    page: str
    action: str
    method: str
    upload: bool = False
    fields: list[Field] = field(default_factory=list)

    @property
    def kind(self) -> tuple[str, str, tuple[str, ...]]:
        """Forms of one kind have the same fields and lead to the same kind of address."""
        return (kind_of(self.action), self.method, tuple(sorted({each.name for each in self.fields})))

    @property
    def typed(self) -> list[Field]:
        """What somebody can type into."""
        return [each for each in self.fields if each.kind in TYPED]


TYPED = {"text", "email", "tel", "search", "url", "number", "date", "time", "password", "textarea", "datetime-local", "month", "color"}


class Page(HTMLParser):
    """One page's links, forms, and what a strict page must not hold."""

    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.links: list[str] = []
        self.forms: list[FoundForm] = []
        self.inline: list[str] = []
        self.headings = 0
        self.ids: list[str] = []
        self.lang = ""
        self._select: Field | None = None
        self._area: Field | None = None
        self._form: FoundForm | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._strict(tag, given)
        if given.get("id"):
            self.ids.append(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            action = given.get("action") or self.address
            self._form = FoundForm(self.address, action, given.get("method", "get").lower(), "multipart" in given.get("enctype", ""))
            self.forms.append(self._form)
        elif tag == "h1":
            self.headings += 1
        elif tag == "html":
            self.lang = given.get("lang", "")
        else:
            self._field(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data

    def _field(self, tag: str, given: dict[str, str]) -> None:
        if self._form is None:
            return
        if tag == "input" and given.get("name"):
            self._form.fields.append(Field(given["name"], given.get("type", "text"), given.get("value", ""), chosen="checked" in given))
        elif tag == "button" and given.get("name"):
            self._form.fields.append(Field(given["name"], "button", given.get("value", "")))
        elif tag == "select":
            self._select = Field(given.get("name", ""), "select")
            self._form.fields.append(self._select)
        elif tag == "option" and self._select is not None:
            self._select.options.append(given.get("value", ""))
            if "selected" in given:
                self._select.value = given.get("value", "")
        elif tag == "textarea":
            self._area = Field(given.get("name", ""), "textarea")
            self._form.fields.append(self._area)

    def _strict(self, tag: str, given: dict[str, str]) -> None:
        if tag == "style" or (tag == "script" and not given.get("src")) or "style" in given or any(EVENT.match(name) for name in given):
            self.inline.append(f"{self.address}: <{tag} {given}>")
        for name in ("href", "src", "action", "formaction"):
            if given.get(name, "").strip().lower().startswith(("javascript:", "data:text")):
                self.inline.append(f"{self.address}: <{tag} {name}={given[name][:60]}>")


def kind_of(address: str) -> str:
    """The kind of page that an address leads to: ids and keys left out, and of the query only the names."""
    parts = urlsplit(address)
    steps = [step for step in parts.path.split("/")]
    for place, step in enumerate(steps):
        after_key = place and steps[place - 1] in FIXED and step not in ("new",)
        if ID.match(step) or after_key or (len(step) > 20 and not step.isalpha()):
            steps[place] = "*"
    names = sorted({name for name, value in parse_qsl(parts.query) if name not in ("done", "cursor")})
    return "/".join(steps) + (f"?{'&'.join(names)}" if names else "")


@dataclass
class Site:
    """What one role found."""

    role: str | None
    pages: dict[str, Page] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    kinds: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def paths(self, each: int = 1) -> list[str]:
        """So many pages of each kind."""
        return [path for found in self.kinds.values() for path in found[:each] if path in self.pages]

    def forms(self) -> Iterator[FoundForm]:
        """One form of each kind that sends something."""
        seen: set[object] = set()
        for page in self.pages.values():
            for form in page.forms:
                if form.kind not in seen and form.method == "post" and not form.action.startswith(("/sign-out", "/language/")):
                    seen.add(form.kind)
                    yield form


ROLES = (None, "volunteer", "member", "coordinator", "observer", "admin")
BEGINNINGS = ("/", "/start", "/offer", "/ask", "/follow", "/suggest", "/compare", "/reset", "/me", "/admin", "/desk", "/nothing-is-here")


def walk(hub: Hub, role: str | None, language: str = "en") -> Site:
    """Follow every link of every kind of page, from where the role begins."""
    site = Site(role)
    with httpx2.Client(base_url=hub.base_url, cookies=hub.cookies(role, language), headers={"Accept": "text/html"}, timeout=PATIENCE) as client:
        waiting = [(path, "") for path in BEGINNINGS]
        known = set(BEGINNINGS)
        for path in BEGINNINGS:
            site.kinds[kind_of(path)].append(path)
        while waiting and len(site.pages) < MOST:
            path, came_from = waiting.pop(0)
            answer = _answer(hub, client, path)
            if answer.status_code >= 400 and came_from:
                site.broken.append(f"{answer.status_code} {path} (linked on {came_from})")
            if answer.status_code >= 500:
                site.broken.append(f"{answer.status_code} {path}")
            if "text/html" not in answer.headers.get("content-type", ""):
                continue
            page = Page(path)
            page.feed(answer.text)
            site.pages[path] = page
            site.inline += page.inline
            for link in page.links:
                target = _inside(hub, str(answer.url), link)
                if target and target not in known and len(site.kinds[kind_of(target)]) < EACH:
                    known.add(target)
                    site.kinds[kind_of(target)].append(target)
                    waiting.append((target, path))
    return site


def own_kinds(sites: dict[str | None, Site], role: str | None, each: int = 1) -> list[str]:
    """So many pages of each kind that no role before this one has."""
    before = {kind for other in ROLES[: ROLES.index(role)] for kind in sites[other].kinds}
    return [path for path in sites[role].paths(each) if kind_of(path) not in before and not path.startswith("/docs")]


def _answer(hub: Hub, client: httpx2.Client, path: str) -> httpx2.Response:
    """What an address answers in the end; a redirection that leaves the hub is the end."""
    answer = client.get(path)
    for _ in range(10):
        target = urljoin(str(answer.url), answer.headers.get("location", ""))
        if not answer.is_redirect or not target.startswith(hub.base_url):
            return answer
        answer = client.get(target)
    return answer


def _inside(hub: Hub, base: str, link: str) -> str | None:
    """The path of a link inside the hub's pages; None where it leads elsewhere or to a program's address."""
    whole = urlsplit(urljoin(base, link))
    if f"{whole.scheme}://{whole.netloc}" != hub.base_url or whole.path.startswith(NOT_FOLLOWED):
        return None
    query = urlencode([(name, value) for name, value in parse_qsl(whole.query) if name != "done"])
    return whole.path + (f"?{query}" if query else "")
