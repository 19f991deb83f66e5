"""What the command line refuses, in one sentence each."""

from chassis.errors import HubError


class Refusal(HubError):
    """The command cannot be done; the message is one sentence for the operator, with what to do."""


class WrongInstance(Refusal):
    """The data directory holds another kind of instance."""


class InUse(Refusal):
    """Another hub uses this data directory now."""


class BadSettings(Refusal):
    """A setting is missing or has a value that cannot work."""
