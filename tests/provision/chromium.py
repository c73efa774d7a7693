"""Chromium and a Chinese font for the browser tests, from the Debian archive."""

import shutil
import subprocess

from tests.provision import apt

WHY = "the browser tests need Chromium and a Chinese font"

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
    apt.install(missing, WHY)
    if executable() is None:
        raise SystemExit("Chromium was installed but does not start")


def _has_chinese_font() -> bool:
    fc_list = shutil.which("fc-list")
    return bool(fc_list and subprocess.run([fc_list, ":lang=zh"], capture_output=True, check=False).stdout)
