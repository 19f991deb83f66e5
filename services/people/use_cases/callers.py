"""Who is at the door, as the account that this service knows: roles are read here, not believed."""

from uuid import UUID

from chassis.errors import Forbidden, Unauthenticated, invalid_field
from contracts.roles import STAFF, Role
from services.people.model.accounts import Account
from services.people.work import Work


class PleaseSignIn(Unauthenticated):
    """This is for people who signed in."""

    def __init__(self) -> None:
        super().__init__("Please sign in first.")


class NotForYourRole(Forbidden):
    """The caller's role does not allow this."""

    def __init__(self) -> None:
        super().__init__("Your role does not allow this; ask an administrator.")


async def signed_in(work: Work, *roles: Role) -> Account:
    """The caller's active account, in one of the roles if any are named. Raises PleaseSignIn, NotForYourRole."""
    if work.caller.kind not in ("account", "anonymous"):
        raise NotForYourRole
    account = await work.accounts.find(_uuid(work.caller.id)) if work.caller.kind == "account" else None
    if account is None or not account.is_active:
        raise PleaseSignIn
    if roles and account.role not in roles:
        raise NotForYourRole
    return account


def lacks_second_factor(work: Work, account: Account) -> bool:
    """Whether the account must set a second factor up before it may do anything else."""
    return work.settings.second_factor_required and account.role in STAFF and not account.second_factor


async def require_actor(work: Work, actor_id: UUID | None) -> None:
    """An actor that is named must be in the registry and not archived. Raises Invalid."""
    if actor_id is not None and not await work.actors.is_open(actor_id):
        raise invalid_field("/actor_id", "unknown_actor", "Choose an organisation of the registry.")


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        raise PleaseSignIn from None
