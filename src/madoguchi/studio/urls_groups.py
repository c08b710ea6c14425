"""Addresses of the groups of staff."""

from __future__ import annotations

from django.urls import URLPattern, path

from madoguchi.studio import views_groups

patterns: list[URLPattern] = [
    path("groups/", views_groups.groups, name="groups"),
    path("groups/new/", views_groups.new, name="new-group"),
    path("groups/<slug:group_code>/", views_groups.group, name="group"),
    path("groups/<slug:group_code>/members/", views_groups.members, name="group-members"),
    path("groups/<slug:group_code>/delete/", views_groups.delete, name="delete-group"),
]
