"""Addresses of the identity room."""

from __future__ import annotations

from django.urls import path

from madoguchi.identity import views

app_name = "identity"
urlpatterns = [path("callback", views.callback, name="callback")]
