"""``madoguchi demo``: everything on one machine, ready to try, kept between starts.

Order: database, keys, simulators, packs and staff, web and worker, past applications, LINE account. What scripts need
to know stands in ``DIR/demo.json`` as soon as everything answers.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
import webbrowser
from base64 import b64encode
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from madoguchi.site.database import start_embedded
from madoguchi.site.processes import Child, Supervisor, free_port, stop_on_signals
from madoguchi.site.serving import web_child, worker_child

PACKS = Path(__file__).resolve().parents[3] / "packs"
DEMO_PACKS = ("ichikawa",)
DEMO_PASSWORD = "madoguchi-demo-2026"  # noqa: S105 - printed on the screen, on purpose


@dataclass(frozen=True, slots=True)
class Secrets:
    """Made once per data directory, so that a second start can still read what the first one wrote."""

    secret_key: str
    encryption_key: str
    line_channel_id: str
    line_channel_secret: str
    line_channel_access_token: str
    paypay_api_key: str
    paypay_api_secret: str
    linepay_channel_id: str
    linepay_channel_secret: str
    mynumber_client_id: str
    mynumber_private_key: str
    staff_password: str

    @classmethod
    def new(cls) -> Secrets:
        """Fresh random secrets, none of which a command line could take for an option.

        The staff password is the same on every machine because it protects nothing real.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return cls(
            secret_key=secrets.token_urlsafe(50),
            encryption_key=b64encode(secrets.token_bytes(32)).decode(),
            line_channel_id="1650000001",
            line_channel_secret=secrets.token_hex(16),
            line_channel_access_token=secrets.token_hex(64),
            paypay_api_key=f"a_{secrets.token_hex(8)}",
            paypay_api_secret=secrets.token_hex(32),
            linepay_channel_id="1650000002",
            linepay_channel_secret=secrets.token_hex(16),
            mynumber_client_id="madoguchi-demo",
            mynumber_private_key=pem.decode(),
            staff_password=DEMO_PASSWORD,
        )

    @classmethod
    def kept_in(cls, file: Path) -> Secrets:
        """Those of ``file``, made and written there if it does not exist yet."""
        if file.exists():
            return cls(**json.loads(file.read_text()))
        made = cls.new()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(json.dumps(asdict(made), indent=1))
        return made


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the simulators answer; the ones of the last start if they are still free."""

    line: int
    paypay: int
    linepay: int
    mynumber: int

    @classmethod
    def chosen(cls, file: Path) -> Ports:
        """Free ports, remembered in ``file`` so that links in old chats still open after a restart."""
        before = json.loads(file.read_text()) if file.exists() else {}
        ports = cls(**{name: free_port(before.get(name, 0)) for name in cls.__slots__})
        file.write_text(json.dumps(asdict(ports)))
        return ports


def run(*, port: int, data_dir: Path, open_browser: bool, fresh: bool, applications: int) -> None:
    """Starts the demo with ``applications`` past ones; returns after Ctrl-C, with everything it started stopped."""
    data_dir = data_dir.absolute()
    if fresh and data_dir.exists():
        shutil.rmtree(data_dir)
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / "demo.json").unlink(missing_ok=True)
    if free_port(port) != port:
        click.echo(f"ポート {port} は、ほかのプログラムが使っています。--port で別の番号を指定してください。", err=True)
        sys.exit(1)
    should_stop = stop_on_signals()
    supervisor = Supervisor()
    try:
        _start_everything(supervisor, port=port, data_dir=data_dir, applications=applications)
        base_url = f"http://127.0.0.1:{port}"
        if open_browser:
            webbrowser.open(f"{base_url}/demo/")
        supervisor.watch(should_stop)
        click.echo("\n終了しています …")
    finally:
        (data_dir / "demo.json").unlink(missing_ok=True)
        supervisor.stop()


def _start_everything(supervisor: Supervisor, *, port: int, data_dir: Path, applications: int) -> None:
    kept = Secrets.kept_in(data_dir / "secrets.json")
    ports = Ports.chosen(data_dir / "ports.json")
    base_url = f"http://127.0.0.1:{port}"
    _say("データベースを始めます")
    environment = environment_of(kept, ports, base_url, data_dir)
    os.environ.update(environment)
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = start_embedded(data_dir / "pg")
    _say("シミュレーターを始めます（LINE・PayPay・LINE Pay・デジタル認証アプリ）")
    for child in simulators(kept, ports, base_url, data_dir):
        supervisor.start(child)
    _say("手続（市川市のひな形）と職員を用意します")
    staff = _prepare_data(kept)
    supervisor.wait_ready()
    _say("画面と処理を始めます")
    supervisor.start(web_child(host="127.0.0.1", port=port, processes=1, data_dir=data_dir))
    supervisor.start(worker_child(data_dir=data_dir))
    supervisor.wait_ready()
    apps = _finish_data(applications, kept)
    _write_contract(data_dir, base_url, kept, ports, staff, apps)
    _print_addresses(base_url, ports, kept, staff)


def _say(sentence: str) -> None:
    click.echo(f"・{sentence} …")


def environment_of(kept: Secrets, ports: Ports, base_url: str, data_dir: Path) -> dict[str, str]:
    """What the product must know of this machine, as environment variables."""

    def service(name: str, port: int, client_id: str, secret: str = "") -> dict[str, str]:
        url = f"http://127.0.0.1:{port}"
        return {
            f"MADOGUCHI_{name}_BASE_URL": url,
            f"MADOGUCHI_{name}_PUBLIC_URL": url,
            f"MADOGUCHI_{name}_CLIENT_ID": client_id,
            f"MADOGUCHI_{name}_CLIENT_SECRET": secret,
        }

    return {
        "MADOGUCHI_SECRET_KEY": kept.secret_key,
        "MADOGUCHI_ENCRYPTION_KEYS": kept.encryption_key,
        "MADOGUCHI_DATA_DIR": str(data_dir),
        "MADOGUCHI_BASE_URL": base_url,
        "MADOGUCHI_DEMO": "1",
        "MADOGUCHI_MYNUMBER_PRIVATE_KEY": kept.mynumber_private_key,
        **service("LINE", ports.line, kept.line_channel_id, kept.line_channel_secret),
        "MADOGUCHI_LINE_PUBLIC_URL": f"http://127.0.0.1:{ports.line}/R/ti/p/@madoguchi",
        **service("PAYPAY", ports.paypay, kept.paypay_api_key, kept.paypay_api_secret),
        **service("LINEPAY", ports.linepay, kept.linepay_channel_id, kept.linepay_channel_secret),
        **service("MYNUMBER", ports.mynumber, kept.mynumber_client_id),
    }


def simulators(kept: Secrets, ports: Ports, base_url: str, data_dir: Path) -> list[Child]:
    """The simulators, ready to be started."""

    def child(name: str, port: int, *options: str) -> Child:
        data = data_dir / "simulators" / name
        data.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", f"simulators.{name}", "--port", str(port), "--data", str(data), *options]
        return Child(
            name=name, command=command, log=data_dir / "logs" / f"{name}.log",
            ready_url=f"http://127.0.0.1:{port}/",
        )

    public_key = data_dir / "mynumber-client.pem"
    public_key.write_bytes(_public_key(kept.mynumber_private_key))
    return [
        child(
            "line", ports.line, "--channel-id", kept.line_channel_id, "--channel-secret", kept.line_channel_secret,
            "--channel-access-token", kept.line_channel_access_token, "--webhook-url", f"{base_url}/line/webhook",
            "--account-name", _account_name(),
        ),
        child(
            "paypay", ports.paypay, "--api-key", kept.paypay_api_key, "--api-secret", kept.paypay_api_secret,
            "--webhook-url", f"{base_url}/payments/paypay/webhook",
        ),
        child(
            "linepay", ports.linepay,
            "--channel-id", kept.linepay_channel_id, "--channel-secret", kept.linepay_channel_secret,
        ),
        child(
            "mynumber", ports.mynumber, "--client-id", kept.mynumber_client_id,
            "--client-public-key", str(public_key), "--redirect-uri", f"{base_url}/identity/callback",
        ),
    ]


def _account_name() -> str:
    """The city's LINE account, as its pack names it."""
    pack = yaml.safe_load((PACKS / DEMO_PACKS[0] / "pack.yaml").read_text(encoding="utf-8"))
    return str(pack["city"]["line_account_name"])


