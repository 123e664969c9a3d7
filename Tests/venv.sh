#!/usr/bin/env bash
# Makes a Python virtual environment once and prints the path of its interpreter.
#
# usage: Tests/venv.sh REQUIREMENTS FOLDER
#
# Debian's own Python, so that a test runs on what the packages python3 and python3-venv bring. An environment made
# from other requirements is made anew; callers that come at the same time wait for the first.
set -euo pipefail

requirements=$1
folder=$2
python=/usr/bin/python3
stamp="$("$python" --version) $(sha256sum <"$requirements")"

mkdir -p "$(dirname "$folder")"
exec 9>"$folder.lock"
flock 9

if [ "$(cat "$folder/stamp" 2>/dev/null)" != "$stamp" ]; then
    rm -rf "$folder"
    "$python" -m venv "$folder" >&2
    "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$requirements" >&2
    "$folder/bin/pip" check >&2
    printf '%s\n' "$stamp" >"$folder/stamp"
fi
printf '%s\n' "$folder/bin/python"
