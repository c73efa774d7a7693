"""A PostgreSQL server in a temporary folder, on loopback, for one test session."""

import os
import pwd
import socket
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.provision.postgres import binaries


class Server:
    """A server whose files lie in a folder."""

    def __init__(self, folder: Path, *, durable: bool) -> None:
        programs = binaries()
        assert programs, "make test-setup installs PostgreSQL"
        self._programs, self._folder, self.data = programs, folder, folder / "data"
        self._as_user = _unprivileged(folder)
        port = free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{port}"
        fast = "" if durable else " -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
        self._options = f"-h 127.0.0.1 -p {port} -k {folder} -c max_connections=60{fast}"
        encoding = ("-E", "UTF8", "--locale=C.UTF-8")
        self._call("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", *encoding, "-N")

    @property
    def pid(self) -> int:
        """Of the process that starts all others."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._call("pg_ctl", "-D", self.data, "-w", "-l", self._folder / "log", "-o", self._options, "start")

    def stop(self) -> None:
        """End it at once, as a crash does."""
        self._call("pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    def limit_files(self, pids: Iterable[int], size: str) -> None:
        """How large files these processes of its may write: `bytes` or `unlimited`. Only their owner may say so."""
        for pid in pids:
            with suppress(subprocess.CalledProcessError):  # it has ended
                _run([*self._as_user, "prlimit", "--pid", str(pid), f"--fsize={size}:"], self._folder)

    def _call(self, program: str, *arguments: str | Path) -> None:
        _run([*self._as_user, self._programs / program, *arguments], self._folder)


@contextmanager
def running(*, durable: bool = False) -> Iterator[Server]:
    """A started server. `durable` keeps fsync on."""
    with TemporaryDirectory(prefix="chuishao-pg-", ignore_cleanup_errors=True) as folder:
        made = Server(Path(folder), durable=durable)
        made.start()
        try:
            yield made
        finally:
            made.stop()


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """Start a server; its URL without a database name."""
    with running(durable=durable) as made:
        yield made.url


def _run(command: list[str | Path], folder: Path) -> None:
    # Output to a file: the server inherits it, and a pipe would never end.
    with (folder / "commands").open("a") as output:
        subprocess.run(command, stdout=output, stderr=output, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})


def _unprivileged(folder: Path) -> list[str | Path]:
    """PostgreSQL refuses to run as root; there it runs as the user that Debian's package made, or nobody."""
    if os.geteuid() != 0:
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    return ["setpriv", "--reuid", user, "--clear-groups", "env", f"HOME={folder}"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
