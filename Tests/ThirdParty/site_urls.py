"""The site's pages: the toolkit's endpoints under /o/, a log-in page, one protected call, and the tests' control."""

from django.contrib.auth.views import LoginView
from django.urls import include, path

import site_control
from site_api import WhoAmI

urlpatterns = [
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path("login/", LoginView.as_view()),
    path("api/whoami", WhoAmI.as_view()),
    path("control/state", site_control.state),
    path("control/revoke", site_control.revoke),
    path("control/spend", site_control.spend),
    path("control/expire-codes", site_control.expire_codes),
]
