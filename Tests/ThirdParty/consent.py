#!/usr/bin/env python3
"""Does what a person does in the browser during `advault connect --no-browser`: opens the start page, logs in, says
yes or no. Exit status 0 if the last page came from the loopback callback with 200; what was visited goes to stderr.

usage: consent.py START_URL --username U --password P [--deny] [--ca-file F] [--stop-at-login]
"""

import argparse
import sys
from urllib.parse import urlsplit

from browser import Browser


def read_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("start_url")
    parser.add_argument("--username", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--deny", action="store_true", help="press Cancel")
    parser.add_argument("--ca-file", help="the authority that signed the server's certificate")
    parser.add_argument("--stop-at-login", action="store_true", help="a person who goes away")
    return parser.parse_args()


def consent(browser, arguments):
    page = browser.open(arguments.start_url)
    if arguments.stop_at_login:
        return page.form("loginForm") is not None
    if form := page.form("loginForm"):
        page = browser.submit(page, form, [("username", arguments.username), ("password", arguments.password)])
    if form := page.form("authorizationForm"):
        page = browser.submit(page, form, [] if arguments.deny else [("allow", "Authorize")])
    start, end = urlsplit(arguments.start_url), urlsplit(page.url)
    arrived = (start.scheme, start.netloc) == (end.scheme, end.netloc) and page.status == 200
    if not arrived:
        print(f"ended at {end.scheme}://{end.netloc}{end.path} with {page.status}\n{page.text[:2000]}", file=sys.stderr)
    return arrived


def main():
    arguments = read_arguments()
    browser = Browser(arguments.ca_file)
    try:
        arrived = consent(browser, arguments)
    finally:
        print("\n".join(browser.visited), file=sys.stderr)
    return 0 if arrived else 1


sys.exit(main())
