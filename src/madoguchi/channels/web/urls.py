"""Addresses of the public site. Tokens and secrets in them are random or signed; nothing personal stands in any."""

from __future__ import annotations

from django.urls import URLPattern, path

from madoguchi.channels.web.views import about, home, interview, question, sending, status

app_name = "web"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("p/<slug:code>/", home.start, name="start"),
    path("i/<str:token>/", interview.resume, name="resume"),
    path("i/<str:token>/q/<str:code>/", question.question, name="question"),
    path("i/<str:token>/check/", interview.check, name="check"),
    path("i/<str:token>/next/", sending.after, name="next"),
    path("i/<str:token>/save/", interview.save, name="save"),
    path("i/<str:token>/files/<uuid:file_id>", interview.file, name="file"),
    path("status/", status.find, name="find-status"),
    path("s/<str:receipt>/<str:secret>/", status.show, name="status"),
    path("s/<str:receipt>/<str:secret>/done/", status.done, name="done"),
    path("s/<str:receipt>/<str:secret>/pay/", status.pay, name="pay"),
    path("s/<str:receipt>/<str:secret>/cancel/", status.cancel, name="cancel"),
    path("s/<str:receipt>/<str:secret>/correct/", status.correct, name="correct"),
    path("lang/", about.settings_page, name="settings"),
    path("about/accessibility/", about.accessibility, name="accessibility"),
    path("about/privacy/", about.privacy, name="privacy"),
]
