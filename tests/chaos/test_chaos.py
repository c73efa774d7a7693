"""The short form of `make chaos`: every kind of fault once or twice on each engine."""

import pytest

from tests.chaos.faults import DECK, KINDS
from tests.chaos.harness import BOTS, run

SEED = 20260304


@pytest.mark.timeout(240)
@pytest.mark.parametrize("engine", BOTS)
def test_nothing_is_lost_and_nothing_doubled(engine: str) -> None:
    said: list[str] = []
    outcome = run(engine, len(DECK), SEED, said.append)
    assert outcome.wrong == [], "\n".join(said)
    assert set(outcome.faults) == set(KINDS)
    assert outcome.accepted and outcome.sent and outcome.runs
