"""How a document that is being designed looks, with made-up values."""

from __future__ import annotations

from base64 import b64encode

from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.definition.app import AppDefinition, DocumentTemplate
from madoguchi.documents import designed
from madoguchi.lib.eras import era_date
from madoguchi.studio.samples import MadeUpWorld, sample_values


def picture(defn: AppDefinition, template: DocumentTemplate) -> str:
    """Its first page as a ``data:`` address."""
    values = sample_values(defn, MadeUpWorld("counter"))
    number = _("（見本の番号）")
    png = designed.as_png(template, defn, values, 受付番号=number, 今日=era_date(timezone.localdate()))
    return f"data:image/png;base64,{b64encode(png).decode()}"
