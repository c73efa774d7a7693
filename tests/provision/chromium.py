"""Chromium and a Chinese font for the browser tests, from the Debian archive."""

import logging
import os
import shutil
import subprocess

log = logging.getLogger(__name__)

_NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")


def executable() -> str | None:
    """Path of a Chromium that starts, or None. (Ubuntu's `chromium-browser` may be a stub that does not.)"""
    for name in _NAMES:
        path = shutil.which(name)
        if path and subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0:
            return path
    return None


def install() -> None:
    """Install what is missing with apt-get; quick when nothing is. SystemExit: a sentence why it cannot."""
    missing = [] if executable() else ["chromium"]
    if not _has_chinese_font():
        missing += ["fontconfig", "fonts-wqy-microhei"]
    if not missing:
        return
    log.info("apt packages to install", extra={"packages": missing})
    command = _apt_get(missing)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *missing]):
        done = subprocess.run([*command, "-q", *arguments], env=environment, check=False)
        if done.returncode:
            raise SystemExit(f"apt-get {arguments[0]} failed; {_by_hand(missing)}")
    if executable() is None:
        raise SystemExit(f"Chromium was installed but does not start; {_by_hand(['chromium'])}")


def _has_chinese_font() -> bool:
    fc_list = shutil.which("fc-list")
    return bool(fc_list and subprocess.run([fc_list, ":lang=zh"], capture_output=True, check=False).stdout)


def _apt_get(missing: list[str]) -> list[str]:
    """The command that may install packages here: apt-get, through sudo for a user who is not root."""
    if shutil.which("apt-get") is None:
        raise SystemExit(f"no apt-get on this system; {_by_hand(missing)}")
    if os.geteuid() == 0:
        return ["apt-get"]
    if shutil.which("sudo") is None:
        raise SystemExit(f"not root, and no sudo; {_by_hand(missing)}")
    return ["sudo", "--preserve-env=DEBIAN_FRONTEND", "apt-get"]


def _by_hand(missing: list[str]) -> str:
    return f"the browser tests need Chromium and a Chinese font: install {', '.join(missing)} yourself"
