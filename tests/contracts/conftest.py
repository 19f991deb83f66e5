"""The released examples, read as they lie in the project."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from contracts.documents import EXAMPLES

Message = dict[str, Any]


@pytest.fixture
def an_example() -> Callable[[str], Message]:
    """The example message of a subject, free to be changed by the test."""

    def read(subject: str) -> Message:
        message: Message = json.loads((EXAMPLES / f"{subject}.json").read_text(encoding="utf-8"))
        return message

    return read
