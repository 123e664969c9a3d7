"""One call that a token with the scope `read` may make, guarded by the toolkit."""

from django.http import JsonResponse
from oauth2_provider.views.generic import ScopedProtectedResourceView


class WhoAmI(ScopedProtectedResourceView):
    required_scopes = ["read"]

    def get(self, request):
        return JsonResponse({"username": request.resource_owner.get_username()})
