"""The operator's commands. What a command needs is imported when it runs, so that each starts quickly."""

import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from chassis.errors import HubError
from hubctl.instance import instance_at
from hubctl.record_commands import record_commands
from hubctl.supervised import one_sentence_for
from hubctl.telling import Steps
from hubctl.user_commands import user_commands
from hubctl.using import Data, known, run, use
from hubctl.words_commands import words_commands

app = typer.Typer(name="hub", help="Hospitium: the hub of welcome that a municipality hosts for itself.", no_args_is_help=True, add_completion=False)
app.add_typer(record_commands)
app.add_typer(user_commands, name="user")
app.add_typer(words_commands, name="words")

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

    use(data)
    raise typer.Exit(run(replaying.replay(weights, since, until, json_file, policy)))


@app.command()
def migrate(data: Data = None) -> None:
    """Bring the databases to this version. Running it twice changes nothing."""
    from hubctl.prepare import migrate as move

    instance = use(data, "The hub has not been started yet; its first start makes the databases.")
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

        use(data)
        run(import_paths(paths, source, format, dry_run=dry_run, remove_gone=remove_gone))
        return
    [folder] = paths
    from hubctl.building import service_of
    from services.actors.app import import_files, read_folder
    from services.actors.model.import_report import ImportRefused

    use(data)

    async def write() -> None:
        async with service_of("actors") as service:
            report = await import_files(service, read_folder(folder), dry_run=dry_run)
        for kind, counts in report.kinds.items():
            print(f"{kind}: {counts.created} new, {counts.changed} changed, {counts.unchanged} as before")
        print("Nothing was written (dry run)." if dry_run else "Imported.")

    try:
        run(write())
    except ImportRefused as refusal:
        for fault in refusal.fields:
            print(f"{fault.pointer.removeprefix('/').replace('/', ', line ', 1).replace('/', ', column ')}: {_filled(fault)}", file=sys.stderr)
        raise


@app.command("rebuild-broker")
def rebuild_broker(data: Data = None) -> None:
    """Throw the broker's files away; at the next start they are made anew from the services' outboxes. The hub must be stopped."""
    import shutil

    instance = instance_at(data)
    known(instance)
    instance.lock()
    shutil.rmtree(instance.data / "nats" / "jetstream", ignore_errors=True)
    print("The broker's files are gone. The next start makes them anew and publishes the news of the last 7 days again, which changes nothing twice.")


@app.command()
def doctor(data: Data = None) -> None:
    """Look over settings, keys, disk and databases without changing anything."""
    from hubctl.doctor import look

    instance = use(data)
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
