"""The house rules that a test can hold: settings documented, examples true, files short."""

import re
import subprocess
from pathlib import Path

import pytest

from bot.capability import Handler, Slot, handler
from bot.dispatch import Dispatcher
from bot.domain.activities import clubs
from bot.settings import Settings
from handlers import HANDLERS
from tests.actors import Park

ROOT = Path(__file__).parents[2]
LONG = 400


def test_every_setting_is_in_the_example_file_with_its_default() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    shown = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    defaults = {f"CHUISHAO_{name.upper()}": value.default for name, value in Settings.model_fields.items()}
    assert set(shown) == set(defaults)
    given = {name.removeprefix("CHUISHAO_").lower(): text for name, text in shown.items() if text}
    assert Settings(_env_file=None, **given) == Settings(_env_file=None)  # type: ignore[arg-type]


def test_no_file_is_too_long_to_read() -> None:
    # A revision is written by alembic and read by nobody: it may be long.
    listed = subprocess.run(
        ["git", "ls-files", "*.py", ":!bot/migrations/versions"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lengths = {name: (ROOT / name).read_text("utf-8").count("\n") for name in listed.stdout.split()}
    assert {name: length for name, length in lengths.items() if length > LONG} == {}


def test_two_capabilities_of_one_name_are_an_error() -> None:
    @handler("same")
    def one(ctx: object) -> None: ...

    with pytest.raises(ValueError, match="one name"):
        Dispatcher([one, one])


def test_parameters_are_checked_against_the_slots() -> None:
    with pytest.raises(TypeError, match="parameters must be"):

        @handler("wrong", slots=[Slot("colour", lambda _ctx, text: text)])
        def wrong(ctx: object) -> None: ...


EXAMPLES = [(capability, example) for capability in HANDLERS for example in capability.examples]


@pytest.mark.parametrize(("capability", "example"), EXAMPLES, ids=[f"{c.name}:{e}" for c, e in EXAMPLES])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_example_reaches_its_capability(park: Park, capability: Handler, example: str) -> None:
    """Said by somebody who may, addressed to the bot: the example must lead where help says it does."""
    strongest = next(
        role for role in ("staff", "secretary", "handler", "company", "member") if role in capability.roles
    )
    someone = park.person("某某", strongest)
    await park.app.db.run(clubs.found, "羽毛球社", None, None, park.clock.now())  # the one that examples speak of
    text = example if "@小红" in example else f"@小红 {example}"
    await someone.says(text)
    (row,) = await park.rows("select outcome from inbox where via_id is null")
    assert re.sub(r"^forbidden:", "", row[0]) in (capability.name, "refused"), row[0]
