"""A real Wechaty gateway in a child process: start it, steer it, kill it."""

import http.client
import json
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Self

from tests.provision import node

TOKEN = "insecure_test"


class Gateway:
    """The npm PuppetServer over the mock puppet. Operations are those of tests/gateway/gateway.mjs."""

    def __init__(self, log: Path, cert: Path | None = None, key: Path | None = None) -> None:
        self._log = log
        self._port, self._control = _free_port(), _free_port()
        self.endpoint = f"127.0.0.1:{self._port}"
        self._tls = {"GATEWAY_CERT": str(cert), "GATEWAY_KEY": str(key)} if cert else {}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, on the same ports every time; it remembers nothing of an earlier run."""
        self.kill()
        ports = {"GATEWAY_PORT": str(self._port), "GATEWAY_CONTROL": str(self._control)}
        environment = os.environ | ports | self._tls | {"GATEWAY_TOKEN": TOKEN}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [node.NODE, "gateway.mjs"], cwd=node.install(), stdout=log, stderr=log, env=environment
            )
        deadline = time.monotonic() + 20
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the gateway does not start:\n{self._log.read_text()[-2000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def __call__(self, operation: str, **parameters: Any) -> Any:
        """Do one operation; a trailing underscore of a parameter is dropped, so that `from_` can be named."""
        body = json.dumps({name.rstrip("_"): value for name, value in parameters.items()})
        connection = http.client.HTTPConnection("127.0.0.1", self._control, timeout=10)
        try:
            connection.request("POST", f"/{operation}", body)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise RuntimeError(content.decode())
        return json.loads(content)

    def _answers(self) -> bool:
        try:
            self("status")
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
