"""Commands run inside the test process: the same `main`, without the seconds that a process takes to start."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main

Command = Callable[..., tuple[int, str, str]]
"""Arguments, and settings such as `port="abc"` → exit status, standard output, standard error."""


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(logging.root, "handlers", [])  # `run` sets up the log of its process
    monkeypatch.setattr(logging.root, "level", logging.root.level)

    def run(*arguments: str, **settings: str) -> tuple[int, str, str]:
        with monkeypatch.context() as environment:
            for name, value in settings.items():
                environment.setenv(f"CHUISHAO_{name.upper()}", value)
            status = main(arguments)
        return status, *capsys.readouterr()

    return run
