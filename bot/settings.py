"""Everything that the environment may set. Built once at start and passed down; nothing else reads it."""

from datetime import time
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """One frozen value; each field is `CHUISHAO_<NAME>` in the environment or in `.env`."""

    model_config = SettingsConfigDict(env_prefix="CHUISHAO_", env_file=".env", frozen=True, extra="ignore")

    database_url: str = "sqlite:///var/chuishao.db"
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = "http://127.0.0.1:8080"  # where people open the links that the bot sends
    channels: str = "web"  # comma-separated: web, console, wechaty
    nickname: str = "小红"
    log_level: str = "INFO"

    quiet_from: time = time(21, 0)
    quiet_until: time = time(8, 0)
    bulk_interval: float = Field(default=3.0, ge=0)  # seconds between two broadcast messages of one account

    wechaty_endpoint: str = ""
    wechaty_token: str = ""
    wechaty_ca_file: Path | None = None
    wechaty_tls: bool = False
    wechaty_tls_name: str = ""  # the name in the gateway's certificate, where it is not the host

    def channel_names(self) -> list[str]:
        """The channels to start, in order."""
        return [name.strip() for name in self.channels.split(",") if name.strip()]
