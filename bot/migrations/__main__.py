"""`make migration m="why"`: write a revision for what the tables in the code have and the newest revision has not."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command

from bot.migrations import HERE, config, migrate

with TemporaryDirectory() as folder:
    url = f"sqlite:///{folder}/revision.db"
    migrate(url)
    number = len(list(Path(HERE, "versions").glob("[0-9]*.py"))) + 1
    command.revision(config(url), " ".join(sys.argv[1:]) or "change", autogenerate=True, rev_id=f"{number:04}")
