"""`make chaos`: faults at random instants under load, on both engines; a table, and status 1 when anything is wrong."""

import argparse
import signal
import sys
from random import Random, SystemRandom

from tests.chaos.faults import DECK, KINDS
from tests.chaos.harness import BOTS, Outcome, run

FAULTS = 16 * len(DECK)
"""On each engine."""


def main() -> int:
    """Run, and report."""
    options = argparse.ArgumentParser(prog="python -m tests.chaos", description="faults under load")
    options.add_argument("--faults", type=int, default=FAULTS, help="on each engine")
    options.add_argument("--seed", type=int, default=SystemRandom().randrange(2**31))
    options.add_argument("--engine", choices=BOTS, action="append", help="one engine alone")
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # and take all processes along
    tell(f"seed {chosen.seed}")
    dice = Random(chosen.seed)
    rounds = (dice.sample(DECK, len(DECK)) for _ in range(chosen.faults // len(DECK) + 1))
    kinds = [kind for deck in rounds for kind in deck][: chosen.faults]
    outcomes = [run(engine, kinds, chosen.seed, tell) for engine in chosen.engine or BOTS]
    wrong = [f"WRONG {one}" for outcome in outcomes for one in outcome.wrong]
    for line in (*table(outcomes), *wrong):
        tell(line)
    return bool(wrong)


def tell(line: str) -> None:
    """Print at once: the whole takes minutes."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def table(outcomes: list[Outcome]) -> list[str]:
    """Faults of each kind, and what came of everything, one column an engine."""
    rows: list[tuple[str, list[str]]] = [("", [outcome.engine for outcome in outcomes])]
    rows += [(kind, [str(outcome.faults[kind]) for outcome in outcomes]) for kind in KINDS]
    rows += [
        ("faults", [str(outcome.faults.total()) for outcome in outcomes]),
        ("messages accepted", [str(outcome.accepted) for outcome in outcomes]),
        ("met the gateway's trouble", [str(outcome.met) for outcome in outcomes]),
        ("sent through the gateway", [str(outcome.sent) for outcome in outcomes]),
        ("unknown", [str(outcome.unknown) for outcome in outcomes]),
        ("runs of jobs", [str(outcome.runs) for outcome in outcomes]),
        ("lost or doubled", [str(len(outcome.wrong)) for outcome in outcomes]),
        ("seconds", [f"{outcome.seconds:.0f}" for outcome in outcomes]),
    ]
    return [name.ljust(28) + "".join(value.rjust(12) for value in values) for name, values in rows]


if __name__ == "__main__":
    sys.exit(main())
