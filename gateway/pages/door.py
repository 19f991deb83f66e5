"""What every page shares: who visits, what it may ask, how it is shown, and how refusals become pages in plain words."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import HTMLResponse, RedirectResponse

from chassis.context import correlation_id, locale
from chassis.errors import HubError, TooManyRequests, Unauthenticated
from chassis.identity import Caller
from gateway.clients import Asker, Clients, ProblemFromService
from gateway.gate import Gatekeeper
from gateway.instance import Instance
from gateway.pages.done_words import DONE_SENTENCES
from gateway.pages.forms import Form
from gateway.pages.kept import address_of, forget_typed, refill, typed_before
from gateway.pages.templating import environment
from gateway.pages.words import say
from gateway.permissions import SecondFactorMissing
from gateway.session import Visitor, form_token
from gateway.settings import GatewaySettings

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
ERROR_PAGES = (403, 404, 409, 413, 422, 429, 500, 503)


def _(sentence: str) -> str:
    """Marks a sentence for the translators."""
    return sentence


ERROR_TITLES = {
    403: _("This is not open to you"),
    404: _("There is nothing here"),
    409: _("This cannot be done now"),
    413: _("That was too large"),
    422: _("This could not be read"),
    429: _("Please wait a moment"),
    500: _("Something went wrong on our side"),
    503: _("The hub is busy"),
}
ERROR_MESSAGES = {
    403: "Your role does not open this page. If you need it, ask your coordinator or administrator.",
    404: "The page does not exist, or it is not yours to see. Check the address, or begin at the start page.",
    409: "Somebody or something was faster, so nothing was changed. Go back and look at the present state.",
    413: "Send less at once, and try again.",
    422: "A part of the address or of the form is not what this page expects. Go back and try again.",
    429: "You asked very often in a short time. Wait a little, then try again. Nothing was changed.",
    500: "Nothing was changed. If it happens again, tell your administrator the number below.",
    503: "Nothing was changed. Try again in a moment.",
}


@dataclass(slots=True)
class Visit:
    """One visit of a page."""

    request: Request
    visitor: Visitor
    ask: Clients
    asker: Asker
    settings: GatewaySettings
    refused_codes: list[str] = field(default_factory=list)
    """Codes of the refusals that went to a form."""

    @property
    def role(self) -> str | None:
        """The visitor's role, if they are signed in."""
        return self.visitor.caller.role if self.visitor.signed_in else None

    @property
    def instance(self) -> Instance:
        """What the city chose for its hub, as it is now."""
        return self.request.app.state.keeper.instance.now  # type: ignore[no-any-return]

    def is_one_of(self, *roles: str) -> bool:
        """Whether the visitor has one of these roles."""
        return self.role in roles

    def may(self, method: str, path: str) -> bool:
        """Whether the permission table lets the visitor knock at that route."""
        return self.asker.may(method, path)

    async def form(self, pointers: dict[str, str] | None = None) -> Form:
        """The form that was sent; raises FormRefused when it was not made for this visitor's session."""
        form = Form.sent(await self.request.form(), pointers or {})
        if self.visitor.signed_in:
            self.request.app.state.sessions.require_own_page(self.request.scope, self.visitor, form.raw("csrf"))
        return form

    def page(self, name: str, status: int = 200, **context: Any) -> HTMLResponse:  # Any: what the template shows
        """A page in the reader's language, with what was typed before the language changed."""
        typed = typed_before(self)
        if typed is not None:
            refill(context, typed)
        response = render(self.request, self.visitor, name, status, visit=self, **context)
        if typed is not None:
            forget_typed(self, response)
        return response

    def typed(self) -> Form:
        """A form with what was typed before the language changed, else an empty one."""
        return Form(typed_before(self) or {})

    def go(self, path: str, done: str | None = None) -> RedirectResponse:
        """On to another page after something was done, which it says."""
        mark = f"{'&' if '?' in path else '?'}done={done}" if done else ""
        return RedirectResponse(path + mark, 303, headers={"Cache-Control": "no-store"})

    async def try_(self, form: Form, act: Coroutine[Any, Any, Any]) -> Any:  # Any: what the client answers
        """Ask a service for what a form wants; a refusal that the reader can mend goes to the form, and the answer is None."""
        if form.faults:
            act.close()
            return None
        try:
            return await act
        except ProblemFromService as refusal:
            if refusal.problem_status in (400, 401, 409, 412, 413, 422, 429):
                form.refused(refusal)
                self.refused_codes.append(refusal.problem_code)
                return None
            raise

    def local(self, path: str | None, default: str = "/") -> str:
        """A path of this hub, or the default: no form leads a reader elsewhere."""
        if path and path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable() and len(path) < 300:
            return path
        return default


