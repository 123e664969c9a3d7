"""What a test may do to the site from outside, and what the site has seen. Only for loopback and throw-away data."""

import threading
from datetime import timedelta

from django.http import JsonResponse
from django.test import RequestFactory
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from oauth2_provider.models import AccessToken, Grant, RefreshToken
from oauth2_provider.views import TokenView


class RequestLog:
    """Keeps what every request to the toolkit was and what it got; never a secret."""

    lock = threading.Lock()
    seen = []

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # Before the view reads the body as a stream.
        grant = request.POST.get("grant_type") if request.method == "POST" else None
        response = self.get_response(request)
        if request.path.startswith(("/o/", "/api/")):
            row = {"path": request.path, "grant": grant, "status": response.status_code, "secure": request.is_secure()}
            with self.lock:
                self.seen.append(row)
        return response


@require_GET
def state(request):
    with RequestLog.lock:
        seen = list(RequestLog.seen)
    return JsonResponse(
        {
            "requests": seen,
            "refresh_tokens_issued": RefreshToken.objects.count(),
            "refresh_tokens_live": RefreshToken.objects.filter(revoked__isnull=True).count(),
            "access_tokens_live": AccessToken.objects.filter(expires__gt=timezone.now()).count(),
        }
    )


@csrf_exempt
@require_POST
def revoke(request):
    """The member ends every grant, as on the toolkit's page of authorized applications."""
    tokens = list(RefreshToken.objects.filter(revoked__isnull=True))
    for token in tokens:
        token.revoke()
    return JsonResponse({"revoked": len(tokens)})


@csrf_exempt
@require_POST
def spend(request):
    """Another holder of the newest refresh token uses it, through the toolkit's own token endpoint.

    The form names the client: client_id and client_secret.
    """
    token = RefreshToken.objects.filter(revoked__isnull=True).latest("pk")
    form = {
        "grant_type": "refresh_token",
        "refresh_token": token.token,
        "client_id": request.POST["client_id"],
        "client_secret": request.POST["client_secret"],
    }
    answer = TokenView.as_view()(RequestFactory().post("/o/token/", form))
    return JsonResponse({"status": answer.status_code})


@csrf_exempt
@require_POST
def expire_codes(request):
    """Every authorization code that was not exchanged yet is over."""
    count = Grant.objects.update(expires=timezone.now() - timedelta(seconds=1))
    return JsonResponse({"expired": count})
