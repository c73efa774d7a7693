"""A PostgreSQL server in a temporary folder, on loopback, for one test session."""

import os
import pwd
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.provision.postgres import binaries


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """Start a server; its URL without a database name. `durable` keeps fsync on."""
    programs = binaries()
    assert programs, "make test-setup installs PostgreSQL"
    with TemporaryDirectory(prefix="chuishao-pg-", ignore_cleanup_errors=True) as folder:
        data, port = Path(folder, "data"), _free_port()
        as_user = _unprivileged(Path(folder))
        fast = "" if durable else " -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
        options = f"-h 127.0.0.1 -p {port} -k {folder} -c max_connections=60{fast}"
        initialise: list[str | Path] = [
            "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        ]
        start: list[str | Path] = ["pg_ctl", "-D", data, "-w", "-l", Path(folder, "log"), "-o", options, "start"]
        for command in (initialise, start):
            _run([*as_user, programs / str(command[0]), *command[1:]], folder)
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            _run([*as_user, programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], folder)


def _run(command: list[str | Path], folder: str) -> None:
    # Output to a file: the server inherits it, and a pipe would never end.
    with Path(folder, "commands").open("a") as output:
        subprocess.run(command, stdout=output, stderr=output, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})


def _unprivileged(folder: Path) -> list[str | Path]:
    """PostgreSQL refuses to run as root; there it runs as the user that Debian's package made, or nobody."""
    if os.geteuid() != 0:
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    return ["setpriv", "--reuid", user, "--clear-groups", "env", f"HOME={folder}"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
