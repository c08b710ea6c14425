"""Addresses of the payments room."""

from __future__ import annotations

from django.urls import path

from madoguchi.payments import views

app_name = "payments"
urlpatterns = [
    path("return/<uuid:payment_id>", views.return_from_checkout, name="return"),
    path("paypay/webhook", views.paypay_webhook, name="paypay-webhook"),
]
