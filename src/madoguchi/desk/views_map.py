"""The map of a view, with the list of the same records beside it."""

from __future__ import annotations

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpResponse

from madoguchi.accounts.access import StaffRequest
from madoguchi.desk import list_frame, listing, maps, shell
from madoguchi.desk.maps import Map
from madoguchi.records import lists
from madoguchi.records.permissions import Access


def map_of_view(request: StaffRequest, access: Access, asked: listing.Request) -> HttpResponse:
    """The map page; on it alone, pictures may come from where the map's tiles are."""

    response, origin = _page(request, access, asked), maps.tile_origin()
    if origin:
        csp_update({"img-src": [origin]})(lambda _request: response)(request)
    return response


def _page(request: StaffRequest, access: Access, asked: listing.Request) -> HttpResponse:
    found = Map(access, asked, list_frame.searched(request, access.app.code))
    problems, places, without, cut = [*asked.problems, *filter(None, [found.obstacle()])], [], 0, False
    if not found.obstacle():
        try:
            page, without = found.placed(), found.without_place()
        except lists.ListTooSlow as slow:
            problems.append(str(slow))
        else:
            list_frame.log_page(request, access.app, page)
            places, cut = found.places(page), page.next_cursor is not None
            problems += page.messages
    context = {
        **list_frame.frame(request, access, asked), "problems": problems, "places": places,
        "points": [place.point for place in places], "without": without, "cut": cut, "limit": maps.MAX_POINTS,
        "tiles": settings.MAP_TILES, "obstacle": found.obstacle(),
        "is_gsi": "cyberjapandata.gsi.go.jp" in settings.MAP_TILES,
    }
    return shell.page(request, "desk/map.html", context)
