"""The tables in code and the migrations agree, on both databases."""

from pathlib import Path

from chassis.migrate import differences, upgrade
from chassis.testing import Databases

VERSIONS = Path(__file__).parent.parent.parent / "services" / "people" / "migrations"


async def test_migrations_lead_to_the_tables_in_code(databases: Databases, database_kind: str) -> None:
    url = await databases.empty(database_kind)

    await upgrade(url, "people")
    await upgrade(url, "people")

    assert await differences(url, "people") == []


def test_the_head_is_the_newest_migration() -> None:
    newest = max(path.name[:4] for path in (VERSIONS / "versions").glob("[0-9]*.py"))

    assert (VERSIONS / "head.txt").read_text().strip() == newest
