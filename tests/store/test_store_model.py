"""Store and catalog, on both databases, against the reference of ``store_machine``."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from postgres_server import PostgresServer
from store_machine import StoreMachine

SETTINGS = settings(stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))


def test_store_with_a_catalog_in_a_file() -> None:
    run_state_machine_as_test(StoreMachine, settings=settings(SETTINGS, max_examples=10))


@pytest.mark.xdist_group("postgres")
def test_store_with_a_catalog_on_a_server(postgres: PostgresServer) -> None:
    class Machine(StoreMachine):
        def catalog(self) -> str:
            return postgres.create_database()

    run_state_machine_as_test(Machine, settings=settings(SETTINGS, max_examples=4))