def render(request: Request, visitor: Visitor, name: str, status: int, **context: Any) -> HTMLResponse:  # Any: as above
    """A page from its template."""
    settings: GatewaySettings = request.app.state.settings
    done = DONE_SENTENCES.get(request.query_params.get("done", ""))
    body = (
        environment(settings.timezone)
        .get_template(name)
        .render(
            settings=settings,
            instance=request.app.state.keeper.instance.now,
            visitor=visitor,
            role=visitor.caller.role if visitor.signed_in else None,
            csrf=form_token(visitor.token) if visitor.token else "",
            here=request.url.path,
            page_address=address_of(request),
            done=say(done) if done else None,
            trace=str(correlation_id()),
            status=status,
            **context,
        )
    )
    cache = "no-store" if visitor.signed_in or request.method == "POST" else "private, no-cache"
    headers = {"Cache-Control": cache, "Content-Language": locale(), "Vary": "Cookie, Accept-Language"}
    return HTMLResponse(body, status, headers)


def visit_of(request: Request) -> Visit:
    """The visit that a request makes."""
    keeper: Gatekeeper = request.app.state.keeper
    visitor: Visitor = request.state.visitor
    asker = Asker(visitor, keeper.lines, keeper.permissions, keeper.limits, request.state.address)
    return Visit(request, visitor, Clients.over(asker), asker, keeper.settings)


Here = Annotated[Visit, Depends(visit_of)]
"""Dependency of every page."""


def refusal_page(request: Request, status: int, detail: str | None = None, retry_after: int | None = None) -> Response:
    """A refusal as a page in plain words, with the number that the administrator needs."""
    shown = status if status in ERROR_PAGES else (404 if status in (405, 410) else 500 if status >= 500 else 422)
    visitor: Visitor = getattr(request.state, "visitor", None) or Visitor(Caller(locale=locale()))
    title, message = say(ERROR_TITLES[shown]), say(ERROR_MESSAGES[shown])
    response = render(request, visitor, "error.html", status, title=title, message=message, detail=detail)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def page_of_error(request: Request, error: HubError) -> Response:
    """Where a refusal leads: to signing in, to the second factor, or to its page."""
    if isinstance(error, SecondFactorMissing):
        return RedirectResponse("/me/second-factor", 303)
    status = error.problem_status if isinstance(error, ProblemFromService) else error.status
    if isinstance(error, Unauthenticated) or status == 401:
        back = request.url.path if request.method == "GET" else "/"
        return RedirectResponse(f"/sign-in?next={quote(back)}", 303)
    detail = say(error.message, **error.params) if status in (403, 409, 422, 429) and error.message else None
    retry_after = error.retry_after if isinstance(error, TooManyRequests) or status in (429, 503) else None
    return refusal_page(request, status, detail, retry_after)


class PageRoute(APIRoute):
    """A route whose refusals are pages."""

    def get_route_handler(self) -> Handler:
        """The handler, with refusals turned into pages."""
        plain = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await plain(request)
            except HubError as error:
                return page_of_error(request, error)
            except RequestValidationError:
                return refusal_page(request, 404)

        return shown


def pairs(**filters: object) -> Sequence[tuple[str, str]]:
    """A query of the filters that say something."""
    return [(name, str(value)) for name, value in filters.items() if value not in (None, "", False)]
