"""Addresses of the integration pages, below the studio's."""

from __future__ import annotations

from django.urls import URLPattern, path

from madoguchi.api import views_integration, views_webhooks

app_name = "integration"
_HERE = "<slug:app_code>/integration/"
_HOOK = f"{_HERE}webhooks/<int:webhook_id>/"
urlpatterns: list[URLPattern] = [
    path(_HERE, views_integration.home, name="home"),
    path(f"{_HERE}tokens/new/", views_integration.new_token, name="new-token"),
    path(f"{_HERE}tokens/<int:token_id>/revoke/", views_integration.revoke, name="revoke"),
    path(f"{_HERE}webhooks/new/", views_webhooks.new, name="new-webhook"),
    path(_HOOK, views_webhooks.webhook, name="webhook"),
    path(f"{_HOOK}test/", views_webhooks.test, name="test"),
    path(f"{_HOOK}switch/", views_webhooks.switch, name="switch"),
    path(f"{_HOOK}delete/", views_webhooks.delete, name="delete"),
    path(f"{_HOOK}deliveries/<uuid:delivery_id>/resend/", views_webhooks.resend, name="resend"),
]
