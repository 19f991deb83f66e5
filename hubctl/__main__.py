"""The operator's commands. What a command needs is imported when it runs, so that each starts quickly."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import ValidationError

from chassis.errors import HubError
from hubctl.instance import Instance, Kind, instance_at
from hubctl.ports import Ports
from hubctl.refusals import BadSettings, WrongInstance
from hubctl.supervised import one_sentence_for
from hubctl.telling import Steps
from hubctl.words_commands import words_commands

T = TypeVar("T")

GIVEN = "HUB_SETTINGS"
"""`environment` says that all settings come from outside (containers), so that no data directory is looked at."""

app = typer.Typer(name="hub", help="Hospitium: the hub of welcome that a municipality hosts for itself.", no_args_is_help=True, add_completion=False)
events = typer.Typer(help="News between the services.", no_args_is_help=True)
users = typer.Typer(help="Accounts, by the operator's hand.", no_args_is_help=True)
app.add_typer(events, name="events")
app.add_typer(users, name="user")
app.add_typer(words_commands, name="words")

Data = Annotated[Path | None, typer.Option("--data", help="Data directory; by default HOSPITIUM_DATA, else .hospitium in the checkout.")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port of the hub on this machine.")]
Processes = Annotated[bool, typer.Option("--processes", help="Run every service as a process of its own.")]


@app.command()
def demo(
    data: Data = None,
    port: Port = 8080,
    processes: Processes = False,
    reset: Annotated[bool, typer.Option("--reset", help="Forget the demo's data and build it anew.")] = False,
) -> None:
    """Try it: a synthetic city with accounts for every role. The first start builds it, later ones keep its data."""
    from hubctl import start

    start.demo(instance_at(data), port, apart=processes, reset=reset, steps=Steps())


@app.command()
def up(
    data: Data = None,
    port: Port = 8080,
    processes: Processes = False,
    admin_email: Annotated[str | None, typer.Option("--admin-email", help="Address of the first administrator of a new hub.")] = None,
    admin_name: Annotated[str, typer.Option("--admin-name", help="Name of the first administrator.")] = "Administrator",
) -> None:
    """Run a hub for real use. A new one asks for its first administrator."""
    from hubctl import start

    admin = start.FirstAdmin(admin_email, admin_name) if admin_email else None
    start.up(instance_at(data), port, apart=processes, admin=admin, steps=Steps())


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(
    context: typer.Context, long: Annotated[bool, typer.Option("--long", help="Also the storms: measurements that take many minutes.")] = False
) -> None:
    """Run all checks: format, lint, types, import rules, tests. Further arguments go to pytest."""
    from hubctl import checks

    raise typer.Exit(checks.run(long=long, rest=tuple(context.args)))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(context: typer.Context, name: Annotated[str, typer.Argument(help="Which measurement; without it, the list.")] = "") -> None:
    """Measure: figures as ratios of two things in one run. Further arguments go to the measurement."""
    from hubctl import measuring

    raise typer.Exit(measuring.measure(name, tuple(context.args)))


@app.command()
def solve(
    problem_file: Annotated[str, typer.Argument(metavar="PROBLEM", help="The file (docs/solve.md says what it holds), or - for standard input.")],
    mechanism: Annotated[str, typer.Option("--mechanism", help="welfare, stable or greedy.")] = "welfare",
    seconds: Annotated[float, typer.Option("--seconds", min=0.01, max=86_400, help="Wall-clock time of solving.")] = 10.0,
    form: Annotated[str, typer.Option("--format", help="hub, orlib-gap or orlib-assign.")] = "hub",
    problem: Annotated[int | None, typer.Option("--problem", min=1, help="Which of the file's problems (orlib-gap).")] = None,
    maximise: Annotated[bool, typer.Option("--maximise", help="Maximise instead of minimise (orlib-gap).")] = False,
) -> None:
    """Solve a matching problem from a file; the plan is one JSON object on standard output."""
    from hubctl.solve import command

    raise typer.Exit(command.solve(problem_file, mechanism, seconds, form, problem, maximise))


@app.command()
def replay(
    weights: Annotated[str, typer.Option("--weights", help="A preset's name (GET /api/v1/weights), or a JSON file with the ten parts.")],
    since: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Replay needs posted on this day or later.")] = None,
    until: Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day; today by default.")] = None,
    json_file: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Also write everything as JSON (-: to standard output alone).")
    ] = None,
    policy: Annotated[str, typer.Option("--policy", help="greedy (every day one by one), or round:DAYS.")] = "greedy",
    data: Data = None,
) -> None:
    """Try other weights on the recorded history before they are used. It only reads (docs/replay.md)."""
    from hubctl import replay as replaying

    _use(data)
    raise typer.Exit(_run(replaying.replay(weights, since, until, json_file, policy)))


@app.command()
def migrate(data: Data = None) -> None:
    """Bring the databases to this version. Running it twice changes nothing."""
    from hubctl.prepare import migrate as move

    instance = _use(data, "The hub has not been started yet; its first start makes the databases.")
    if instance is not None:
        instance.lock()
    moved = asyncio.run(move(os.environ))
    print(f"Brought to this version: {', '.join(moved)}." if moved else "All databases are at this version already.")


@app.command("import")
def import_registry(
    paths: Annotated[list[Path], typer.Argument(help="A folder with actors.csv and so on; or files of others.", exists=True)],
    data: Data = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything and write nothing.")] = False,
    source: Annotated[str, typer.Option("--source", help="Of files of others: short name of their source.")] = "file",
    format: Annotated[str | None, typer.Option("--format", help="csv, xlsx, hsds_json, hsds_tabular, data_inclusion, geojson or registry.")] = None,
    remove_gone: Annotated[bool, typer.Option("--remove-gone", help="Archive and close what is no longer in the file.")] = False,
) -> None:
    """Import a folder of registry files as a whole or not at all; or files of others (CSV, XLSX, HSDS, data-inclusion, GeoJSON), line by line."""
    if not all(path.is_dir() for path in paths) or len(paths) > 1:
        from hubctl.importing import import_paths

        _use(data)
        _run(import_paths(paths, source, format, dry_run=dry_run, remove_gone=remove_gone))
        return
    [folder] = paths
    from hubctl.records import service_of
    from services.actors.app import import_files, read_folder
    from services.actors.model.import_report import ImportRefused

    _use(data)

    async def run() -> None:
        async with service_of("actors") as service:
            report = await import_files(service, read_folder(folder), dry_run=dry_run)
        for kind, counts in report.kinds.items():
            print(f"{kind}: {counts.created} new, {counts.changed} changed, {counts.unchanged} as before")
        print("Nothing was written (dry run)." if dry_run else "Imported.")

    try:
        _run(run())
    except ImportRefused as refusal:
        for fault in refusal.fields:
            print(f"{fault.pointer.removeprefix('/').replace('/', ', line ', 1).replace('/', ', column ')}: {_filled(fault)}", file=sys.stderr)
        raise


@users.command("create")
def user_create(
    email: Annotated[str, typer.Option("--email", prompt="E-mail address")],
    role: Annotated[str, typer.Option("--role", help="admin, coordinator, member, volunteer or observer.")] = "admin",
    name: Annotated[str, typer.Option("--name", prompt="Name")] = "",
    actor: Annotated[str | None, typer.Option("--actor", help="Id of the organisation that the account belongs to.")] = None,
    locale: Annotated[str, typer.Option("--locale", help="Language of its messages.")] = "en",
    data: Data = None,
) -> None:
    """Make an account with a first password, which is shown once."""
    from uuid import UUID

    from contracts.roles import Role
    from hubctl import people
    from hubctl.start import new_password

    _use(data)
    try:
        known, place = Role(role), UUID(actor) if actor else None
    except ValueError:
        raise BadSettings("--role must be one of {roles}, and --actor an id.", roles=", ".join(Role)) from None
    password = new_password()
    _run(people.create(email, name, known, place, locale, password))
    print(f"Made. First password, shown only now: {password}")


@users.command("reset")
def user_reset(
    email: Annotated[str, typer.Option("--email", prompt="E-mail address")],
    second_factor: Annotated[bool, typer.Option("--second-factor", help="Also remove a lost second factor, to be set up anew.")] = False,
    data: Data = None,
) -> None:
    """Give an account another password, shown once, and end its sessions."""
    from hubctl import people
    from hubctl.start import new_password

    _use(data)
    password = new_password()
    _run(people.reset(email, password, second_factor=second_factor))
    print(f"Done; all sessions have ended. New password, shown only now: {password}")


@events.command("dead")
def events_dead(data: Data = None) -> None:
    """List events that a service could not handle."""
    from hubctl import records

    _use(data)
    letters = _run(records.dead_letters())
    for letter in letters:
        print(f"{letter.id}  {letter.died_at:%Y-%m-%d %H:%M:%S}  {letter.service:<14} {letter.subject}  {letter.reason}")
    print(f"{len(letters)} dead." if letters else "No event is dead.")


@events.command("replay")
def events_replay(letter_id: Annotated[str, typer.Argument(help="Id as `events dead` lists it, or `all`.")], data: Data = None) -> None:
    """Handle a dead event once more."""
    from hubctl import records

    _use(data)
    ids = [letter.id for letter in _run(records.dead_letters())] if letter_id == "all" else [letter_id]
    for each in ids:
        print(f"{each} was handled by {_run(records.replay(each))}.")


@app.command()
def trace(
    correlation_id: Annotated[str, typer.Argument(help="From the answer's header Hub-Correlation-Id, or an error's trace_id.")], data: Data = None
) -> None:
    """Show every stop of one correlation id, from click to message."""
    from hubctl import records

    _use(data)
    stops = _run(records.trace(correlation_id))
    for stop in stops:
        print(f"{stop.at:%Y-%m-%d %H:%M:%S.%f}  {stop.service:<14} {stop.what}")
    if not stops:
        print("No service knows this id.")


@app.command("verify-audit")
def verify_audit(
    known_head: Annotated[list[str] | None, typer.Option("--known-head", help="SERVICE:SEQ:HASH as an earlier run printed it.")] = None,
    data: Data = None,
) -> None:
    """Check that no line of the audit trail was changed, removed or added. Keep the printed heads on another machine."""
    from hubctl import records

    _use(data)
    try:
        heads = {name: (int(seq), digest) for name, seq, digest in (text.split(":") for text in known_head or [])}
    except ValueError:
        raise BadSettings("--known-head must be SERVICE:SEQ:HASH.") from None
    chains = _run(records.verify_audit(heads))
    for chain in chains:
        head = f", head {chain.service}:{chain.head[0]}:{chain.head[1]}" if chain.head else ""
        print(f"{chain.service}: {'FAULT: ' + chain.fault if chain.fault else 'whole'} ({chain.rows} rows{head})")
    if any(chain.fault for chain in chains):
        raise typer.Exit(1)


@app.command("rebuild-broker")
def rebuild_broker(data: Data = None) -> None:
    """Throw the broker's files away; at the next start they are made anew from the services' outboxes. The hub must be stopped."""
    import shutil

    instance = instance_at(data)
    _known(instance)
    instance.lock()
    shutil.rmtree(instance.data / "nats" / "jetstream", ignore_errors=True)
    print("The broker's files are gone. The next start makes them anew and publishes the news of the last 7 days again, which changes nothing twice.")


@app.command()
def doctor(data: Data = None) -> None:
    """Look over settings, keys, disk and databases without changing anything."""
    from hubctl.doctor import look

    instance = _use(data)
    findings = list(look(instance))
    for finding in findings:
        print(f"{'FAULT ' if finding.fault else 'ok    '}{finding.what}{': ' + finding.fault if finding.fault else ''}")
    if any(finding.fault for finding in findings):
        raise typer.Exit(1)


@app.command()
def keys(folder: Annotated[Path, typer.Argument(help="Where the secrets are written; what is there already stays.")]) -> None:
    """Make the secrets folder for the city shape (docker-compose.yml). Running it again changes nothing."""
    from hubctl import city

    city.write_secrets(folder)
    print(f"The secrets are in {folder}. Keep a copy of vault-keys/ apart from the databases' backups.")


def _use(data: Path | None, unknown: str = "") -> Instance | None:
    """Take the settings of an instance as this process's environment; None where they come from outside."""
    if os.environ.get(GIVEN) == "environment":
        return None
    instance = instance_at(data)
    kind = _known(instance, unknown)
    for variables in instance.environment(kind, Ports(), mail=kind is Kind.DEMO).values():
        os.environ.update(variables)
    return instance


def _known(instance: Instance, unknown: str = "") -> Kind:
    found = instance.facts().get("kind")
    if found is None:
        raise WrongInstance(unknown or "There is no hub in this data directory. Name the right one with --data.")
    return Kind(str(found))


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def _filled(fault: Any) -> str:  # Any: chassis.errors.FieldError
    return str(fault.message).format(**dict(fault.params)) if fault.params else str(fault.message)


def main() -> None:
    """Run a command; what goes wrong in a known way is one sentence and an exit code."""
    try:
        app()
    except HubError as error:
        sys.exit(str(error))
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors(include_input=False))
        sys.exit(f"The settings cannot be used: {faults}")
    except OSError as error:
        sys.exit(one_sentence_for(error))
    except KeyboardInterrupt:
        sys.exit("Interrupted.")


if __name__ == "__main__":
    main()
