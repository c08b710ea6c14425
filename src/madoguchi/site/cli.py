"""The ``madoguchi`` command.

Exit codes: 0 done, 1 something is wrong and was said, 2 the command was used wrongly, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from madoguchi import __version__

DATA_DIR = click.option(
    "--data-dir", type=click.Path(path_type=Path), envvar="MADOGUCHI_DATA_DIR", default=Path("var/data"),
    show_default=True, help="Where the embedded database, attachments and logs are kept.",
)


def _setup_django() -> None:
    """Loads Django. Called inside commands so that ``--help`` answers at once."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.site.settings")
    django.setup()


def _use_database(data_dir: Path) -> None:
    """Points this process and its children to ``DATABASE_URL``, or starts the embedded PostgreSQL."""
    from madoguchi.site.database import start_embedded

    data_dir = data_dir.absolute()
    os.environ["MADOGUCHI_DATA_DIR"] = str(data_dir)
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = start_embedded(data_dir / "pg")


def _prepare(data_dir: Path) -> None:
    _use_database(data_dir)
    _setup_django()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="madoguchi")
def cli() -> None:
    """Madoguchi (窓口): procedures of a municipality, online, built by its own staff."""


@cli.command()
@click.option("--port", default=8000, show_default=True, help="Port of the web pages.")
@click.option("--data-dir", type=click.Path(path_type=Path), default=Path("var/demo"), show_default=True)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option("--fresh", is_flag=True, help="Forget the data of earlier demos and begin again.")
@click.option(
    "--applications", type=click.IntRange(min=0), default=100, show_default=True,
    help="Past applications to begin with, made at the first start.",
)
def demo(port: int, data_dir: Path, no_browser: bool, fresh: bool, applications: int) -> None:
    """Run everything on this machine: database, packs, simulators, a hundred past applications."""
    from madoguchi.site.demo import run

    run(port=port, data_dir=data_dir, open_browser=not no_browser, fresh=fresh, applications=applications)


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--processes", default=lambda: os.cpu_count() or 1, show_default="one a core")
@DATA_DIR
def serve(host: str, port: int, processes: int, data_dir: Path) -> None:
    """Run web pages and worker together, on the embedded database unless DATABASE_URL is set."""
    from madoguchi.site.serving import serve_all

    _prepare(data_dir)
    serve_all(host=host, port=port, processes=processes, data_dir=data_dir.absolute())


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--processes", default=1, show_default=True)
@DATA_DIR
def web(host: str, port: int, processes: int, data_dir: Path) -> None:
    """Run the web pages only."""
    from madoguchi.site.web import run

    _use_database(data_dir)
    run(host=host, port=port, processes=processes)


@cli.command()
@click.option("--concurrency", default=4, show_default=True, help="Jobs at the same time.")
@DATA_DIR
def worker(concurrency: int, data_dir: Path) -> None:
    """Run the worker only."""
    from madoguchi.site.worker import run

    _prepare(data_dir)
    run(concurrency=concurrency)


@cli.command()
@DATA_DIR
def migrate(data_dir: Path) -> None:
    """Bring the platform's own tables and the pages' styles and scripts up to date."""
    from django.core.management import call_command

    _prepare(data_dir)
    call_command("migrate", verbosity=1, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)


@cli.command()
@DATA_DIR
def check(data_dir: Path) -> None:
    """Test every configured connection and say in plain words what is wrong."""
    from madoguchi.site.checks import all_checks

    _prepare(data_dir)
    failed = False
    for result in all_checks():
        click.echo(f"{'○' if result.ok else '✕'} {result.name}: {result.message}")
        failed |= not result.ok
    sys.exit(1 if failed else 0)


@cli.group()
def pack() -> None:
    """Load, check or export packs (ひな形)."""


@pack.command("check")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
def pack_check(directory: Path) -> None:
    """Say what is wrong in the pack in DIRECTORY; needs no database."""
    _setup_django()
    from madoguchi.site.pack_commands import check_pack

    sys.exit(check_pack(directory))


