"""The short form of `make chaos`: every kind of fault once, those of the database on both engines."""

import pytest

from tests.chaos.faults import KINDS
from tests.chaos.harness import run

SEED = 20260304
DATABASE = ["database killed, locked", "database cut off", "disk full", "database read-only"]
ALL = {
    "sqlite": [*DATABASE, *(kind for kind in KINDS if kind.startswith("gateway")), "clock back"],
    "postgres": [*DATABASE, "sender killed", "worker killed", "clock ahead"],
}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("engine", ALL)
def test_nothing_is_lost_and_nothing_doubled(engine: str) -> None:
    said: list[str] = []
    outcome = run(engine, ALL[engine], SEED, said.append)
    assert outcome.wrong == [], "\n".join(said)
    assert outcome.faults.total() == len(ALL[engine])
    assert outcome.accepted and outcome.sent and outcome.runs


def test_every_kind_of_fault_is_among_them() -> None:
    assert {kind for kinds in ALL.values() for kind in kinds} == set(KINDS)
