"""The migrations lead to the tables that the code has, on both databases."""

from pathlib import Path

from chassis.migrate import SERVICES, differences
from chassis.testing import Databases


async def test_an_upgraded_database_has_the_tables_of_the_code(databases: Databases, database_kind: str) -> None:
    url = await databases.fresh(database_kind, "notifications")

    found = await differences(url, "notifications")

    assert found == []


def test_head_names_the_newest_migration() -> None:
    folder: Path = SERVICES / "notifications" / "migrations"

    newest = max(path.name[:4] for path in (folder / "versions").glob("[0-9]*.py"))

    assert (folder / "head.txt").read_text().strip() == newest
