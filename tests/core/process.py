"""The real program as a process: started, spoken to over HTTP, and killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any


class Bot:
    """`chuishao run` with the local web groups, on a database."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self._database_url = database_url
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def start(self, timeout: float = 60.0) -> float:
        """Start it and wait until it answers; seconds that took."""
        started = time.perf_counter()
        environment = {**os.environ, "CHUISHAO_PORT": str(self.port), "CHUISHAO_DATABASE_URL": self._database_url}
        with (self._folder / "bot.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"], cwd=self._folder, env=environment, stdout=log, stderr=log
            )
        while time.perf_counter() - started < timeout:
            if self._process.poll() is not None:
                raise RuntimeError(self.log())
            try:
                self.get("/healthz")
                return time.perf_counter() - started
            except OSError:
                time.sleep(0.02)
        raise TimeoutError(self.log())

    def kill(self) -> None:
        """SIGKILL: no chance to tidy up."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        assert self._process
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(10)

    def log(self) -> str:
        return (self._folder / "bot.log").read_text(encoding="utf-8")[-3000:]

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return json.load(answer)

    def say(self, message_id: str, text: str, *, persona: str = "liu", chat: str = "haina") -> bool:
        """Post a message; True once the bot has it for good, False when that is not known."""
        body = json.dumps({"id": message_id, "persona": persona, "chat": chat, "text": text}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/messages", body, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=10):
                return True
        except urllib.error.HTTPError as error:
            if error.code == 503:
                return False
            raise RuntimeError(error.read().decode()) from error
        except OSError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
