"""New apps from a pack file that somebody uploads: definitions only, as drafts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from django.contrib.messages import constants
from django.utils.translation import gettext as _

from madoguchi.accounts.language import in_words
from madoguchi.accounts.models import Staff
from madoguchi.catalog import manifest, packs
from madoguchi.catalog.named import missing, named_in
from madoguchi.definition import yaml
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.findings import DefinitionError
from madoguchi.lib.bundles import BundleError, unpacked
from madoguchi.studio.new_app import make_from

WANTED = (packs.PACK_FILE, manifest.MANIFEST_FILE, "apps/")
LARGEST = 20 * 1024 * 1024
"""Of the definitions in it: records and files in the pack are not read here."""


class ArrivalRefused(ValueError):
    """A file from which no app can be made; ``str`` says in Japanese why and what to do."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """The codes of the new apps, and what to say about them: (level of the message, sentence)."""

    codes: tuple[str, ...]
    lines: tuple[tuple[int, str], ...]


def arrive(*, file: BinaryIO, department: str, staff: Staff) -> Arrived:
    """Makes a draft of each app in a .zip that an instance wrote, or of the one in a .yaml. Raises ArrivalRefused."""
    definitions, with_rows = _read(file)
    codes = [make_from(defn, department=department, staff=staff) for defn in definitions]
    made = _("「%(name)s」の下書きを作りました。")
    lines = [(constants.SUCCESS, made % {"name": in_words(defn.name)}) for defn in definitions]
    renamed = [(d.code, code) for d, code in zip(definitions, codes, strict=True) if d.code != code]
    words = _("コード「%(old)s」はもう使われているため、「%(new)s」にしました。")
    lines += [(constants.WARNING, words % {"old": old, "new": new}) for old, new in renamed]
    absent = missing(named_in(definitions))
    people = [*absent.departments, *absent.groups, *absent.staff]
    if people:
        words = _("次の課・グループ・職員は、ここにはいません。権限と通知を直してください：%(codes)s")
        lines.append((constants.WARNING, words % {"codes": "、".join(people)}))
    if with_rows:
        words = _("レコードは読み込んでいません。サーバーの管理者が madoguchi pack load で読み込めます。")
        lines.append((constants.INFO, words))
    return Arrived(tuple(codes), tuple(lines))


def _read(file: BinaryIO) -> tuple[list[AppDefinition], bool]:
    start = file.read(2)
    file.seek(0)
    try:
        if start != b"PK":
            return [yaml.load(file.read(LARGEST).decode("utf-8-sig"))], False
        with unpacked(file, limit=LARGEST, only=WANTED) as folder:
            errors = [f for f in packs.check(folder, contents=False) if f.level == "error"]
            if errors:
                raise DefinitionError(errors)
            found, about = packs.definitions(folder), manifest.read(folder)
    except UnicodeDecodeError:
        words = _("アプリのファイルとして読めません。書き出した .zip か、.yaml を選んでください。")
        raise ArrivalRefused(words) from None
    except BundleError as refusal:
        raise ArrivalRefused(str(refusal)) from None
    except DefinitionError as refusal:
        shown = " ".join(f"{f.where}: {f.message}{f.mend}" for f in refusal.findings[:5])
        raise ArrivalRefused(_("このファイルからは作れません。%(problems)s") % {"problems": shown}) from None
    if not found:
        raise ArrivalRefused(_("このファイルには、アプリが入っていません。"))
    return found, bool(about and any(part.rows for part in about.apps.values()))
