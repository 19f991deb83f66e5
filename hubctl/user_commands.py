"""The commands of accounts: a new one, and a new password."""

from typing import Annotated
from uuid import UUID

import typer

from contracts.roles import Role
from hubctl.refusals import BadSettings
from hubctl.using import Data, run, use

user_commands = typer.Typer(help="Accounts, by the operator's hand.", no_args_is_help=True)


@user_commands.command("create")
def user_create(
    email: Annotated[str, typer.Option("--email", prompt="E-mail address")],
    role: Annotated[str, typer.Option("--role", help="admin, coordinator, member, volunteer or observer.")] = "admin",
    name: Annotated[str, typer.Option("--name", prompt="Name")] = "",
    actor: Annotated[str | None, typer.Option("--actor", help="Id of the organisation that the account belongs to.")] = None,
    locale: Annotated[str, typer.Option("--locale", help="Language of its messages.")] = "en",
    data: Data = None,
) -> None:
    """Make an account with a first password, which is shown once."""
    from hubctl import people
    from hubctl.start import new_password

    use(data)
    try:
        known, place = Role(role), UUID(actor) if actor else None
    except ValueError:
        raise BadSettings("--role must be one of {roles}, and --actor an id.", roles=", ".join(Role)) from None
    password = new_password()
    run(people.create(email, name, known, place, locale, password))
    print(f"Made. First password, shown only now: {password}")


@user_commands.command("reset")
def user_reset(
    email: Annotated[str, typer.Option("--email", prompt="E-mail address")],
    second_factor: Annotated[bool, typer.Option("--second-factor", help="Also remove a lost second factor, to be set up anew.")] = False,
    data: Data = None,
) -> None:
    """Give an account another password, shown once, and end its sessions."""
    from hubctl import people
    from hubctl.start import new_password

    use(data)
    password = new_password()
    run(people.reset(email, password, second_factor=second_factor))
    print(f"Done; all sessions have ended. New password, shown only now: {password}")
