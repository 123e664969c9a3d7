"""The part of a browser that a consent needs: navigation, redirects, cookies, forms; standard library only.

It sends what a browser sends with a person's navigation (Sec-Fetch-*, Origin with a form, SameSite cookies), since
advault's listener looks at those.
"""

import http.client
import re
import ssl
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Page:
    def __init__(self, url, status, body):
        self.url = url
        self.status = status
        self.text = body.decode("utf-8", "replace")
        self.forms = Forms.read(self.text)

    def form(self, identifier):
        return next((form for form in self.forms if form["id"] == identifier), None)


class Forms(HTMLParser):
    """The forms of a page: id, action, and the hidden fields with their values."""

    @classmethod
    def read(cls, text):
        parser = cls()
        parser.forms = []
        parser.feed(text)
        return parser.forms

    def handle_starttag(self, tag, pairs):
        attributes = dict(pairs)
        if tag == "form":
            self.forms.append({"id": attributes.get("id"), "action": attributes.get("action") or "", "fields": []})
        elif tag == "input" and self.forms and attributes.get("type") == "hidden":
            self.forms[-1]["fields"].append((attributes.get("name"), attributes.get("value") or ""))


class Browser:
    def __init__(self, ca_file=None):
        self.tls = ssl.create_default_context(cafile=ca_file)
        self.cookies = []
        # Every address a person would have seen in the address bar, without its query.
        self.visited = []

    def open(self, url):
        """A link from another program: no referrer, no initiator."""
        return self.navigate("GET", url, None, initiator=None, clicked=False)

    def submit(self, page, form, extra):
        body = urlencode(form["fields"] + extra)
        return self.navigate("POST", urljoin(page.url, form["action"]), body, initiator=page.url)

    def navigate(self, method, url, body, initiator, clicked=True):
        # How the chain's addresses stand to where it began; one foreign address taints the rest.
        site = "none" if initiator is None else "same-origin"
        for _ in range(20):
            if initiator is not None and origin(url) != origin(initiator):
                site = "cross-site"
            status, headers, answer = self.request(method, url, body, initiator, site, clicked)
            location = headers.get("Location")
            if status not in (301, 302, 303, 307, 308) or not location:
                return Page(url, status, answer)
            if status in (301, 302, 303):
                method, body = "GET", None
            # A redirect goes on as the first request's navigation, so its initiator is the redirecting site's.
            if initiator is None and origin(urljoin(url, location)) != origin(url):
                site = "cross-site"
            url = urljoin(url, location)
        raise RuntimeError("more than 20 redirects")

    def request(self, method, url, body, initiator, site, clicked):
        parts = urlsplit(url)
        headers = {
            "Host": parts.netloc,
            "User-Agent": AGENT,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "en-US,en;q=0.5",
            "Accept-Encoding": "identity",
            "Connection": "keep-alive",
            "Upgrade-Insecure-Requests": "1",
            "Sec-Fetch-Dest": "document",
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Site": site,
        }
        if clicked:
            headers["Sec-Fetch-User"] = "?1"
        if body is not None:
            # Only a form says where it comes from; a redirect to a GET says it no more.
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin(initiator), "Referer": initiator}
        if cookie := self.cookie_header(parts, cross_site=site == "cross-site"):
            headers["Cookie"] = cookie
        connection = self.connect(parts)
        try:
            connection.request(method, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        self.visited.append(f"{method} {origin(url)}{parts.path} {answer.status}")
        for line in answer.msg.get_all("Set-Cookie") or []:
            self.keep_cookie(parts, line)
        return answer.status, answer.headers, content

    def connect(self, parts):
        if parts.scheme == "https":
            return http.client.HTTPSConnection(parts.hostname, parts.port, context=self.tls, timeout=60)
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)

    def keep_cookie(self, parts, line):
        pair, *attributes = [part.strip() for part in line.split(";")]
        name, _, value = pair.partition("=")
        given = dict((a.partition("=")[0].lower(), a.partition("=")[2]) for a in attributes)
        path = given.get("path") or re.sub("/[^/]*$", "", parts.path) or "/"
        # Cookies keep to a host and a path, not to a port.
        self.cookies = [c for c in self.cookies if (c["name"], c["host"], c["path"]) != (name, parts.hostname, path)]
        self.cookies.append(
            {"name": name, "value": value, "host": parts.hostname, "path": path,
             "secure": "secure" in given, "strict": given.get("samesite", "").lower() == "strict"})

    def cookie_header(self, parts, cross_site):
        path = parts.path or "/"
        return "; ".join(
            f"{c['name']}={c['value']}"
            for c in self.cookies
            if c["host"] == parts.hostname
            and (path == c["path"] or path.startswith(c["path"].rstrip("/") + "/"))
            and (parts.scheme == "https" or not c["secure"])
            and not (cross_site and c["strict"])
        )


def origin(url):
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
