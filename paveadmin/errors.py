"""Serve the 404 page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(
    request: HttpRequest, exception: Exception | None = None, path: str = ""
) -> HttpResponse:
    """Give the 404 page, as Django's handler404 and for addresses that no other pattern matches."""
    return render(request, "404.html", status=404)
