"""``madoguchi pack …`` in words."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from django.conf import settings

from madoguchi.catalog import packs
from madoguchi.catalog.queries import AppNotFound, AppRevision, published
from madoguchi.catalog.schema import estimated_rows
from madoguchi.catalog.tables import table_name
from madoguchi.definition.findings import DefinitionError
from madoguchi.lib.bundles import BundleError, Listed, new_folder, unpacked
from madoguchi.records.actor import SYSTEM
from madoguchi.records.portable_in import load_pack as load_with_rows
from madoguchi.records.portable_out import Content, log_export, write_pack
from madoguchi.records.read import personal_field_ids

LARGEST_ZIP = 200 * 1024**3
NO_OPERATOR = "unknown"


def check_pack(directory: Path) -> int:
    """Prints every finding; 1 if one of them is an error."""
    findings = packs.check(directory)
    for finding in findings:
        click.echo(f"{'✕' if finding.level == 'error' else '△'} {finding.where}: {finding.message} {finding.mend}")
    errors = [finding for finding in findings if finding.level == "error"]
    click.echo(f"誤り {len(errors)} 件、注意 {len(findings) - len(errors)} 件")
    return 1 if errors else 0


def load_pack(source: Path) -> int:
    """Loads the pack, a folder or a .zip, unless it has errors; prints what became of each app."""
    try:
        with _opened(source) as directory:
            if check_pack(directory):
                click.echo("誤りを直してから、もう一度読み込んでください。何も変更していません。", err=True)
                return 1
            for line in load_with_rows(directory, actor=SYSTEM).lines:
                click.echo(line)
    except BundleError as refusal:
        click.echo(str(refusal), err=True)
        return 1
    except DefinitionError as refusal:
        for finding in refusal.findings:
            click.echo(f"✕ {finding.where}: {finding.message} {finding.mend}", err=True)
        click.echo("何も変更していません。", err=True)
        return 1
    return 0


@contextmanager
def _opened(source: Path) -> Iterator[Path]:
    if source.is_dir():
        yield source
        return
    # Beside the other data: the system's folder for temporary files may be small, or open to others.
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as file, unpacked(file, limit=LARGEST_ZIP, within=settings.DATA_DIR) as directory:
        yield directory


def export_pack(
    codes: Sequence[str], directory: Path, *, rows: bool = False, files: bool = False, city: bool = False,
    yes: bool = False,
) -> int:
    """Writes the pack; prints where. Records only after whoever asked has seen what that means, and noted."""
    try:
        contents = [Content(published(code), rows, files) for code in dict.fromkeys(codes)]
    except AppNotFound:
        click.echo(f"公開されているアプリがありません: {'、'.join(codes)}", err=True)
        return 1
    if rows:
        _warn([content.app for content in contents], directory, files=files)
        if not yes and not click.confirm("書き出しますか", default=False):
            click.echo("書き出しませんでした。")
            return 1
        for content in contents:
            log_export(content, operator=_operator())
    try:
        with new_folder(directory, replaces=packs.PACK_FILE) as folder:
            write_pack(Listed(folder), contents, name=directory.name, with_city=city)
    except BundleError as refusal:
        click.echo(str(refusal), err=True)
        return 1
    click.echo(f"{directory} に書き出しました。")
    if rows:
        click.echo("渡し終えたら、このフォルダーを消してください。")
    return 0


def _warn(apps: Sequence[AppRevision], directory: Path, *, files: bool) -> None:
    click.echo(f"! {directory} に、次のアプリのレコードを、暗号にしないで書き出します。", err=True)
    for app in apps:
        personal = personal_field_ids(app.definition.fields)
        labels = [str(field.label) for field in app.definition.fields if field.id in personal]
        held = f"個人情報: {'、'.join(labels)}" if labels else "個人情報の印の付いた項目はありません"
        count = estimated_rows(table_name(app.app_id))
        click.echo(f"!   {app.definition.name}（{app.code}）約{count:,}件。{held}", err=True)
    if files:
        click.echo("!   添付された写真とファイルも書き出します（本人確認の写真を含みます）。", err=True)
    click.echo("! だれが書き出したかは、閲覧の記録に残ります。", err=True)


def _operator() -> str:
    """The account under which the command runs."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return NO_OPERATOR