def _public_key(private_pem: str) -> bytes:
    key = serialization.load_pem_private_key(private_pem.encode(), password=None)
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _prepare_data(kept: Secrets) -> list[dict[str, str]]:
    """Tables, packs and staff; the same again on every start, so that an update of a pack arrives."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.site.settings")
    django.setup()
    from django.core.management import call_command

    from madoguchi.catalog import packs
    from madoguchi.records.actor import SYSTEM
    from madoguchi.site.demo_data import add_demo_staff

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    for name in DEMO_PACKS:
        packs.load(PACKS / name, actor=SYSTEM)
    return [row for name in DEMO_PACKS for row in add_demo_staff(name, kept.staff_password)]


def _finish_data(applications: int, kept: Secrets) -> list[dict[str, str]]:
    """What needs the running simulators; returns the apps with their API tokens."""
    from madoguchi.channels.line.setup import set_up
    from madoguchi.site.demo_data import add_past_applications
    from madoguchi.site.demo_tokens import demo_apps

    _say("LINE公式アカウントのメニューを用意します")
    set_up()
    for name in DEMO_PACKS:
        add_past_applications(name, applications)
    return demo_apps(kept.secret_key)


def _write_contract(
    data_dir: Path, base_url: str, kept: Secrets, ports: Ports, staff: list[dict[str, str]],
    apps: list[dict[str, str]],
) -> None:
    """Scripts depend on this file; it appears whole or not at all."""

    def simulator(port: int) -> dict[str, str]:
        return {"simulator_url": f"http://127.0.0.1:{port}"}

    contract: dict[str, Any] = {
        "base_url": base_url,
        "staff": staff,
        "apps": apps,
        "line": {
            "webhook_url": f"{base_url}/line/webhook",
            "channel_secret": kept.line_channel_secret,
            "channel_access_token": kept.line_channel_access_token,
            **simulator(ports.line),
        },
        "paypay": simulator(ports.paypay),
        "linepay": simulator(ports.linepay),
        "mynumber": simulator(ports.mynumber),
        "ready": True,
    }
    unfinished = data_dir / "demo.json.new"
    unfinished.write_text(json.dumps(contract, ensure_ascii=False, indent=2))
    unfinished.replace(data_dir / "demo.json")


def _print_addresses(base_url: str, ports: Ports, kept: Secrets, staff: list[dict[str, str]]) -> None:
    click.echo(f"""
窓口（Madoguchi）の準備ができました。

  案内              {base_url}/demo/
  住民（LINE）      http://127.0.0.1:{ports.line}/
  住民（ウェブ）    {base_url}/
  職員              {base_url}/desk/     {staff[0]['username']} / {kept.staff_password}

Ctrl-C で終わります。""")
