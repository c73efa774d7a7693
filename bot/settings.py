"""Everything that the environment may set. Built once at start and passed down; nothing else reads it."""

from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def is_loopback(host: str) -> bool:
    """Whether a name or an address is this machine, for this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Settings(BaseSettings):
    """One frozen value; each field is `CHUISHAO_<NAME>` in the environment or in `.env`."""

    model_config = SettingsConfigDict(env_prefix="CHUISHAO_", env_file=".env", frozen=True, extra="ignore")

    database_url: str = "sqlite:///var/chuishao.db"
    model: str = ""  # the file where `chuishao train` keeps its model; see model_file
    semantic: bool = True  # look a second time, by meaning, where the extra `semantic` is installed
    files: Path = Path("var/files")  # pictures and documents that people send
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = ""  # where people open the links that the bot sends; see pages_url
    metrics_token: str = ""  # lets other machines read /metrics; empty: this machine alone
    web_for_all: bool = False  # serve the local groups to other machines, where everybody speaks as anybody
    channels: str = "web"  # comma-separated: web, console, wechaty, wecom, webhook
    nickname: str = "小红"
    log_level: str = "INFO"
    log_format: Literal["text", "json"] = "text"

    bulk_interval: float = Field(default=3.0, ge=0)  # seconds between two broadcast messages of one account
    keep_texts_days: int = Field(default=180, ge=1)  # how long the words of messages are kept

    wechaty_endpoint: str = ""
    wechaty_token: str = ""
    wechaty_ca_file: Path | None = None
    wechaty_tls: bool = False
    wechaty_tls_name: str = ""  # the name in the gateway's certificate, where it is not the host

    wecom_bot_id: str = ""
    wecom_secret: str = ""
    wecom_url: str = ""  # of a proxy or a test server; empty: the platform's own
    wecom_ca_file: Path | None = None
    webhooks: str = ""  # group=key, separated by commas
    webhook_url: str = ""  # of a proxy or a test server; empty: the platform's own

    def model_file(self) -> Path:
        """Where the model lies that was trained on the spot: beside the database, unless set."""
        path = self.database_url.removeprefix("sqlite:///")
        beside = Path(path).parent if path != self.database_url else Path("var")
        return Path(self.model) if self.model else beside / "model" / "intents.npz"

    def vectors_file(self) -> Path:
        """Where the meanings of entries lie that people added: beside the model."""
        return self.model_file().with_name("faq-vectors.npz")

    def pages_url(self) -> str:
        """The address of the pages: as people reach them, or else as they are served."""
        return self.public_url or f"http://{self.host}:{self.port}"

    def exposed(self) -> str:
        """Which setting lets other machines reach the pages; empty where none does."""
        if not is_loopback(self.host):
            return f"CHUISHAO_HOST={self.host}"
        public = urlsplit(self.public_url).hostname
        return f"CHUISHAO_PUBLIC_URL={self.public_url}" if public and not is_loopback(public) else ""

    def webhook_keys(self) -> dict[str, str]:
        """The key of each group that has a webhook, by the group's name. Raises ValueError."""
        pairs = [pair.partition("=") for pair in self.webhooks.split(",") if pair.strip()]
        if not all(name.strip() and key.strip() for name, _, key in pairs):
            raise ValueError("a webhook needs a group and a key")
        return {name.strip(): key.strip() for name, _, key in pairs}

    def channel_names(self) -> list[str]:
        """The channels to start, in order."""
        return [name.strip() for name in self.channels.split(",") if name.strip()]
