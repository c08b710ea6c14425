"""Addresses of the accounts room."""

from __future__ import annotations

from django.urls import URLPattern, path

from madoguchi.accounts import views

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("sign-in", views.SignIn.as_view(), name="sign-in"),
    path("sign-out", views.SignOut.as_view(), name="sign-out"),
    path("password", views.Password.as_view(), name="password"),
]
