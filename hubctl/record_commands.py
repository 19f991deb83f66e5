"""The commands that look at what the services recorded: dead events, the stops of one id, the audit trail."""

from typing import Annotated

import typer

from hubctl.refusals import BadSettings
from hubctl.using import Data, run, use

record_commands = typer.Typer()
events = typer.Typer(help="News between the services.", no_args_is_help=True)
record_commands.add_typer(events, name="events")


@events.command("dead")
def events_dead(data: Data = None) -> None:
    """List events that a service could not handle."""
    from hubctl import records

    use(data)
    letters = run(records.dead_letters())
    for letter in letters:
        print(f"{letter.id}  {letter.died_at:%Y-%m-%d %H:%M:%S}  {letter.service:<14} {letter.subject}  {letter.reason}")
    print(f"{len(letters)} dead." if letters else "No event is dead.")


@events.command("replay")
def events_replay(letter_id: Annotated[str, typer.Argument(help="Id as `events dead` lists it, or `all`.")], data: Data = None) -> None:
    """Handle a dead event once more."""
    from hubctl import records

    use(data)
    ids = [letter.id for letter in run(records.dead_letters())] if letter_id == "all" else [letter_id]
    for each in ids:
        print(f"{each} was handled by {run(records.replay(each))}.")


@record_commands.command()
def trace(
    correlation_id: Annotated[str, typer.Argument(help="From the answer's header Hub-Correlation-Id, or an error's trace_id.")], data: Data = None
) -> None:
    """Show every stop of one correlation id, from click to message."""
    from hubctl import records

    use(data)
    stops = run(records.trace(correlation_id))
    for stop in stops:
        print(f"{stop.at:%Y-%m-%d %H:%M:%S.%f}  {stop.service:<14} {stop.what}")
    if not stops:
        print("No service knows this id.")


@record_commands.command("verify-audit")
def verify_audit(
    known_head: Annotated[list[str] | None, typer.Option("--known-head", help="SERVICE:SEQ:HASH as an earlier run printed it.")] = None,
    data: Data = None,
) -> None:
    """Check that no line of the audit trail was changed, removed or added. Keep the printed heads on another machine."""
    from hubctl import records

    use(data)
    try:
        heads = {name: (int(seq), digest) for name, seq, digest in (text.split(":") for text in known_head or [])}
    except ValueError:
        raise BadSettings("--known-head must be SERVICE:SEQ:HASH.") from None
    chains = run(records.verify_audit(heads))
    for chain in chains:
        head = f", head {chain.service}:{chain.head[0]}:{chain.head[1]}" if chain.head else ""
        print(f"{chain.service}: {'FAULT: ' + chain.fault if chain.fault else 'whole'} ({chain.rows} rows{head})")
    if any(chain.fault for chain in chains):
        raise typer.Exit(1)
