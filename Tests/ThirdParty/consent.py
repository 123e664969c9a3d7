#!/usr/bin/env python3
"""Does what a person does in the browser while `advault connect --no-browser` waits: opens the start page, logs in,
says yes or no, and follows to the callback. What was visited goes to stderr.

usage: consent.py --username U --password P [--deny | --stop-at-login] [--ca-file F] START_URL
       consent.py … -- advault connect NAME --no-browser …

The second form runs the command, takes the start page from its stderr (which is passed on) and ends with its exit
status. Alone, the exit status is 0 if the last page came from the loopback callback.
"""

import argparse
import subprocess
import sys
from urllib.parse import urlsplit

from browser import Browser


def read_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--username", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--deny", action="store_true", help="press Cancel")
    parser.add_argument("--stop-at-login", action="store_true", help="go away when asked to log in")
    parser.add_argument("--ca-file", help="the authority that signed the server's certificate")
    parser.add_argument("target", nargs="+", metavar="START_URL | -- COMMAND")
    return parser.parse_args()


def consent(start_url, arguments):
    """Whether the way ended where it began, at the loopback listener."""
    browser = Browser(arguments.ca_file)
    try:
        page = browser.open(start_url)
        if arguments.stop_at_login:
            return page.form("loginForm") is not None
        if form := page.form("loginForm"):
            page = browser.submit(page, form, [("username", arguments.username), ("password", arguments.password)])
        if form := page.form("authorizationForm"):
            page = browser.submit(page, form, [] if arguments.deny else [("allow", "Authorize")])
    finally:
        print("\n".join(f"visited {line}" for line in browser.visited), file=sys.stderr)
    start, end = urlsplit(start_url), urlsplit(page.url)
    arrived = (start.scheme, start.netloc) == (end.scheme, end.netloc) and page.status == 200
    if not arrived:
        print(f"ended at {end.scheme}://{end.netloc}{end.path} with {page.status}\n{page.text[:2000]}", file=sys.stderr)
    return arrived


def run(command, arguments):
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    asked = False
    for line in child.stderr:
        print(line, end="", file=sys.stderr, flush=True)
        if not asked and line.startswith("http://"):
            asked = True
            consent(line.strip(), arguments)
    return child.wait()


def main():
    arguments = read_arguments()
    if len(arguments.target) > 1:
        return run(arguments.target, arguments)
    return 0 if consent(arguments.target[0], arguments) else 1


sys.exit(main())
