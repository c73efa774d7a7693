"""The commands as a user runs them: real processes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

CHUISHAO = [sys.executable, "-m", "bot"]


def chuishao(
    *arguments: str, stdin: bytes = b"", folder: Path | None = None, **settings: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end, in a folder, with settings such as `port="abc"`."""
    environment = {**os.environ, **{f"CHUISHAO_{name.upper()}": value for name, value in settings.items()}}
    command = [*CHUISHAO, *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, cwd=folder, env=environment, timeout=120)


def as_lines(*records: object) -> bytes:
    """JSON lines; bytes are taken as they are."""
    return b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in records) + b"\n"


def parsed(output: bytes) -> list[Any]:
    """The JSON lines of an output: nothing else may be there."""
    return [json.loads(line) for line in output.decode("utf-8").splitlines()]


def numbers(errors: bytes) -> list[int]:
    """The line numbers that were reported."""
    return [int(line.split()[1]) for line in errors.decode("utf-8").splitlines() if line.startswith("第 ")]
