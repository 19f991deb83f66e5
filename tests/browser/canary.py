"""Posts a stranger's script into each field of each form that a role finds, as a program would, whatever the page itself would let through."""

import httpx2

from tests.browser.conftest import Hub
from tests.browser.reader import PATIENCE
from tests.browser.site import FoundForm, Page, Site

CANARY = "<script>window.canary=1</script>\"><img src=x onerror=window.canary=1>'"
LEFT_ALONE = ("/me/password", "/me/sessions", "/me/second-factor", "/me/delete", "/sign-in", "/reset")
"""Forms that would end the session of whoever posts them when they went well are posted by somebody without an account only."""
NUMBERS = {"number": "1", "date": "2027-03-01", "time": "10:00", "month": "2027-03", "datetime-local": "2027-03-01T10:00", "color": "#123456"}


def post_everywhere(hub: Hub, role: str | None, site: Site) -> list[str]:
    """Each form twice: every typed field with the script; then texts with the script and the rest as it should be, so that it is taken. What
    comes back is read like any page: the answers that were broken or lax."""
    found: list[str] = []
    # The language of the account is chosen before, so that no test changes it in the midst.
    cookies = hub.cookies(role, "en")
    with httpx2.Client(base_url=hub.base_url, cookies=cookies, headers={"Accept": "text/html"}, timeout=PATIENCE) as client:
        for form in site.forms():
            if form.upload or not form.typed or (role and form.action.startswith(LEFT_ALONE)):
                continue
            for hostile in (True, False):
                answer = client.post(form.action, data=_filled(form, hostile), headers={"Origin": hub.base_url})
                page = Page(form.action)
                page.feed(answer.text)
                found += page.inline
                if answer.status_code >= 500 or "<script>window.canary" in answer.text:
                    found.append(f"{answer.status_code} {form.action} (on {form.page})")
    return found


def _filled(form: FoundForm, hostile: bool) -> dict[str, list[str]]:
    data: dict[str, list[str]] = {}
    for field in form.fields:
        if field.kind in ("button", "file", "submit"):
            continue
        if field.kind == "hidden":
            value = field.value
        elif field.kind == "select":
            value = field.value or next((option for option in field.options if option), "")
        elif field.kind in ("checkbox", "radio"):
            if field.name in data and field.kind == "radio":
                continue
            value = field.value or "on"
        else:
            value = CANARY if hostile or field.kind not in NUMBERS else field.value or NUMBERS[field.kind]
        data.setdefault(field.name, []).append(value)
    return data
