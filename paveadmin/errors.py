"""The house's own page for an address that nobody answers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(
    request: HttpRequest, exception: Exception | None = None, path: str = ""
) -> HttpResponse:
    """Give the 404 page; also the view of every address that no other pattern knows."""
    return render(request, "404.html", status=404)
