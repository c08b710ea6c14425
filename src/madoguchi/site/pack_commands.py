"""``madoguchi pack …`` in words."""

from __future__ import annotations

from pathlib import Path

import click

from madoguchi.catalog import packs
from madoguchi.records.actor import SYSTEM


def check_pack(directory: Path) -> int:
    """Prints every finding; 1 if one of them is an error."""
    findings = packs.check(directory)
    for finding in findings:
        click.echo(f"{'✕' if finding.level == 'error' else '△'} {finding.where}: {finding.message} {finding.mend}")
    errors = [finding for finding in findings if finding.level == "error"]
    click.echo(f"誤り {len(errors)} 件、注意 {len(findings) - len(errors)} 件")
    return 1 if errors else 0


def load_pack(directory: Path) -> int:
    """Loads the pack unless it has errors; prints what became of each app."""
    if check_pack(directory):
        click.echo("誤りを直してから、もう一度読み込んでください。何も変更していません。", err=True)
        return 1
    for line in packs.load(directory, actor=SYSTEM).lines:
        click.echo(line)
    return 0


def export_pack(apps: tuple[str, ...], directory: Path) -> int:
    """Writes the pack; prints where."""
    packs.export(apps, directory)
    click.echo(f"{directory} に書き出しました。")
    return 0
