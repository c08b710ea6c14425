"""Jobs of the public site."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from madoguchi.catalog import queries as catalog
from madoguchi.definition.text import Language, without_ruby
from madoguchi.intake.interviews import procedure_of, revision_of
from madoguchi.intake.links import interview_path
from madoguchi.intake.models import Interview
from madoguchi.intake.residents import email_of
from madoguchi.lib.jobs import RETRY, app


@app.task(name="web.send_link", retry=RETRY, pass_context=False)
def send_link(interview_id: str, language: Language) -> None:
    """Sends the link with which to go on to the resident's address; nothing once the interview is over."""
    interview = Interview.objects.select_related("resident").get(pk=uuid.UUID(interview_id))
    address = email_of(interview.resident_id)
    if address is None or interview.outcome != Interview.Outcome.OPEN:
        return
    title = without_ruby(procedure_of(revision_of(interview)).title.in_language(language))
    city = catalog.city()
    with translation.override("en" if language == "en" else "ja"):
        lines = [
            _("「%(title)s」の続きは、30日以内に次のリンクから入力できます。") % {"title": title}, "",
            f"{settings.BASE_URL}{interview_path(interview)}", "",
            _("このリンクを知っている人は、入力した内容を見られます。ほかの人に転送しないでください。"),
            _("心当たりがないときは、このメールを消してください。"), "",
            *([city.shown_name, city.phone] if city else []),
        ]
        subject = _("「%(title)s」の続きを入力するためのリンク") % {"title": title}
    EmailMessage(subject=subject, body="\n".join(lines), to=[address]).send()
