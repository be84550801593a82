"""What every test shares: property tests state laws, not speeds, so no example of theirs has a deadline."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings

settings.register_profile("alignd", deadline=None, max_examples=50)
settings.load_profile("alignd")

# Where every case is tried in both trackers: of Trello's every second belongs to the long campaign.
IN_BOTH = (
    "test_killed.py", "test_vendor_faults.py", "test_rate_limits.py", "test_latches.py", "test_one_writer.py",
    "test_table_items.py", "test_table_trackers.py", "test_people.py", "test_secrets.py", "test_hostile_text.py",
)  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    twins = [one for one in items if one.path.name in IN_BOTH and "[trello" in one.name]
    for item in twins[::2]:
        item.add_marker(pytest.mark.slow)


POSTGRES = os.environ.get("ALIGND_TEST_POSTGRES", "postgresql+psycopg://127.0.0.1:5432/test")


@pytest.fixture(scope="session")
def postgres() -> Iterator[sa.Engine]:
    """A PostgreSQL server: ALIGND_TEST_POSTGRES, or the database "test" on this machine. CI must have one."""
    engine = sa.create_engine(POSTGRES, connect_args={"connect_timeout": 3})
    try:
        engine.connect().close()
    except sa.exc.DBAPIError as error:
        engine.dispose()
        said = f"no PostgreSQL at {engine.url.render_as_string()} (set ALIGND_TEST_POSTGRES)"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{said}: {error}")
        pytest.skip(said)
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_url(postgres: sa.Engine) -> Iterator[str]:
    """The address of a schema of this test's own, dropped after it."""
    schema = f"alignd_{secrets.token_hex(6)}"
    with postgres.begin() as connection:
        connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
    yield postgres.url.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
    with postgres.begin() as connection:
        connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'alignd.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url
