"""The house's own pages for errors that no view of ours answers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, path: str = "") -> HttpResponse:
    """Give the 404 page; also the view of every address that no other pattern knows."""
    return render(request, "404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Give the 403 page for a form whose token is missing or old. The reason is not shown."""
    return render(request, "403_csrf.html", status=403)
