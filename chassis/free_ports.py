"""Finds ports of this machine that stay free until their server binds them. Standard library only: the supervisor uses it too."""

import os
import random
import socket
from collections.abc import Collection

FIRST, LAST = 10_000, 32_767
"""Below the range from which Linux and macOS take the local end of outgoing connections (32768-60999, 49152-65535): a port that was only
asked for by binding port 0 lies in that range, and any outgoing connection may take it before the server comes to bind it."""

_handed_out: set[int] = set()
_random = random.SystemRandom()


def free_ports(count: int, *, host: str = "127.0.0.1", but: Collection[int] = ()) -> list[int]:
    """Ports that nobody listens on now, all different, none of `but`, none given before in this process. Processes that start together
    choose at random from 22,000, so that they hardly meet. Raises OSError where none is left."""
    found: list[int] = []
    for port in _random.sample(range(FIRST, LAST + 1), LAST + 1 - FIRST):
        if len(found) == count:
            break
        if port not in _handed_out and port not in but and is_free(port, host=host):
            found.append(port)
            _handed_out.add(port)
    if len(found) < count:
        raise OSError(f"no {count} free ports between {FIRST} and {LAST}")
    return found


def is_free(port: int, *, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    try:
        bind(port, host=host)
    except OSError:
        return False
    return True


def bind(port: int, *, host: str = "127.0.0.1") -> None:
    """Bind the port and let it go at once. Raises OSError as the server would get it."""
    with socket.socket() as probe:
        if os.name == "posix":
            # As a server would: a port whose last connections are still fading away is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
