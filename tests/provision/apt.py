"""Debian packages by name, as root or through sudo."""

import logging
import os
import shutil
import subprocess
from collections.abc import Sequence

log = logging.getLogger(__name__)


def install(packages: Sequence[str], why: str) -> None:
    """Install packages with apt-get. SystemExit with a sentence on what to do by hand where that fails."""
    log.info("apt packages to install", extra={"packages": packages})
    by_hand = f"{why}: install {', '.join(packages)} yourself"
    command = _apt_get(by_hand)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        if subprocess.run([*command, "-q", *arguments], env=environment, check=False).returncode:
            raise SystemExit(f"apt-get {arguments[0]} failed; {by_hand}")


def _apt_get(by_hand: str) -> list[str]:
    if shutil.which("apt-get") is None:
        raise SystemExit(f"no apt-get on this system; {by_hand}")
    if os.geteuid() == 0:
        return ["apt-get"]
    if shutil.which("sudo") is None:
        raise SystemExit(f"not root, and no sudo; {by_hand}")
    return ["sudo", "--preserve-env=DEBIAN_FRONTEND", "apt-get"]
