"""One engine's run: load, faults, checks."""

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bot.migrations import migrate
from tests.channels.platform import certificate
from tests.chaos.databases import PULSES, Database, Postgres, Sqlite
from tests.chaos.faults import KINDS, Stage
from tests.chaos.invariants import Look, look, unfinished, violations
from tests.chaos.load import Load
from tests.chaos.processes import Process, keep_up
from tests.chaos.world import LeapingClock, Trouble, World
from tests.postgres import free_port, running

GAP = 0.05, 0.4
"""Seconds between two faults, besides what recovery takes."""
PACE = 4.0
"""Messages a second that the gateway hands over."""
UNSTUCK_WITHIN = 40.0
BEHIND = 100
"""Messages that may wait, in or out, before less is said: a slow machine need not work off an hour's at the end."""
IDLE = 30
"""Looks at the end, a second apart, between which nothing more was sent."""
LEAP = 700.0
"""Seconds that the clock goes ahead for what waits for its next attempt: the longest wait."""
LIMITS = "default: {jitter: 0.3}\n"
Tell = Callable[[str], None]
BOTS = {"sqlite": 1, "postgres": 2}


@dataclass(slots=True)
class Outcome:
    """What a run came to."""

    engine: str
    seed: int
    faults: Counter[str] = field(default_factory=Counter)
    accepted: int = 0
    sent: int = 0
    unknown: int = 0
    runs: int = 0
    met: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def count(self, seen: Look) -> None:
        """Note what was seen last."""
        self.accepted = len(seen.inbox)
        self.sent = seen.sendings("sent").total()
        self.unknown = seen.sendings("unknown").total()
        self.runs = len(seen.runs)


def run(engine: str, kinds: Sequence[str], seed: int, tell: Tell) -> Outcome:
    """Let these faults happen to one engine, one after the other."""
    with tempfile.TemporaryDirectory(prefix="chuishao-chaos-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        world = World(folder / "world")
        world.started = time.monotonic()
        certificate(folder)
        (folder / "limits.yaml").write_text(LIMITS)
        with _database(engine, folder, world) as database:
            migrate(database.url)
            return asyncio.run(_run(engine, database, folder, world, kinds, seed, tell))


@contextmanager
def _database(engine: str, folder: Path, world: World) -> Iterator[Database]:
    if engine == "sqlite":
        yield Sqlite(folder, world)
        return
    with running(durable=True) as server:
        yield Postgres(server)


async def _run(
    engine: str, database: Database, folder: Path, world: World, kinds: Sequence[str], seed: int, tell: Tell
) -> Outcome:
    dice, outcome, began = Random(seed), Outcome(database.name, seed), time.monotonic()
    await database.execute(PULSES)
    ports, gateway_port = [free_port() for _ in range(BOTS[engine])], free_port()
    gateway = Process("gateway", folder / "gateway.log", folder, gateway_port)
    bots = [
        Process("bot", folder / f"bot{number}.log", folder, database.url, port, gateway_port)
        for number, port in enumerate(ports)
    ]
    stage, load = Stage(world, database, bots, gateway, dice), Load(ports, Random(seed))
    async with _kept_up([gateway, *bots]):
        world.pace = PACE
        async with asyncio.TaskGroup() as speaking:
            speaking.create_task(load.run())
            if await load.goes_on(UNSTUCK_WITHIN):
                outcome.wrong = await _disturb(stage, load, folder, kinds, outcome, tell)
            else:
                outcome.wrong = [f"the bot does not start: {bots[0].log.read_text('utf-8')[-2000:]}"]
            world.pace, load.going = 0, False
        if not outcome.wrong:
            outcome.wrong = await _come_to_rest(stage, load, folder, outcome)
            outcome.wrong += [f"it did not end in order: {bot.log}" for bot in bots if bot.stop() != 0]
    outcome.met = int(world.met)
    outcome.seconds = time.monotonic() - began
    return outcome


@asynccontextmanager
async def _kept_up(processes: list[Process]) -> AsyncIterator[None]:
    keeping = asyncio.create_task(keep_up(processes))
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.wait([keeping])
        for process in processes:
            process.kill()


async def _disturb(
    stage: Stage, load: Load, folder: Path, kinds: Sequence[str], outcome: Outcome, tell: Tell
) -> list[str]:
    for number, kind in enumerate(kinds, 1):
        await asyncio.sleep(stage.dice.uniform(*GAP))
        await KINDS[kind](stage)
        outcome.faults[kind] += 1
        stuck = not await load.goes_on(UNSTUCK_WITHIN)
        seen = await look(stage.database, folder, load.acked)
        outcome.count(seen)
        load.resting = seen.waiting > BEHIND
        stage.world.pace = 0 if load.resting else PACE
        tell(f"{outcome.engine}: fault {number}, {kind}; {outcome.accepted} accepted, {outcome.sent} sent")
        found = [*violations(seen), *(["nothing is accepted any more"] if stuck else [])]
        if found:
            return [f"seed {outcome.seed}, fault {number} ({kind}): {one}" for one in found]
    return []


async def _come_to_rest(stage: Stage, load: Load, folder: Path, outcome: Outcome) -> list[str]:
    """Nothing disturbs any more: all that was begun must end, each message sent or listed as unknown."""
    clock = LeapingClock(stage.world)
    stage.world.trouble = Trouble.NONE
    stage.world.leap += LEAP
    ended, idle = 0, 0
    while True:
        await asyncio.sleep(1)
        seen = await look(stage.database, folder, load.acked)
        outcome.count(seen)
        wrong, left = violations(seen), unfinished(seen, clock.now())
        before, ended = ended, seen.ended
        idle = 0 if ended > before else idle + 1
        if idle == IDLE:  # what is left waits for its next attempt
            stage.world.leap += LEAP
        if wrong or not left or idle > 2 * IDLE:
            return [f"seed {outcome.seed}, at the end: {one}" for one in (*wrong, *left)]
