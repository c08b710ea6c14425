"""Every address of the product, room by room."""

from __future__ import annotations

from django.urls import include, path

from madoguchi.site.demo_page import demo_page

urlpatterns = [
    path("", include("madoguchi.site.health_urls")),
    path("staff/", include("madoguchi.accounts.urls")),
    path("desk/", include("madoguchi.desk.urls")),
    path("k/", include("madoguchi.api.urls")),
    path("studio/", include("madoguchi.studio.urls")),
    path("studio/", include("madoguchi.api.urls_studio")),
    path("ops/", include("madoguchi.site.operations_urls")),
    path("demo/", demo_page, name="demo"),
    path("line/", include("madoguchi.channels.line.urls")),
    path("payments/", include("madoguchi.payments.urls")),
    path("identity/", include("madoguchi.identity.urls")),
    path("", include("madoguchi.channels.web.urls")),
]
handler500 = "madoguchi.channels.web.views.failure.server_error"
