"""The tables in code and in both databases are the same."""

from chassis.migrate import differences, upgrade
from chassis.testing import Databases


async def test_migrations_lead_to_the_tables_of_the_code(databases: Databases, database_kind: str) -> None:
    url = await databases.empty(database_kind)

    await upgrade(url, "actors")
    await upgrade(url, "actors")

    assert await differences(url, "actors") == []
