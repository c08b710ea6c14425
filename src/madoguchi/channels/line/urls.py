"""Addresses of the LINE channel."""

from __future__ import annotations

from django.urls import path

from madoguchi.channels.line import webhook

app_name = "line"
urlpatterns = [path("webhook", webhook.webhook, name="webhook")]