@pack.command("load")
@click.argument("directory", type=click.Path(exists=True, path_type=Path))
@DATA_DIR
def pack_load(directory: Path, data_dir: Path) -> None:
    """Publish the apps of the pack in DIRECTORY (or a .zip of one), with its records if it has them.

    All or nothing; loading it again changes nothing.
    """
    _prepare(data_dir)
    from madoguchi.site.pack_commands import load_pack

    sys.exit(load_pack(directory))


@pack.command("export")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--app", "apps", multiple=True, required=True, help="Code of an app; may be given several times.")
@click.option("--rows", is_flag=True, help="Write the records too, as CSV. They hold personal data.")
@click.option("--files", is_flag=True, help="With --rows: write photos and attachments too.")
@click.option("--city", is_flag=True, help="Write the municipality too; whoever loads the pack becomes it.")
@click.option("--yes", is_flag=True, help="Do not ask before personal data is written.")
@DATA_DIR
def pack_export(
    directory: Path, apps: tuple[str, ...], rows: bool, files: bool, city: bool, yes: bool, data_dir: Path
) -> None:
    """Write the published apps as a pack into DIRECTORY, which appears once everything is in it."""
    if files and not rows:
        raise click.UsageError("--files needs --rows")
    _prepare(data_dir)
    from madoguchi.site.pack_commands import export_pack

    sys.exit(export_pack(apps, directory, rows=rows, files=files, city=city, yes=yes))


@cli.group()
def staff() -> None:
    """Staff accounts."""


@staff.command("add")
@click.argument("username")
@click.option("--name", required=True, help="Name on screen, such as 佐藤 美咲.")
@click.option("--department", required=True, help="Code of the department.")
@click.option(
    "--role", required=True,
    type=click.Choice(["reception", "review", "approval", "accounting", "app_admin", "admin"]),
)
@click.password_option(help="Asked for when not given.")
@DATA_DIR
def staff_add(username: str, name: str, department: str, role: str, password: str, data_dir: Path) -> None:
    """Add USERNAME with one role in one department."""
    _prepare(data_dir)
    from madoguchi.site.staff_commands import add_staff

    sys.exit(add_staff(username=username, name=name, department=department, role=role, password=password))


@cli.group()
def token() -> None:
    """API tokens of programs."""


@token.command("create")
@click.option("--app", "app_code", required=True, help="Code of the app.")
@click.option("--rights", required=True, help="Some of view,add,edit,delete,manage.")
@click.option("--name", default="", help="What it is for.")
@click.option("--days", type=click.IntRange(min=1), help="It stops working after so many days.")
@DATA_DIR
def token_create(app_code: str, rights: str, name: str, days: int | None, data_dir: Path) -> None:
    """Print a new token for one app. It is shown this once."""
    _prepare(data_dir)
    from madoguchi.site.token_commands import create

    sys.exit(create(app_code=app_code, rights=rights, name=name, days=days))


@token.command("list")
@DATA_DIR
def token_list(data_dir: Path) -> None:
    """Show the tokens that work: number, app, name, rights, last use."""
    _prepare(data_dir)
    from madoguchi.site.token_commands import show

    show()


@token.command("revoke")
@click.argument("token_id", type=int)
@DATA_DIR
def token_revoke(token_id: int, data_dir: Path) -> None:
    """Withdraw the token with number TOKEN_ID."""
    _prepare(data_dir)
    from madoguchi.site.token_commands import revoke

    sys.exit(revoke(token_id))


@cli.group()
def line() -> None:
    """The city's official LINE account."""


@line.command("setup")
@DATA_DIR
def line_setup(data_dir: Path) -> None:
    """Create the rich menu from the published procedures, link it, and set the webhook address."""
    _prepare(data_dir)
    from madoguchi.channels.line.setup import set_up

    for sentence in set_up():
        click.echo(sentence)


def main() -> None:
    """Entry point; an expected failure is one plain sentence, not a traceback."""
    from madoguchi.site.database import DatabaseNotStarted
    from madoguchi.site.processes import NotReady

    try:
        cli()
    except (NotReady, DatabaseNotStarted) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
